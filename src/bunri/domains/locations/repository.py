"""Every SQL statement of locations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Double,
    Text,
    TextClause,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.locations.area import Area
from bunri.domains.locations.gazetteer import Known
from bunri.domains.locations.geodesy import settled
from bunri.domains.locations.importing.duplicates import SAME_ADDRESS, SAME_SPOT
from bunri.domains.locations.importing.rows import Draft
from bunri.domains.locations.models import Bin, CastVote
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.standing import Cast, Standing, Vote
from bunri.platform.db import Repository

_IMPORTING: Final = 0x62696E73  # "bins": two imports at once would not see each other's rows


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bin that may be among the nearest; ``chord`` is the straight line to it in metres."""

    id: UUID
    kind: BinKind
    name: str
    address: str | None
    lat: float
    lng: float
    source: str
    full: bool
    chord: float


@dataclass(frozen=True, slots=True)
class Cell:
    """The bins of one kind in one cell of a grid: how many, and their middle in WGS 84 degrees."""

    kind: BinKind
    row: int
    column: int
    count: int
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class PersonVote:
    """What a person last said about a bin."""

    bin_id: UUID
    vote: str
    cast_at: datetime


class LocationsRepository(Repository):
    async def nearest_by_chord(
        self, lat: float, lng: float, kinds: Sequence[BinKind], count: int, now: datetime
    ) -> list[Candidate]:
        """The ``count`` bins of ``kinds`` (all when empty) with the shortest chords, shortest first, hidden ones left
        out."""
        values = {"lat": settled(lat), "lng": settled(lng), "count": count, "now": now}
        rows = await self._session.execute(nearest(kinds), values)
        return [Candidate(row.id, BinKind(row.kind), *row[2:]) for row in rows]

    async def cells_within(self, area: Area, now: datetime) -> list[Cell]:
        """How many bins of each kind are in each cell of the area's grid, hidden ones left out."""
        row, column = (func.floor(side / area.cell).label(name) for side, name in ((Bin.lat, "r"), (Bin.lng, "c")))
        statement = select(Bin.kind, row, column, func.count(), func.avg(Bin.lat), func.avg(Bin.lng))
        rows = await self._session.execute(statement.where(*_shown(area, now)).group_by(Bin.kind, row, column))
        return [Cell(BinKind(kind), int(r), int(c), *rest) for kind, r, c, *rest in rows]

    async def within(self, area: Area, kinds: Sequence[BinKind], now: datetime) -> list[Bin]:
        """The bins of an area, hidden ones left out; all kinds when ``kinds`` is empty."""
        statement = select(Bin).where(*_shown(area, now)).order_by(Bin.id)
        return list(await self._session.scalars(statement.where(Bin.kind.in_(kinds)) if kinds else statement))

    async def known_as(self, words: Sequence[str], limit: int) -> list[Known]:
        """Bins whose address, or whose name, holds all of ``words``."""
        columns = (Bin.address, Bin.name)
        holds = [and_(*(column.icontains(word, autoescape=True) for word in words)) for column in columns]
        statement = select(Bin.name, Bin.address, Bin.lat, Bin.lng).where(or_(*holds)).order_by(Bin.id).limit(limit)
        return [Known(*row) for row in await self._session.execute(statement)]

    async def get_by_id(self, bin_id: UUID, *, lock: bool = False) -> Bin | None:
        """The bin; with ``lock``, votes on it wait for each other."""
        return await self._session.get(Bin, bin_id, with_for_update=lock)

    async def votes_on(self, bin_id: UUID) -> list[Cast]:
        rows = await self._session.execute(select(CastVote.vote, CastVote.cast_at).where(CastVote.bin_id == bin_id))
        return [Cast(Vote(row.vote), row.cast_at) for row in rows]

    async def cast(self, bin_id: UUID, person: str, vote: Vote, now: datetime) -> None:
        """Puts the person's vote in the place of an earlier one."""
        said = {"vote": vote, "cast_at": now}
        statement = insert(CastVote).values(bin_id=bin_id, person=person, **said)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["bin_id", "person"], set_=said))

    async def votes_of(self, person: str) -> list[PersonVote]:
        """What a person last said of each bin, the earliest first."""
        statement = select(CastVote.bin_id, CastVote.vote, CastVote.cast_at).where(CastVote.person == person)
        rows = await self._session.execute(statement.order_by(CastVote.cast_at, CastVote.bin_id))
        return [PersonVote(*row) for row in rows]

    async def remove_votes_of(self, person: str) -> None:
        await self._session.execute(delete(CastVote).where(CastVote.person == person))

    async def hand_over_votes(self, old: str, new: str) -> None:
        """The votes of ``old`` become those of ``new``; of two on one bin the later stays."""
        handed = select(CastVote.bin_id, literal(new), CastVote.vote, CastVote.cast_at).where(CastVote.person == old)
        statement = insert(CastVote).from_select(["bin_id", "person", "vote", "cast_at"], handed)
        later = statement.excluded.cast_at > CastVote.cast_at
        said = {"vote": statement.excluded.vote, "cast_at": statement.excluded.cast_at}
        key = ["bin_id", "person"]
        await self._session.execute(statement.on_conflict_do_update(index_elements=key, set_=said, where=later))
        await self.remove_votes_of(old)

    async def set_standing(self, bin_: Bin, standing: Standing) -> None:
        bin_.hidden_until, bin_.full_until = standing.hidden_until, standing.full_until
        await self._session.flush()

    async def begin_import(self) -> None:
        """Waits for another import to end. Until the transaction ends, plans use the indexes: statistics of a table
        that grows from nothing to a million rows would mislead them."""
        await self._session.execute(select(func.pg_advisory_xact_lock(_IMPORTING)))
        await self._session.execute(text("set local enable_seqscan = off"))

    async def known(self, drafts: Sequence[Draft]) -> set[int]:
        """The positions in ``drafts`` of those that the table has already (duplicates.py says when)."""
        circles = {"same_spot": SAME_SPOT, "same_address": SAME_ADDRESS}
        return set(await self._session.scalars(_KNOWN, _columns(drafts) | circles))

    async def add(self, drafts: Sequence[Draft], now: datetime) -> None:
        await self._session.execute(_ADD, _columns(drafts) | {"now": now})

    async def remove_source(self, source: str) -> int:
        """Returns how many bins went."""
        return len((await self._session.scalars(delete(Bin).where(Bin.source == source).returning(Bin.id))).all())

    async def is_empty(self) -> bool:
        return not await self._session.scalar(select(exists(select(Bin.id))))

    async def counts(self) -> dict[BinKind, int]:
        """Bins by kind, the kinds without any left out."""
        rows = await self._session.execute(select(Bin.kind, func.count()).group_by(Bin.kind))
        return {BinKind(kind): count for kind, count in rows}

    async def newest(self, kind: BinKind | None, limit: int) -> list[Bin]:
        statement = select(Bin).order_by(Bin.id.desc()).limit(limit)
        return list(await self._session.scalars(statement.where(Bin.kind == kind) if kind else statement))


def _shown(area: Area, now: datetime) -> list[ColumnElement[bool]]:
    """What is in the area and not hidden. The index knows circles; the sides of the area are checked after it."""
    conditions = [
        Bin.lat.between(area.south, area.north),
        Bin.lng.between(area.west, area.east),
        or_(Bin.hidden_until.is_(None), Bin.hidden_until <= now),
    ]
    if isfinite(area.radius):
        centre = func.locations.ecef(*map(settled, area.centre))
        conditions.append(Bin.earth.op("<@", is_comparison=True)(func.cube_enlarge(centre, area.radius, 3)))
    return conditions


def nearest(kinds: Sequence[BinKind]) -> TextClause:
    """One walk through an index for each kind. The kind stands in the text: only then its partial index is used."""
    walks = [_WALK.format(which=f"kind = '{BinKind(kind)}'") for kind in dict.fromkeys(kinds)]
    union = " union all ".join(walks or [_WALK.format(which="true")])
    return text(f"select * from ({union}) as walks order by chord limit :count")  # noqa: S608  # only BinKind goes in


_WALK: Final = """
(select id, kind, name, address, lat, lng, source,
    coalesce(full_until > :now, false) as full_now, earth <-> locations.ecef(:lat, :lng) as chord
from locations.bins
where {which} and (hidden_until is null or hidden_until <= :now)
order by earth <-> locations.ecef(:lat, :lng)
limit :count)
"""

_PLACES: Final = (
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("addresses", type_=ARRAY(Text)),
    bindparam("lats", type_=ARRAY(Double)),
    bindparam("lngs", type_=ARRAY(Double)),
)
# The lateral subquery with its limit keeps the planner at one index search a row.
_KNOWN: Final = text(
    """
    select new.position::integer - 1
    from unnest(:kinds, :addresses, :lats, :lngs)
        with ordinality as new (kind, address, lat, lng, position)
    cross join lateral (
        select from locations.bins as old
        where old.earth <@ cube_enlarge(locations.ecef(new.lat, new.lng), :same_address, 3)
            and old.kind = new.kind
            and (
                old.earth <-> locations.ecef(new.lat, new.lng) <= :same_spot
                or (
                    old.earth <-> locations.ecef(new.lat, new.lng) <= :same_address
                    and replace(old.address, ' ', '') = replace(new.address, ' ', '')
                )
            )
        limit 1
    ) as old
    """
).bindparams(*_PLACES)
_ADD: Final = text(
    """
    insert into locations.bins (kind, address, lat, lng, name, source, created_at)
    select new.*, :now from unnest(:kinds, :addresses, :lats, :lngs, :names, :sources) as new
    """
).bindparams(*_PLACES, bindparam("names", type_=ARRAY(Text)), bindparam("sources", type_=ARRAY(Text)))


def _columns(drafts: Sequence[Draft]) -> dict[str, object]:
    return {
        "kinds": [draft.kind for draft in drafts],
        "names": [draft.name for draft in drafts],
        "addresses": [draft.address for draft in drafts],
        "lats": [draft.lat for draft in drafts],
        "lngs": [draft.lng for draft in drafts],
        "sources": [draft.source for draft in drafts],
    }
