"""The seed's load against a whole installation: what each part spends on each thing that people do, where it saturates,
how long photos wait beside what the queueing model says, and what ten and a hundred times as much would need.

With CAPACITY_URL it measures an installation by Compose on this machine, otherwise ``bunri up`` (docs/operations).
"""

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Final

from bench.capacity import mix, steps
from bench.capacity.installation import Installation, installation
from bench.capacity.mix import AGAIN, LEARN, MESSAGE, NEW, POLL, RATES, SEARCH, VISIT, multiplied
from bench.capacity.parts import (
    BEAT,
    GATEWAY,
    MACHINE,
    OTHER_WORKERS,
    POSTGRES,
    STORE,
    SUPERVISOR,
    VALKEY,
    WASTE_WORKER,
)
from bench.capacity.projection import TARGET_BUSY, Measured, Trend, breaks_at, projected
from bench.capacity.queueing import Queue, Service
from bench.capacity.steps import Crowd, Load, Step
from bench.paths import workplace
from bench.pictures import photo
from bench.result import BenchmarkResult, at_most
from bench.stats import ms

ALONE: Final = {NEW: 1.0, AGAIN: 2.0, POLL: 200.0, VISIT: 5.0, MESSAGE: 5.0, LEARN: 1.0, SEARCH: 10.0}
"""A second, where one thing alone is done to see what it costs: far from saturation."""
NAMES: Final = {
    NEW: "a new photo, its polls and what is looked at then",
    AGAIN: "a photo that was sent before, the same",
    POLL: "a status poll",
    VISIT: "a visit: the page, and a token refreshed",
    MESSAGE: f"a message, heard by {mix.ROOM}",
    LEARN: f"learning: what is due, and {mix.REVIEWS} reviews",
    SEARCH: "a search by words",
}
FACTORS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
FURTHER: Final = (10.0, 100.0)
LARGE_SERVER: Final = 16
"""Cores of a server for PostgreSQL that is still easy to have."""
_FIRST_PHOTO: Final = 90_000_000
_NOT_HTTP: Final = (WASTE_WORKER, OTHER_WORKERS, BEAT, POSTGRES, VALKEY, GATEWAY, STORE, SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Sizes:
    guests: int
    rooms: int
    sockets: int
    photos: int
    """One after the other, for the time that a worker needs."""
    still: Load
    """Nobody does anything, and all sockets are open."""
    alone: Load
    mixed: Load
    factors: Sequence[float]


FULL: Final = Sizes(
    guests=50,
    rooms=25,
    sockets=500,
    photos=30,
    still=Load({}, 20.0, 0.0, 500),
    alone=Load({}, 22.0, 2.0),
    mixed=Load({}, 70.0, 10.0, 500),
    factors=FACTORS,
)
QUICK: Final = Sizes(
    guests=4,
    rooms=2,
    sockets=2 * mix.ROOM,
    photos=3,
    still=Load({}, 1.5, 0.0, 2 * mix.ROOM),
    alone=Load({}, 1.5, 0.0),
    mixed=Load({}, 3.0, 0.5, 2 * mix.ROOM),
    factors=(0.5, 1.0),
)


def measure(quick: bool) -> Iterator[BenchmarkResult]:
    sizes = QUICK if quick else FULL
    with workplace() as folder, installation(sizes.sockets) as site, _crowd(site, sizes) as crowd:
        yield _load()
        known = [folder / f"{number}.jpg" for number in range(sizes.photos)]
        for number, file in enumerate(known):
            file.write_bytes(photo(_FIRST_PHOTO + number))
        served = _served(site, crowd, known)
        yield served.line
        passed = {0.0: steps.run(site, crowd, sizes.still, known)}
        costs = _Costs(passed[0.0])
        for turn, kind in enumerate(ALONE):
            yield costs.line(kind, steps.run(site, crowd, _alone(sizes, kind, turn), known))
        for turn, factor in enumerate(sizes.factors):
            load = Load(
                multiplied(RATES, factor), sizes.mixed.seconds, sizes.mixed.warm, sizes.mixed.sockets, 100 + turn
            )
            step = steps.run(site, crowd, load, known)
            yield from _step(factor, step, costs)
            yield _wait(site, factor, step, served)
            if step.saturated():
                break
            passed[factor] = step
        yield _saturation(site, factor, step)
        yield from _further(passed, served)


def _crowd(site: Installation, sizes: Sizes) -> closing[Crowd]:
    return closing(Crowd(site.url, sizes.guests, sizes.rooms))


def _load() -> BenchmarkResult:
    note = (
        f"{mix.PEOPLE} people, {mix.ANALYSES_A_DAY:,} analyses a day. Assumed: {mix.PEAK_SHARE:.1%} of them in the "
        f"peak hour, {mix.REPEATS:.0%} sent before, visits of {mix.VISIT_MINUTES} minutes; a second: "
        + ", ".join(f"{kind} {rate:.2f}" for kind, rate in RATES.items())
    )
    return BenchmarkResult("the seed's peak", RATES[NEW] + RATES[AGAIN], "photos/s", note=note)


def _alone(sizes: Sizes, kind: str, turn: int) -> Load:
    sockets = sizes.mixed.sockets if kind == MESSAGE else 0
    return Load({kind: ALONE[kind]}, sizes.alone.seconds, sizes.alone.warm, sockets, 50 + turn)


# ── how long a worker is busy ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Served:
    """What a photo takes while nothing else goes on."""

    service: Service
    """Of a worker, for the seed's mix of new photos and repeats."""
    around: float
    """Seconds from upload-complete to the answer in which no worker is busy with it."""
    line: BenchmarkResult


def _served(site: Installation, crowd: Crowd, files: Sequence[Path]) -> _Served:
    photos = [file.read_bytes() for file in files]
    crowd.analyze([photo(_FIRST_PHOTO - 1 - number) for number in range(site.workers)])  # what each loads at the first
    (new, around_new), (again, around_again) = (_one_by_one(site, crowd, photos) for _ in (NEW, AGAIN))
    around = around_new * (1 - mix.REPEATS) + around_again * mix.REPEATS
    service = Service.mixed([(1 - mix.REPEATS, new), (mix.REPEATS, again)])
    note = (
        f"new {new.mean * 1e3:.0f} ms, sent before {again.mean * 1e3:.0f} ms; variance {service.variation:.2f} of the "
        f"squared mean; {around * 1e3:.0f} ms more until the answer is there; {len(files)} of each, nothing else done"
    )
    line = BenchmarkResult("a worker is busy with a photo for", service.mean * 1e3, "ms", note=note)
    return _Served(service, around, line)


def _one_by_one(site: Installation, crowd: Crowd, photos: Sequence[bytes]) -> tuple[Service, float]:
    """A worker's time, and the mean time around it. How much the worker's own varies nobody is told: it is taken from
    the whole, of which it is the most."""
    before, took, after = site.looking(), crowd.analyze(photos), site.looking()
    busy = (after.seconds - before.seconds) / (after.photos - before.photos)
    return Service(busy, Service.measured(took).variation), fmean(took) - busy


# ── what each thing costs ─────────────────────────────────────────────────────────────────────────────────────────────


class _Costs:
    """Seconds of processor that each part spends on one of each kind."""

    def __init__(self, still: Step) -> None:
        self.still = still.cores
        self._each: dict[str, dict[str, float]] = {}

    def line(self, kind: str, step: Step) -> BenchmarkResult:
        done = max(1, step.done.get(kind, 0))
        spent = {
            part: max(0.0, cores - self.still.get(part, 0.0)) * step.counted / done
            for part, cores in step.cores.items()
            if part != MACHINE
        }
        self._each[kind] = spent
        failed = f"; FAILED: {_most(step.failed)}" if step.failed else ""
        note = _by_part({part: 1e3 * seconds for part, seconds in spent.items()}, "ms") + f"; {done} of them{failed}"
        return BenchmarkResult(f"processor time of {NAMES[kind]}", 1e3 * sum(spent.values()), "ms", note=note)

    def predicted(self, rates: Mapping[str, float]) -> float:
        """Cores of all parts for so many a second of each kind, by what each costs alone."""
        still = sum(cores for part, cores in self.still.items() if part != MACHINE)
        return still + sum(rate * sum(self._each[kind].values()) for kind, rate in rates.items())


# ── the steps ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _step(factor: float, step: Step, costs: _Costs) -> Iterator[BenchmarkResult]:
    whole = [took for _, took in step.analyses]
    name, counted = f"{factor:g} × peak", sum(step.done.values())
    failed = f"; FAILED: {_most(step.failed)}" if step.failed else ""
    note = f"{step.offered:.2f} offered, {step.finished:.2f} answered a second; {counted} things done{failed}"
    if whole:
        p95 = ms(whole, 0.95)
        yield BenchmarkResult(f"{name}: a photo from coming to its answer, p95", p95, "ms", at_most(5000), note=note)
    yield BenchmarkResult(f"{name}: all requests but uploads, p95", step.api(0.95) * 1e3, "ms", at_most(100))
    if step.unheard:
        yield BenchmarkResult(f"{name}: messages never heard", step.unheard, "", at_most(0))
    used = {part: cores for part, cores in step.cores.items() if part != MACHINE}
    note = f"{_by_part(used, '')}; the whole machine {step.cores[MACHINE]:.2f} of {os.cpu_count()}"
    expected = costs.predicted(step.load.rates)
    yield BenchmarkResult(
        f"{name}: cores", sum(used.values()), "cores", None, "what each costs, added up", expected, note
    )
    yield BenchmarkResult(f"{name}: memory", sum(step.memory.values()), "MiB", note=_by_part(step.memory, ""))


def _wait(site: Installation, factor: float, step: Step, served: _Served) -> BenchmarkResult:
    """How long photos waited for a worker beside the model. Nobody sees the wait itself: it is what is left of the time
    to the answer without the worker's own, what is around it, and the time until a poll sees it."""
    what = f"{factor:g} × peak: mean wait for a worker"
    taken = [took for took, _ in step.analyses]
    if not taken or not step.looking.photos:
        return BenchmarkResult(what, None, "ms", note="no analysis was answered")
    busy = step.looking.seconds / step.looking.photos
    waited = fmean(taken) - busy - served.around - steps.SEEN_LATE_S
    error = stdev(taken) / math.sqrt(len(taken)) if len(taken) > 1 else math.inf
    told, known = (
        Queue(site.workers, step.offered, service)
        for service in (served.service, Service(busy, served.service.variation))
    )
    note = (
        f"± {error * 1e3:.0f} ms; a worker was busy with a photo for {busy * 1e3:.0f} ms, with nothing else going on "
        f"{served.service.mean * 1e3:.0f}; knowing that, the model says {_seconds(known.wait)}; "
        f"workers busy {known.busy:.0%}"
    )
    beside = told.wait * 1e3 if math.isfinite(told.wait) else None
    return BenchmarkResult(what, max(0.0, waited * 1e3), "ms", None, "M/G/c", beside, note)


def _seconds(value: float) -> str:
    return f"{value * 1e3:.0f} ms" if math.isfinite(value) else "that it grows without end"


def _saturation(site: Installation, factor: float, step: Step) -> BenchmarkResult:
    capacity = {**site.parts.capacity(), MACHINE: float(os.cpu_count() or 1)}
    busy = {part: cores / capacity[part] for part, cores in step.cores.items() if capacity.get(part)}
    busy["waste workers' time"] = step.looking.seconds / step.load.seconds / site.workers
    first = sorted(busy, key=lambda part: -busy[part])[:4]
    note = f"{step.saturated() or 'not reached'}; busiest: " + ", ".join(f"{part} {busy[part]:.0%}" for part in first)
    return BenchmarkResult("saturates at" if step.saturated() else "carries", factor, "× peak", note=note)


# ── further ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _further(passed: Mapping[float, Step], served: _Served) -> Iterator[BenchmarkResult]:
    """From the steps before saturation, and that in which nobody does anything."""
    if len(passed) < 2:
        return
    parts = [part for part in passed[0.0].cores if part != MACHINE]
    measured = Measured(
        {part: Trend.of([(factor, step.cores[part]) for factor, step in passed.items()]) for part in parts},
        Trend.of([(factor, step.database.commits / step.load.seconds) for factor, step in passed.items()]).each,
        Trend.of([(factor, step.database.wal_bytes / step.load.seconds) for factor, step in passed.items()]).each,
        RATES[NEW] + RATES[AGAIN],
        served.service,
        [part for part in parts if part not in _NOT_HTTP],
    )
    for factor in (1.0, *FURTHER):
        found = projected(measured, factor)
        note = (
            f"{found.workers} waste workers, {found.api_processes} API processes, {found.connections} connections; "
            f"{found.commits:,.0f} commits/s, {found.wal / 2**20:.1f} MiB/s of WAL; used: {_by_part(found.cores, '')}"
        )
        yield BenchmarkResult(
            f"{factor:g} × the seed: cores, {TARGET_BUSY:.0%} busy", found.cores_with_reserve, "cores", note=note
        )
    for part, cores, why in (
        (VALKEY, 1, "one thread takes all commands"),
        (POSTGRES, LARGE_SERVER, f"one server writes, of {LARGE_SERVER} cores"),
    ):
        factor = breaks_at(measured.cores[part], cores)
        if math.isfinite(factor):
            yield BenchmarkResult(f"{part} is {TARGET_BUSY:.0%} busy at", factor, "× peak", note=why)


def _by_part(values: Mapping[str, float], unit: str) -> str:
    """The largest first; without what is next to nothing."""
    whole = sum(values.values())
    shown = sorted((part for part in values if values[part] > whole / 100), key=lambda part: -values[part])
    return ", ".join(f"{part} {values[part]:.3g} {unit}".rstrip() for part in shown)


def _most(failed: Mapping[str, int]) -> str:
    why = max(failed, key=lambda each: failed[each])
    return f"{failed[why]} × {why}, {sum(failed.values())} in all"
