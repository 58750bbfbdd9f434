"""A new photo of 3 MB and 12 megapixels from upload-complete to its result; many of them; the same one again."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from bench import crew, product
from bench.client import Person
from bench.line import Line, at_least, below, times
from bench.pictures import photo, photos
from bench.places import detector
from bench.product import Product
from bench.stats import median, ms, warmed

WORKERS: Final = 2
PEOPLE: Final = 4
THROUGHPUT: Final = times(0.85)
PAUSE: Final = 0.1


def measure(quick: bool) -> list[Line]:
    count = 16 if quick else 60
    with product.running() as running:
        lines = [*_new(running, count), *_again(running, 40 if quick else 160)]
    return [*lines, *_many(12 if quick else 30, 1 if quick else 3)]


def _new(running: Product, count: int) -> list[Line]:
    """One after the other, with a rest in between: nothing else is going on."""
    person, seconds, ends = Person.arrives(running.url), [], Counter[str]()
    for picture in photos(count + 1):
        result, took = person.analyzes(picture)
        seconds.append(took)
        ends[result.get("cached") or "new"] += 1
        time.sleep(PAUSE)
    first, rest = seconds[0], seconds[1:]
    eyes = "yolox_nano" if detector() else "no detector: one thing a photo, by the material model"
    answers = ", ".join(f"{number} {how}" for how, number in ends.items())
    note = f"p50 {ms(rest, 0.5):.0f} ms, worst {max(rest) * 1e3:.0f} ms; {answers}; {eyes}"
    return [
        Line("new photo, upload-complete → result, p95", ms(rest, 0.95), "ms", below(400), note=note),
        Line("the very first one after a start", first * 1e3, "ms"),
    ]


def _again(running: Product, count: int) -> list[Line]:
    """The photo is uploaded before the clock starts, as for a new one."""
    people = [Person.arrives(running.url) for _ in range(PEOPLE)]
    known = photo(0)
    alone = [people[0].analyzes(known)[1] for _ in range(count // 4)]
    shares = [[person.begins(known) for _ in range(count // PEOPLE)] for person in people]

    def hurry(person: Person, jobs: list[str]) -> list[tuple[dict[str, Any], float]]:
        return [person.finishes(job) for job in jobs]

    with ThreadPoolExecutor(PEOPLE) as pool:
        started = time.perf_counter()
        answered = [answer for share in pool.map(hurry, people, shares) for answer in share]
        rate = len(answered) / (time.perf_counter() - started)
    hurried = [took for _, took in answered]
    exact = sum(result.get("cached") == "exact" for result, _ in answered)
    note = f"p50 {ms(alone, 0.5):.0f} ms one at a time; with {PEOPLE} people at once p95 {ms(hurried, 0.95):.0f} ms"
    hits = f"{exact} of {len(answered)} were exact hits"
    return [
        Line(f"the same photo again, {PEOPLE} people", rate, "photos/s", at_least(100), note=hits),
        Line("the same photo again, p95", ms(warmed(alone), 0.95), "ms", below(50), note=note),
    ]


def _many(count: int, rounds: int) -> list[Line]:
    """All at once on two workers, beside nothing but decoding and the network in two processes; in turns, so that all
    of them meet the same moods of the machine."""
    ways: dict[str, Callable[[int], float]] = {}
    with product.running(workers=WORKERS) as running:
        ways["up"] = lambda turn: _through(running, count, 1000 * (turn + 1))
        ways["alone"] = lambda turn: _by_crew("bench.pipeline", count, 1000 * (turn + 11), data=str(running.data))
        if detector():
            ways["quarter"] = lambda turn: _by_crew("bench.bare", count, 1000 * turn, reduced=True)
            ways["full"] = lambda turn: _by_crew("bench.bare", count, 1000 * turn, reduced=False)
        turns = [{name: measured(turn) for name, measured in ways.items()} for turn in range(rounds)]
    rates = {name: median([turn[name] for turn in turns]) for name in ways}
    limits = {"quarter": "bare loop: quarter decode, session.run", "full": "bare loop: cv2.imread, session.run"}
    whats = {
        "up": f"new photos, bunri up --workers {WORKERS}",
        "alone": f"new photos, the pipeline alone in {WORKERS} processes",
    }
    if not detector():
        why = "no bare loop without weights: set BUNRI_MODELS_DIR or BUNRI_SHARED"
        return [Line(what, rates[way], "photos/s", THROUGHPUT, note=why) for way, what in whats.items()]
    return [
        Line(what, rates[way], "photos/s", THROUGHPUT, name, rates[limit])
        for limit, name in limits.items()
        for way, what in whats.items()
    ]


def _through(running: Product, count: int, first: int) -> float:
    """Photos a second, from the first upload-complete to the last result; uploaded before the clock starts."""
    person = Person.arrives(running.url)
    for picture in photos(2 * WORKERS, first + 500):  # everybody's first look is behind them
        person.analyzes(picture)
    jobs = [person.begins(picture) for picture in photos(count, first)]
    started = time.perf_counter()
    for job in jobs:
        person.completes(job)
    for job in jobs:
        person.waits(job, every=0.02)
    return count / (time.perf_counter() - started)


def _by_crew(module: str, count: int, first: int, **plan: object) -> float:
    """Photos a second of so many processes, each with its share."""
    share = count // WORKERS
    plans = [{"first": first + number * share, "count": share, **plan} for number in range(WORKERS)]
    return share * WORKERS / max(float(answer["seconds"]) for answer in crew.run(module, plans))
