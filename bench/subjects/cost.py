"""What a photo costs: milliseconds of processor time, of all processes together and of each part.

Others on the machine make photos wait, but hardly make them cost more: where no machine is quiet, this is what tells
whether a change helped.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import psutil

from bench import product, worker_processes
from bench.capacity.parts import API, OTHER_WORKERS, POSTGRES, SUPERVISOR, VALKEY, WASTE_WORKER, ProcessParts
from bench.client import Client
from bench.paths import detector
from bench.pictures import photo, photos
from bench.product import Product
from bench.result import BenchmarkResult, missing, times
from bench.subjects.photo import WORKERS

DECODERS: Final = "decoders"
PARTS: Final = (API, WASTE_WORKER, DECODERS, OTHER_WORKERS, POSTGRES, VALKEY, SUPERVISOR)
POLL_EVERY_S: Final = 0.25
IDLE_S: Final = 12.0
BUDGET: Final = times(0.75)


def measure(quick: bool) -> list[BenchmarkResult]:
    count = 12 if quick else 60
    with product.running(workers=WORKERS) as running:
        person = Client.sign_in(running.url)
        for picture in photos(2 * WORKERS, 500):  # so that every worker process has analysed its first photo
            person.analyze(picture)
        idle = _per_second(running, IDLE_S / 4 if quick else IDLE_S)
        new = _spent(running, count, idle, lambda: _new(person, count))
        known = photo(500)
        again = _spent(running, count, idle, lambda: _again(person, known, count))
        by_hash = _spent(running, count, idle, lambda: _by_hash(person, known, count))
    return [
        *_against_baseline(new, count),
        *_by_part("a new photo", new),
        *_by_part("the same photo, uploaded again", again),
        *_by_part("the same photo, known by its hash", by_hash),
    ]


def _new(person: Client, count: int) -> None:
    jobs = [person.upload(picture) for picture in photos(count)]
    for job in jobs:
        person.complete(job)
    for job in jobs:
        person.wait_for_result(job, every=POLL_EVERY_S)


def _again(person: Client, known: bytes, count: int) -> None:
    for _ in range(count):
        person.complete_and_wait(person.upload(known))


def _by_hash(person: Client, known: bytes, count: int) -> None:
    for _ in range(count):
        person.ask_again(known)


def _per_second(running: Product, seconds: float) -> dict[str, float]:
    """What each part uses while nobody is there."""
    before = _used(running)
    time.sleep(seconds)
    return {part: (used - before.get(part, 0.0)) / seconds for part, used in _used(running).items()}


def _spent(running: Product, count: int, idle: Mapping[str, float], work: Callable[[], None]) -> dict[str, float]:
    """Milliseconds for each of ``count`` photos, by part, without what it would have used anyway."""
    began, before = time.monotonic(), _used(running)
    work()
    after, seconds = _used(running), time.monotonic() - began
    own = {part: after[part] - before.get(part, 0.0) - seconds * idle.get(part, 0.0) for part in PARTS if part in after}
    return {part: 1e3 * max(0.0, used) / count for part, used in own.items()}


def _used(running: Product) -> dict[str, float]:
    """Seconds by part; what decodes is told from the workers that have started it."""
    used = ProcessParts(running.process).cpu()
    decoders = 0.0
    for child in running.process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "bunri.platform.photos.decoder" in child.cmdline():
                decoders += sum(child.cpu_times()[:2])
    return {**used, WASTE_WORKER: used[WASTE_WORKER] - decoders, DECODERS: decoders}


def _against_baseline(new: dict[str, float], count: int) -> list[BenchmarkResult]:
    what = "processor time of a new photo, all processes"
    if not detector():
        return [missing(what, "ms", "no baseline loop without weights: set BUNRI_MODELS_DIR or BUNRI_SHARED")]
    share = count // WORKERS
    plans = [{"first": number * share, "count": share} for number in range(WORKERS)]
    bare = worker_processes.run("bench.networks", plans)
    limit = 1e3 * sum(answer["cpu"] for answer in bare) / count
    views = sum(answer["views"] for answer in bare) / WORKERS
    peer = "baseline loop: quarter decode, thumbnail, the same networks"
    note = f"{views:.1f} views a photo for the material model"
    return [BenchmarkResult(what, sum(new.values()), "ms", BUDGET, peer, limit, note)]


def _by_part(what: str, spent: dict[str, float]) -> list[BenchmarkResult]:
    total = BenchmarkResult(f"{what}: all", sum(spent.values()), "ms")
    return [total, *(BenchmarkResult(f"{what}: {part}", ms, "ms") for part, ms in spent.items())]
