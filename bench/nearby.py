"""Nearest 10 bins among a million: ``python -m bench.nearby``. Budget: exact, p99 < 1 ms in the database."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import numpy as np
from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from bunri.domains.locations.geodesy import distance
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.repository import LocationsRepository, nearest
from bunri.domains.locations.service import SPARE, LocationsService
from bunri.kit.clock import now
from bunri.platform.db import Database
from bunri.platform.db.address import owner_address
from bunri.platform.db.migrate import migrate
from bunri.platform.embedded import EmbeddedServers

BINS: Final = 1_000_000
QUERIES: Final = 2_000
LIMIT: Final = 10
COMMON, RARE = BinKind.CLOTHES, BinKind.FOOD
SHARE: Final = {COMMON: 0.9, BinKind.BATTERY: 0.0999, RARE: 0.0001}
PEER: Final = """
select * from (
    select id, lat, lng, earth <-> locations.ecef(:lat, :lng) as chord from locations.bins
    order by point(lng, lat) <-> point(:lng, :lat) limit :count
) as near order by chord
"""


@dataclass(frozen=True)
class Line:
    """One measurement in milliseconds, and what it was measured beside."""

    name: str
    p50: float
    p99: float
    note: str = ""

    def __str__(self) -> str:
        return f"{self.name:<52} p50 {self.p50:7.3f} ms   p99 {self.p99:7.3f} ms   {self.note}"


def run() -> list[Line]:
    """Measures on an embedded PostgreSQL of its own."""
    folder = Path(tempfile.mkdtemp(prefix="bunri-bench-", dir="/tmp"))
    folder.chmod(0o755)  # the server's account has to enter
    servers = EmbeddedServers(folder, valkey=False, what="bench.nearby")
    try:
        url = servers.start().database_url
        assert url
        return asyncio.run(_measure(url))
    finally:
        servers.stop()
        shutil.rmtree(folder)


async def _measure(url: str) -> list[Line]:
    await migrate(owner_address(url), ["locations"], "bench")
    points, kinds = _bins()
    connection = await asyncpg.connect(url)
    await _fill(connection, points, kinds)
    here = points[np.random.default_rng(2).integers(0, BINS, QUERIES)] + np.random.default_rng(3).normal(
        0, 0.01, (QUERIES, 2)
    )
    lines = [await _timed(connection, "round trip: select 1", text("select 1"), here)]
    for name, asked in (("any kind", []), ("common kind", [COMMON]), ("rare kind, 100 bins", [RARE])):
        label = f"bunri, {name}: {LIMIT} + {SPARE} candidates"
        lines.append(await _timed(connection, label, nearest(asked), here, count=LIMIT + SPARE, now=now()))
    peer = await _timed(connection, "peer: point <-> in degrees, 40 re-ranked", text(PEER), here, count=40)
    await connection.close()
    return [*lines, peer, await _whole(url, points, here)]


def _bins() -> tuple[np.ndarray[Any, Any], Sequence[str]]:
    """A million bins around 300 towns of Korea."""
    random = np.random.default_rng(1)
    towns = np.c_[random.uniform(34, 38.5, 300), random.uniform(126, 129.5, 300)]
    points = towns[random.integers(0, 300, BINS)] + random.normal(0, 0.05, (BINS, 2))
    kinds = random.choice([str(kind) for kind in SHARE], BINS, p=list(SHARE.values()))
    return points, kinds.tolist()


async def _fill(connection: asyncpg.Connection, points: np.ndarray[Any, Any], kinds: Sequence[str]) -> None:
    rows = (
        (kind, "수거함", float(lat), float(lng), "bench", now()) for (lat, lng), kind in zip(points, kinds, strict=True)
    )
    columns = ["kind", "name", "lat", "lng", "source", "created_at"]
    await connection.copy_records_to_table("bins", schema_name="locations", columns=columns, records=rows)
    await connection.execute("create index on locations.bins using gist (point(lng, lat))")
    await connection.execute("vacuum analyze locations.bins")


async def _timed(
    connection: asyncpg.Connection, name: str, statement: TextClause, here: np.ndarray[Any, Any], **values: object
) -> Line:
    """The statement as the repository sends it, prepared, one at a time."""
    compiled = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
    prepared = await connection.prepare(str(compiled))
    seconds = []
    for lat, lng in here:
        bound = {"lat": float(lat), "lng": float(lng), **values}
        arguments = [bound[parameter] for parameter in compiled.positiontup or ()]
        started = time.perf_counter()
        await prepared.fetch(*arguments)
        seconds.append(time.perf_counter() - started)
    return _line(name, seconds[len(seconds) // 10 :])


async def _whole(url: str, points: np.ndarray[Any, Any], here: np.ndarray[Any, Any]) -> Line:
    """The use case with its transaction and its geodesics, compared with computing every distance."""
    database = Database(owner_address(url))
    seconds, exact = [], 0
    for position, (lat, lng) in enumerate(here[:500]):
        started = time.perf_counter()
        async with database.transaction() as session:
            found = await LocationsService(LocationsRepository(session), now).nearby(float(lat), float(lng), [], LIMIT)
        seconds.append(time.perf_counter() - started)
        if position < 50:
            exact += [each.distance_m for each in found] == _by_hand(points, float(lat), float(lng))
    await database.dispose()
    return _line("bunri, the whole use case", seconds[50:], f"{exact} of 50 as by computing every distance")


def _by_hand(points: np.ndarray[Any, Any], lat: float, lng: float) -> list[float]:
    """Geodesics to all bins that can be among the nearest: those near in degrees, generously."""
    apart = np.hypot(points[:, 0] - lat, (points[:, 1] - lng) * np.cos(np.radians(lat)))
    near = points[np.argpartition(apart, 200)[:200]]
    return sorted(round(distance(lat, lng, *map(float, point)), 2) for point in near)[:LIMIT]


def _line(name: str, seconds: list[float], note: str = "") -> Line:
    p50, p99 = np.percentile(np.array(seconds) * 1e3, [50, 99])
    return Line(name, float(p50), float(p99), note)


if __name__ == "__main__":
    for line in run():
        print(line)
