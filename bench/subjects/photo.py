"""A new photo of 3 MB and 12 megapixels from upload-complete to its result; many of them; the same one again."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any, Final

from bench import crew, product
from bench.client import Person
from bench.line import Line, at_least, below, missing, times
from bench.pictures import photo, photos
from bench.places import detector, environment
from bench.product import Product
from bench.stats import ms

WORKERS: Final = 2
PEOPLE: Final = 4
BARE: Final = "bare loop: quarter decode + session.run"
THROUGHPUT: Final = times(0.85)


def measure(quick: bool) -> list[Line]:
    count = 16 if quick else 60
    with product.running() as running:
        lines = [*_new(running, count), *_again(running, 40 if quick else 200)]
    with product.running(workers=WORKERS) as running:
        through = _through_the_product(running, count)
        inline = _by_crew("bench.pipeline", count, data=str(running.data))
    bare, whole = (_by_crew("bench.bareloop", count, reduced=reduced) for reduced in (True, False)) if detector() else 2 * (None,)
    return [*lines, *_throughput(through, inline, bare, whole)]
