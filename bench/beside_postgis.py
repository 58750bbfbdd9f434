"""The nearest bins by the product and by PostGIS, in turns, over the same rows."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from bench.postgis import postgis
from bunri.domains.locations.repository import LocationsRepository, nearest
from bunri.domains.locations.service import SPARE_CANDIDATES, LocationsService
from bunri.kit.clock import now
from bunri.platform.db import Database

LIMIT: Final = 10
COLUMNS: Final = {
    "id": "uuid",
    "kind": "text",
    "name": "text",
    "address": "text",
    "lat": "float8",
    "lng": "float8",
    "source": "text",
}
NEAREST: Final = f"""
with here as (select st_setsrid(st_makepoint($2, $1), 4326)::geography as point)
select {", ".join(COLUMNS)}, st_distance(place, point) as metres
from here, lateral (select * from bins order by place <-> point limit $3) as candidates
order by metres, id limit {LIMIT}
"""
"""``<->`` measures on a sphere, so the order of its candidates is settled by their distances on the ellipsoid."""

Found = list[UUID]
Ask = Callable[[float, float], Awaitable[Found]]


@dataclass(slots=True)
class Side:
    """The seconds that one side took at each place, and at how many of them its ids and their order are PostGIS's."""

    alike: int = 0
    seconds: list[float] = field(default_factory=list)

    async def asked(self, ask: Ask, lat: float, lng: float) -> Found:
        started = time.perf_counter()
        found = await ask(lat, lng)
        self.seconds.append(time.perf_counter() - started)
        return found


@dataclass(frozen=True, slots=True)
class Turns:
    """``statement`` is the repository's, prepared; ``whole`` is the use case in a transaction that is open already,
    which also computes geodesics; ``postgis`` is a prepared statement."""

    version: str
    statement: Side = field(default_factory=Side)
    whole: Side = field(default_factory=Side)
    postgis: Side = field(default_factory=Side)


async def in_turns(owner: asyncpg.Connection, locations: Database, bins: Path, places: NDArray[np.float64]) -> Turns:
    """Asks all three for the bins nearest to each of ``places`` (n × latitude, longitude), in turns."""
    async with postgis(owner, bins) as peer, locations.transaction("locations") as session:
        await _fill(owner, peer)
        theirs = await _prepared_theirs(peer)
        ours = await _prepared_ours(owner)
        service = LocationsService(lambda: _open(LocationsRepository(session)), now)

        async def whole(lat: float, lng: float) -> Found:
            return [each.id for each in await service.nearby(lat, lng, [], LIMIT)]

        turns = Turns(await peer.fetchval("select postgis_lib_version()"))
        for lat, lng in places.tolist():
            right = await turns.postgis.asked(theirs, lat, lng)
            turns.statement.alike += await turns.statement.asked(ours, lat, lng) == right
            turns.whole.alike += await turns.whole.asked(whole, lat, lng) == right
    return turns


async def _prepared_theirs(peer: asyncpg.Connection) -> Ask:
    prepared = await peer.prepare(NEAREST)

    async def ask(lat: float, lng: float) -> Found:
        return [row["id"] for row in await prepared.fetch(lat, lng, LIMIT + SPARE_CANDIDATES)]

    return ask


async def _prepared_ours(owner: asyncpg.Connection) -> Ask:
    """As the repository sends it. Its order is by the straight line through the earth."""
    compiled = nearest([]).compile(dialect=dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
    prepared = await owner.prepare(str(compiled))
    names = compiled.positiontup or ()

    async def ask(lat: float, lng: float) -> Found:
        bound = {"lat": lat, "lng": lng, "count": LIMIT + SPARE_CANDIDATES, "now": now()}
        return [row["id"] for row in (await prepared.fetch(*(bound[name] for name in names)))[:LIMIT]]

    return ask


@asynccontextmanager
async def _open(repository: LocationsRepository) -> AsyncIterator[LocationsRepository]:
    yield repository


async def _fill(owner: asyncpg.Connection, peer: asyncpg.Connection) -> None:
    """The product's own rows, with the columns that are asked for, and their place."""
    await peer.execute(f"create table bins ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
    rows = await owner.fetch(f"select {', '.join(COLUMNS)} from locations.bins")
    await peer.copy_records_to_table("bins", columns=list(COLUMNS), records=[tuple(row) for row in rows])
    await peer.execute("alter table bins add place geography(point, 4326)")
    await peer.execute("update bins set place = st_setsrid(st_makepoint(lng, lat), 4326)::geography")
    await peer.execute("create index on bins using gist (place)")
    await peer.execute("vacuum full analyze bins")
