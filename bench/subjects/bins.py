"""The nearest ten among a million bins, as the repository asks for them and as the whole use case answers."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

import asyncpg
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from bench import database
from bench.beside_postgis import Side, in_turns
from bench.postgis import LACKING, programs
from bench.result import BenchmarkResult, at_least, below, missing, times
from bench.stats import ms, without_warmup
from bunri.domains.locations.area import KOREA, Area
from bunri.domains.locations.geodesy import distance
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.repository import LocationsRepository, nearest
from bunri.domains.locations.service import SPARE_CANDIDATES, LocationsService
from bunri.kit.clock import now
from bunri.platform.db import Database

LIMIT: Final = 10
COMMON, RARE = BinKind.CLOTHES, BinKind.FOOD
SHARE: Final = {COMMON: 0.9, BinKind.BATTERY: 0.0999, RARE: 0.0001}
CHECKED: Final = 100
BESIDE_POSTGIS: Final = (20_000, 200_000)
PLACES: Final = 500
DEGREES: Final = """
select * from (
    select id, kind, name, address, lat, lng, source, full_until, earth <-> locations.ecef(:lat, :lng) as chord
    from locations.bins order by point(lng, lat) <-> point(:lng, :lat) limit :count
) as near order by chord
"""

Points = NDArray[np.float64]


def measure(quick: bool) -> list[BenchmarkResult]:
    return asyncio.run(_all(quick))


async def _all(quick: bool) -> list[BenchmarkResult]:
    found = await _measure(*(100_000, 500) if quick else (1_000_000, 2000))
    counts = BESIDE_POSTGIS[:1] if quick else BESIDE_POSTGIS
    return found + [each async for each in _beside_postgis(counts, PLACES)]


async def _measure(count: int, queries: int) -> list[BenchmarkResult]:
    random = np.random.default_rng(1)
    points, kinds = _bins(count, random)
    here = points[random.integers(0, count, queries)] + random.normal(0, 0.01, (queries, 2))
    async with database.migrated("locations") as (owner, locations):
        async with database.without_indexes(owner, "locations.bins"):
            await _fill(owner, points, kinds)
        await owner.execute("create index on locations.bins using gist (point(lng, lat))")
        await owner.execute("vacuum analyze locations.bins")
        floor = await _timed(owner, text("select 1"), here)
        degrees = await _timed(owner, text(DEGREES), here, count=40)
        mixed = await _timed(owner, nearest([]), here, count=LIMIT + SPARE_CANDIDATES, now=now())
        common = await _timed(owner, nearest([COMMON]), here, count=LIMIT + SPARE_CANDIDATES, now=now())
        rare = await _timed(owner, nearest([RARE]), here, count=LIMIT + SPARE_CANDIDATES, now=now())
        exact, whole = await _whole(locations, points, here)
        town, country = await _maps(locations, here)
    among = f"among {count:,}"
    by_degrees = "point <-> in degrees, 40 re-ranked (not exact)"
    return [
        BenchmarkResult(
            f"nearest {LIMIT} {among}, exact", exact / CHECKED, "", at_least(1), note=f"{exact} of {CHECKED} checked"
        ),
        BenchmarkResult(
            "p99 in the database", ms(mixed, 0.99), "ms", below(1), by_degrees, ms(degrees, 0.99), _p50(mixed)
        ),
        BenchmarkResult(
            "p99, a common kind", ms(common, 0.99), "ms", below(1), "select 1", ms(floor, 0.99), _p50(common)
        ),
        BenchmarkResult(
            "p99, a kind with 1 in 10,000", ms(rare, 0.99), "ms", below(1), "select 1", ms(floor, 0.99), _p50(rare)
        ),
        BenchmarkResult(
            "p99 of the use case", ms(whole, 0.99), "ms", note=f"{_p50(whole)}, transaction and geodesics included"
        ),
        BenchmarkResult(
            "map of a town, p99", ms(town, 0.99), "ms", note=f"{_p50(town)}; some thousand bins in clusters"
        ),
        BenchmarkResult("map of the country", ms(country, 0.5), "ms", note="every bin counted"),
    ]


async def _beside_postgis(counts: Sequence[int], places: int) -> AsyncIterator[BenchmarkResult]:
    """Ours beside PostGIS's KNN by its GiST index on geography, whose candidates are ordered by exact distances."""
    bins = programs()
    for count in counts:
        what = f"nearest {LIMIT} among {count:,} beside PostGIS, p50"
        if bins is None:
            yield missing(what, "ms", LACKING, times(1.7))
            continue
        random = np.random.default_rng(2)
        points, kinds = _bins(count, random)
        here = points[random.integers(0, count, places)] + random.normal(0, 0.01, (places, 2))
        async with database.migrated("locations") as (owner, locations):
            await _fill(owner, points, kinds)
            await owner.execute("vacuum analyze locations.bins")
            turns = await in_turns(owner, locations, bins, here)
        peer = f"PostGIS {turns.version} on PostgreSQL {bins.parent.name}"
        beside = _p50_ms(turns.postgis)
        for side, name in ((turns.statement, "the statement"), (turns.whole, "the use case")):
            note = f"the same ids in the same order at {side.alike} of {places} places"
            yield BenchmarkResult(f"{what}: {name}", _p50_ms(side), "ms", times(1.7), peer, beside, note)


def _p50_ms(side: Side) -> float:
    return ms(list(without_warmup(side.seconds)), 0.5)


def _p50(seconds: list[float]) -> str:
    return f"p50 {ms(seconds, 0.5):.2f} ms"


def _bins(count: int, random: np.random.Generator) -> tuple[Points, list[str]]:
    """Bins around 300 towns of Korea."""
    towns = np.c_[random.uniform(34, 38.5, 300), random.uniform(126, 129.5, 300)]
    points = towns[random.integers(0, 300, count)] + random.normal(0, 0.05, (count, 2))
    kinds = random.choice([str(kind) for kind in SHARE], count, p=list(SHARE.values()))
    return points, kinds.tolist()


async def _fill(owner: asyncpg.Connection, points: Points, kinds: list[str]) -> None:
    moment = now()
    rows = (
        (kind, "수거함", lat, lng, "bench", moment) for (lat, lng), kind in zip(points.tolist(), kinds, strict=True)
    )
    columns = ["kind", "name", "lat", "lng", "source", "created_at"]
    await owner.copy_records_to_table("bins", schema_name="locations", columns=columns, records=rows)


async def _timed(owner: asyncpg.Connection, statement: TextClause, here: Points, **values: object) -> list[float]:
    """The statement as the repository sends it, prepared, one at a time."""
    compiled = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
    prepared = await owner.prepare(str(compiled))
    seconds = []
    for lat, lng in here.tolist():
        bound: dict[str, Any] = {"lat": lat, "lng": lng, **values}
        arguments = [bound[parameter] for parameter in compiled.positiontup or ()]
        started = time.perf_counter()
        await prepared.fetch(*arguments)
        seconds.append(time.perf_counter() - started)
    return list(without_warmup(seconds))


def _begin(locations: Database) -> Callable[[], AbstractAsyncContextManager[LocationsRepository]]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[LocationsRepository]:
        async with locations.transaction("locations") as session:
            yield LocationsRepository(session)

    return opened


async def _whole(locations: Database, points: Points, here: Points) -> tuple[int, list[float]]:
    """How many of the first answers are those of computing every distance, and the seconds of each."""
    seconds, exact = [], 0
    service = LocationsService(_begin(locations), now)
    for position, (lat, lng) in enumerate(here[:500].tolist()):
        started = time.perf_counter()
        found = await service.nearby(lat, lng, [], LIMIT)
        seconds.append(time.perf_counter() - started)
        if position < CHECKED:
            exact += [each.distance_m for each in found] == _by_hand(points, lat, lng)
    return exact, list(without_warmup(seconds))


async def _maps(locations: Database, here: Points) -> tuple[list[float], list[float]]:
    """Seconds of each map: of 0.1° around a place, and of the whole country."""
    towns = [Area(lat - 0.05, lat + 0.05, lng - 0.05, lng + 0.05) for lat, lng in here[:200].tolist()]
    service = LocationsService(_begin(locations), now)
    seconds = []
    for area in [*towns, *[KOREA] * 5]:
        started = time.perf_counter()
        await service.map_of(area, [])
        seconds.append(time.perf_counter() - started)
    return list(without_warmup(seconds[: len(towns)])), seconds[len(towns) :]


def _by_hand(points: Points, lat: float, lng: float) -> list[float]:
    """Geodesics to all bins that can be among the nearest: those near in degrees, generously."""
    apart = np.hypot(points[:, 0] - lat, (points[:, 1] - lng) * np.cos(np.radians(lat)))
    near = points[np.argpartition(apart, 200)[:200]].tolist()
    return sorted(round(distance(lat, lng, *point), 2) for point in near)[:LIMIT]
