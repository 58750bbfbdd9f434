"""``bunri up`` on a fresh data directory: how long until it is ready, and how much memory it takes."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

from bench import product
from bench.client import Client
from bench.paths import detector
from bench.pictures import photos
from bench.product import Product
from bench.result import BenchmarkResult, below
from bench.stats import median

PHOTOS: Final = 20
AT_ONCE: Final = 4
SAMPLE_EVERY: Final = 0.2


def measure(quick: bool) -> list[BenchmarkResult]:
    starts = []
    for _ in range(0 if quick else 2):
        with product.running() as started:
            starts.append(started.seconds_to_ready)
    with product.running() as running:
        starts.append(running.seconds_to_ready)
        time.sleep(10 if quick else 30)
        idle = running.memory()
        peak = _while_analysing(running)
    weights = f"{PHOTOS} new photos of 12 MP, {AT_ONCE} people at once, {'yolox_nano' if detector() else 'no weights'}"
    return [
        BenchmarkResult(
            "fresh data directory → ready", median(starts), "s", below(15), note=f"median of {len(starts)}"
        ),
        BenchmarkResult(
            "memory of all processes, idle", idle, "MiB", below(600), note="PSS: shared pages counted once"
        ),
        BenchmarkResult("memory while analysing, peak", peak, "MiB", below(900), note=weights),
    ]


def _while_analysing(running: Product) -> float:
    pictures = list(photos(PHOTOS))
    with _peak(running) as samples, ThreadPoolExecutor(AT_ONCE) as people:
        for _ in people.map(lambda picture: Client.sign_in(running.url).analyze(picture), pictures):
            pass
    return max(samples)


@contextmanager
def _peak(running: Product) -> Iterator[list[float]]:
    """Samples of the memory, taken for as long as the block runs."""
    samples, ended = [running.memory()], threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_EVERY):
            samples.append(running.memory())

    sampling = threading.Thread(target=sample)
    sampling.start()
    try:
        yield samples
    finally:
        ended.set()
        sampling.join()
