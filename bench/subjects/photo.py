"""A new photo of 3 MB and 12 megapixels from upload-complete to its result; many of them; the same one again."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from bench import crew, product
from bench.client import Person
from bench.line import Line, at_least, below, times
from bench.pictures import photo, photos
from bench.places import detector
from bench.product import Product
from bench.stats import ms, warmed

WORKERS: Final = 2
PEOPLE: Final = 4
THROUGHPUT: Final = times(0.85)
PAUSE: Final = 0.1


def measure(quick: bool) -> list[Line]:
    count = 16 if quick else 60
    with product.running() as running:
        lines = [*_new(running, count), *_again(running, 40 if quick else 160)]
    return [*lines, *_many(count)]


def _new(running: Product, count: int) -> list[Line]:
    """One after the other, with a rest in between: nothing else is going on."""
    person, seconds, ends = Person.arrives(running.url), [], Counter[str]()
    for picture in photos(count):
        result, took = person.analyzes(picture)
        seconds.append(took)
        ends[result.get("cached") or "new"] += 1
        time.sleep(PAUSE)
    eyes = "yolox_nano" if detector() else "no weights: nothing is looked at"
    note = f"p50 {ms(seconds, 0.5):.0f} ms, worst {max(seconds) * 1e3:.0f} ms (the first); {dict(ends)}; {eyes}"
    return [Line("new photo, upload-complete → result, p95", ms(seconds, 0.95), "ms", below(400), note=note)]


def _again(running: Product, count: int) -> list[Line]:
    """The photo is uploaded before the clock starts, as for a new one."""
    people = [Person.arrives(running.url) for _ in range(PEOPLE)]
    known = photo(0)
    alone = [people[0].analyzes(known)[1] for _ in range(count // 4)]
    shares = [[person.begins(known) for _ in range(count // PEOPLE)] for person in people]

    def hurry(person: Person, jobs: list[str]) -> list[float]:
        return [person.finishes(job)[1] for job in jobs]

    with ThreadPoolExecutor(PEOPLE) as pool:
        started = time.perf_counter()
        hurried = [took for share in pool.map(hurry, people, shares) for took in share]
        rate = len(hurried) / (time.perf_counter() - started)
    note = f"p50 {ms(alone, 0.5):.0f} ms one at a time; with {PEOPLE} people at once p95 {ms(hurried, 0.95):.0f} ms"
    return [
        Line(f"the same photo again, {PEOPLE} people", rate, "photos/s", at_least(100)),
        Line("the same photo again, p95", ms(warmed(alone), 0.95), "ms", below(50), note=note),
    ]


def _many(count: int) -> list[Line]:
    """All at once on two workers, beside nothing but decoding and the network in two processes."""
    with product.running(workers=WORKERS) as running:
        through = _through(running, count)
        inside = _by_crew("bench.pipeline", count, data=str(running.data))
    if not detector():
        why = "no bare loop without weights: set BUNRI_MODELS_DIR or BUNRI_SHARED"
        return [Line(f"new photos, bunri up --workers {WORKERS}", through, "photos/s", THROUGHPUT, note=why)]
    quarter = _by_crew("bench.bareloop", count, reduced=True)
    full = _by_crew("bench.bareloop", count, reduced=False)
    bare, imread = "bare loop, quarter decode + session.run", "bare loop, cv2.imread + session.run"
    up, alone = f"new photos, bunri up --workers {WORKERS}", f"new photos, pipeline alone in {WORKERS} processes"
    return [
        Line(up, through, "photos/s", THROUGHPUT, bare, quarter, "API, broker, beat and client on the same cores"),
        Line(alone, inside, "photos/s", THROUGHPUT, bare, quarter, "PostgreSQL, Valkey and the idle product beside it"),
        Line(up, through, "photos/s", THROUGHPUT, imread, full),
        Line(alone, inside, "photos/s", THROUGHPUT, imread, full),
    ]


def _through(running: Product, count: int) -> float:
    """Photos a second, from the first upload-complete to the last result; uploaded before the clock starts."""
    person = Person.arrives(running.url)
    person.analyzes(photo(900))  # both workers' first look is behind them: uploads take long enough
    jobs = [person.begins(picture) for picture in photos(count, first=1000)]
    started = time.perf_counter()
    for job in jobs:
        person.completes(job)
    for job in jobs:
        person.waits(job, every=0.02)
    return count / (time.perf_counter() - started)


def _by_crew(module: str, count: int, **plan: object) -> float:
    """Photos a second of so many processes, each with its share."""
    share = count // WORKERS
    plans = [{"first": 2000 + number * share, "count": share, **plan} for number in range(WORKERS)]
    return share * WORKERS / max(float(answer["seconds"]) for answer in crew.run(module, plans))
