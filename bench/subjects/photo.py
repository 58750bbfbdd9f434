"""A new photo of 3 MB and 12 megapixels from upload-complete to its result; many of them; the same one again."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from bench import product, worker_processes
from bench.client import Client
from bench.paths import detector
from bench.pictures import photo, photos
from bench.product import Product
from bench.result import BenchmarkResult, at_least, below, times
from bench.stats import median, ms, without_warmup

WORKERS: Final = 2
PEOPLE: Final = 4
THROUGHPUT: Final = times(0.85)
PAUSE: Final = 0.1


def measure(quick: bool) -> list[BenchmarkResult]:
    count = 16 if quick else 60
    with product.running() as running:
        lines = [*_new(running, count), *_again(running, 40 if quick else 160)]
    return [*lines, *_many(12 if quick else 30, 1 if quick else 3)]


def _new(running: Product, count: int) -> list[BenchmarkResult]:
    """One photo after the other with a pause in between, while nothing else runs."""
    person, seconds, ends = Client.sign_in(running.url), [], Counter[str]()
    for picture in photos(count + 1):
        result, took = person.analyze(picture)
        seconds.append(took)
        ends[result.get("cached") or "new"] += 1
        time.sleep(PAUSE)
    first, rest = seconds[0], seconds[1:]
    models = "yolox_nano" if detector() else "no detector: one thing a photo, by the material model"
    answers = ", ".join(f"{number} {how}" for how, number in ends.items())
    note = f"p50 {ms(rest, 0.5):.0f} ms, worst {max(rest) * 1e3:.0f} ms; {answers}; {models}"
    return [
        BenchmarkResult("new photo, upload-complete → result, p95", ms(rest, 0.95), "ms", below(400), note=note),
        BenchmarkResult("the very first one after a start", first * 1e3, "ms"),
    ]


def _again(running: Product, count: int) -> list[BenchmarkResult]:
    """Repeats of one photo, known by its hash to who sent it before, from the request to the result."""
    people = [Client.sign_in(running.url) for _ in range(PEOPLE)]
    known = photo(0)
    for person in people:
        person.analyze(known)
    alone = [people[0].ask_again(known)[1] for _ in range(count // 4)]

    def hurry(person: Client) -> list[tuple[dict[str, Any], float]]:
        return [person.ask_again(known) for _ in range(count // PEOPLE)]

    with ThreadPoolExecutor(PEOPLE) as pool:
        started = time.perf_counter()
        answered = [answer for share in pool.map(hurry, people) for answer in share]
        rate = len(answered) / (time.perf_counter() - started)
    hurried = [took for _, took in answered]
    exact = sum(result.get("cached") == "exact" for result, _ in answered)
    note = f"p50 {ms(alone, 0.5):.0f} ms one at a time; with {PEOPLE} people at once p95 {ms(hurried, 0.95):.0f} ms"
    hits = f"{exact} of {len(answered)} were exact hits"
    return [
        BenchmarkResult(f"the same photo again, {PEOPLE} people", rate, "photos/s", at_least(100), note=hits),
        BenchmarkResult("the same photo again, p95", ms(without_warmup(alone), 0.95), "ms", below(50), note=note),
    ]


def _many(count: int, rounds: int) -> list[BenchmarkResult]:
    """Many photos at once on two workers, beside nothing but decoding and the network in two processes. All ways take
    turns, so that changes of the machine's load affect all of them alike."""
    ways: dict[str, Callable[[int], float]] = {}
    with product.running(workers=WORKERS) as running:
        ways["up"] = lambda turn: _through(running, count, 1000 * (turn + 1))
        ways["alone"] = lambda turn: _by_processes("bench.pipeline", count, 1000 * (turn + 11), data=str(running.data))
        if detector():
            ways["quarter"] = lambda turn: _by_processes("bench.baseline", count, 1000 * turn, reduced=True)
            ways["full"] = lambda turn: _by_processes("bench.baseline", count, 1000 * turn, reduced=False)
        turns = [{name: measured(turn) for name, measured in ways.items()} for turn in range(rounds)]
    rates = {name: median([turn[name] for turn in turns]) for name in ways}
    limits = {"quarter": "baseline loop: quarter decode, session.run", "full": "baseline loop: cv2.imread, session.run"}
    whats = {
        "up": f"new photos, bunri up --workers {WORKERS}",
        "alone": f"new photos, the pipeline alone in {WORKERS} processes",
    }
    if not detector():
        why = "no baseline loop without weights: set BUNRI_MODELS_DIR or BUNRI_SHARED"
        return [BenchmarkResult(what, rates[way], "photos/s", THROUGHPUT, note=why) for way, what in whats.items()]
    return [
        BenchmarkResult(what, rates[way], "photos/s", THROUGHPUT, name, rates[limit])
        for limit, name in limits.items()
        for way, what in whats.items()
    ]


def _through(running: Product, count: int, first: int) -> float:
    """Photos a second, from the first upload-complete to the last result; uploaded before the clock starts."""
    person = Client.sign_in(running.url)
    for picture in photos(2 * WORKERS, first + 500):  # so that every worker process has analysed its first photo
        person.analyze(picture)
    jobs = [person.upload(picture) for picture in photos(count, first)]
    started = time.perf_counter()
    for job in jobs:
        person.complete(job)
    for job in jobs:
        person.wait_for_result(job, every=0.02)
    return count / (time.perf_counter() - started)


def _by_processes(module: str, count: int, first: int, **plan: object) -> float:
    """Photos a second of WORKERS processes, each with an equal share of them."""
    share = count // WORKERS
    plans = [{"first": first + number * share, "count": share, **plan} for number in range(WORKERS)]
    return share * WORKERS / max(float(answer["seconds"]) for answer in worker_processes.run(module, plans))
