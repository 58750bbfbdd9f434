"""Every SQL statement of locations but those of pulls. What it returns are frozen values; ORM rows stay inside."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from math import isfinite
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
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
    update,
)
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.locations.area import Area
from bunri.domains.locations.gazetteer import AddressedBin, Word
from bunri.domains.locations.geodesy import round_degrees
from bunri.domains.locations.importing.duplicates import SAME_ADDRESS_M, SAME_POSITION_M
from bunri.domains.locations.importing.rows import NewBin
from bunri.domains.locations.models import BinRow, VoteRow
from bunri.domains.locations.public import BinKind, Vote
from bunri.domains.locations.repository.bin_arrays import ARRAYS, columns_of
from bunri.domains.locations.repository.pulls import PullRepository
from bunri.domains.locations.repository.refreshes import RefreshRepository
from bunri.domains.locations.vote_tally import VoteRecord, VoteTally

_IMPORTING: Final = 0x62696E73  # "bins" in ASCII; concurrent imports would not see each other's rows


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin. It is hidden until ``hidden_until`` because people found it gone, and full until ``full_until``."""

    id: UUID
    kind: BinKind
    name: str
    address: str | None
    lat: float
    lng: float
    source: str
    hidden_until: datetime | None
    full_until: datetime | None
    doubted_until: datetime | None


@dataclass(frozen=True, slots=True)
class BinCandidate:
    """A bin that may be among the nearest; ``chord`` is the straight-line distance to it in metres."""

    id: UUID
    kind: BinKind
    name: str
    address: str | None
    lat: float
    lng: float
    source: str
    full: bool
    doubted: bool
    chord: float


@dataclass(frozen=True, slots=True)
class Cell:
    """The number of bins of one kind in one cell of a grid, and their mean position in WGS 84 degrees."""

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


class LocationsRepository(PullRepository, RefreshRepository):
    async def nearest_by_chord(
        self, lat: float, lng: float, kinds: Sequence[BinKind], count: int, now: datetime
    ) -> list[BinCandidate]:
        """The ``count`` bins of ``kinds`` (all when empty) with the shortest chords, shortest first, hidden ones left
        out."""
        values = {"lat": round_degrees(lat), "lng": round_degrees(lng), "count": count, "now": now}
        rows = await self._session.execute(nearest(kinds), values)
        return [BinCandidate(row.id, BinKind(row.kind), *row[2:]) for row in rows]

    async def cells_within(self, area: Area, now: datetime) -> list[Cell]:
        """How many bins of each kind are in each cell of the area's grid, hidden ones left out."""
        row, column = (
            func.floor(side / area.cell_size).label(name) for side, name in ((BinRow.lat, "r"), (BinRow.lng, "c"))
        )
        statement = select(BinRow.kind, row, column, func.count(), func.avg(BinRow.lat), func.avg(BinRow.lng))
        rows = await self._session.execute(statement.where(*_shown(area, now)).group_by(BinRow.kind, row, column))
        return [Cell(BinKind(kind), int(r), int(c), *rest) for kind, r, c, *rest in rows]

    async def within(self, area: Area, kinds: Sequence[BinKind], now: datetime) -> list[Bin]:
        """The bins of an area, hidden ones left out; all kinds when ``kinds`` is empty."""
        statement = select(*_BIN).where(*_shown(area, now)).order_by(BinRow.id)
        rows = await self._session.execute(statement.where(BinRow.kind.in_(kinds)) if kinds else statement)
        return [_bin(row) for row in rows]

    async def find_by_words(self, words: Sequence[Word], limit: int) -> list[AddressedBin]:
        """Bins whose address, or whose name, contains all of ``words``, each in one of its spellings."""
        matches = [
            and_(*(or_(*(column.icontains(spelling, autoescape=True) for spelling in word)) for word in words))
            for column in (BinRow.address, BinRow.other_address, BinRow.name)
        ]
        statement = (
            select(BinRow.name, BinRow.address, BinRow.other_address, BinRow.lat, BinRow.lng)
            .where(or_(*matches))
            .order_by(BinRow.id)
            .limit(limit)
        )
        return [AddressedBin(*row) for row in await self._session.execute(statement)]

    async def get_by_id(self, bin_id: UUID, *, lock: bool = False) -> Bin | None:
        """The bin; with ``lock``, other transactions that lock it wait until this one ends."""
        statement = select(*_BIN).where(BinRow.id == bin_id)
        row = (await self._session.execute(statement.with_for_update() if lock else statement)).one_or_none()
        return _bin(row) if row else None

    async def votes_on(self, bin_id: UUID) -> list[VoteRecord]:
        rows = await self._session.execute(select(VoteRow.vote, VoteRow.cast_at).where(VoteRow.bin_id == bin_id))
        return [VoteRecord(Vote(row.vote), row.cast_at) for row in rows]

    async def record_vote(self, bin_id: UUID, person: str, vote: Vote, now: datetime) -> None:
        """Adds the person's vote, replacing an earlier one."""
        values = {"vote": vote, "cast_at": now}
        statement = insert(VoteRow).values(bin_id=bin_id, person=person, **values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["bin_id", "person"], set_=values))

    async def votes_of(self, person: str) -> list[PersonVote]:
        """What a person last said of each bin, the earliest first."""
        statement = select(VoteRow.bin_id, VoteRow.vote, VoteRow.cast_at).where(VoteRow.person == person)
        rows = await self._session.execute(statement.order_by(VoteRow.cast_at, VoteRow.bin_id))
        return [PersonVote(*row) for row in rows]

    async def remove_votes_of(self, person: str) -> None:
        await self._session.execute(delete(VoteRow).where(VoteRow.person == person))

    async def hand_over_votes(self, old: str, new: str) -> None:
        """The votes of ``old`` become those of ``new``; of two on one bin the later stays."""
        handed = select(VoteRow.bin_id, literal(new), VoteRow.vote, VoteRow.cast_at).where(VoteRow.person == old)
        statement = insert(VoteRow).from_select(["bin_id", "person", "vote", "cast_at"], handed)
        later = statement.excluded.cast_at > VoteRow.cast_at
        said = {"vote": statement.excluded.vote, "cast_at": statement.excluded.cast_at}
        key = ["bin_id", "person"]
        await self._session.execute(statement.on_conflict_do_update(index_elements=key, set_=said, where=later))
        await self.remove_votes_of(old)

    async def set_tally(self, bin_id: UUID, tally: VoteTally) -> None:
        """Stores until when the bin is hidden, full and doubtful."""
        statement = update(BinRow).where(BinRow.id == bin_id)
        await self._session.execute(statement.values(asdict(tally)))

    async def begin_import(self) -> None:
        """Waits for another import to end, and makes the planner use indexes until the transaction ends: the statistics
        of a table that grows from nothing to a million rows would mislead it."""
        await self._session.execute(select(func.pg_advisory_xact_lock(_IMPORTING)))
        await self._session.execute(text("set local enable_seqscan = off"))

    async def find_existing(self, new_bins: Sequence[NewBin]) -> set[int]:
        """The indexes in ``new_bins`` of those that the table has already (see duplicates.py)."""
        circles = {"same_spot": SAME_POSITION_M, "same_address": SAME_ADDRESS_M}
        return set(await self._session.scalars(_EXISTING, columns_of(new_bins) | circles))

    async def add(self, new_bins: Sequence[NewBin], now: datetime, dataset: str | None = None) -> None:
        await self._session.execute(_ADD, columns_of(new_bins) | {"now": now, "dataset": dataset})

    async def remove_source(self, source: str) -> int:
        """Deletes the bins of ``source``; returns their number."""
        return len(
            (await self._session.scalars(delete(BinRow).where(BinRow.source == source).returning(BinRow.id))).all()
        )

    async def is_empty(self) -> bool:
        return not await self._session.scalar(select(exists(select(BinRow.id))))

    async def counts(self) -> dict[BinKind, int]:
        """Bins by kind, the kinds without any left out."""
        rows = await self._session.execute(select(BinRow.kind, func.count()).group_by(BinRow.kind))
        return {BinKind(kind): count for kind, count in rows}

    async def newest(self, kind: BinKind | None, limit: int) -> list[Bin]:
        """The bins that were added last, newest first."""
        statement = select(*_BIN).order_by(BinRow.id.desc()).limit(limit)
        rows = await self._session.execute(statement.where(BinRow.kind == kind) if kind else statement)
        return [_bin(row) for row in rows]


_BIN: Final = (
    BinRow.id,
    BinRow.kind,
    BinRow.name,
    BinRow.address,
    BinRow.lat,
    BinRow.lng,
    BinRow.source,
    BinRow.hidden_until,
    BinRow.full_until,
    BinRow.doubted_until,
)
"""The columns of a ``Bin``, in its order."""


def _bin(row: Row[*tuple[Any, ...]]) -> Bin:
    return Bin(row.id, BinKind(row.kind), *row[2:])


def _shown(area: Area, now: datetime) -> list[ColumnElement[bool]]:
    """Conditions for bins in the area that are not hidden. The index finds those in a circle around the area; the sides
    of the area are checked after it."""
    conditions = [
        BinRow.lat.between(area.south, area.north),
        BinRow.lng.between(area.west, area.east),
        or_(BinRow.hidden_until.is_(None), BinRow.hidden_until <= now),
    ]
    if isfinite(area.radius):
        centre = func.locations.ecef(*map(round_degrees, area.centre))
        conditions.append(BinRow.earth.op("<@", is_comparison=True)(func.cube_enlarge(centre, area.radius, 3)))
    return conditions


def nearest(kinds: Sequence[BinKind]) -> TextClause:
    """The statement for the nearest bins: one index scan for each kind. The kind is part of the text, because only then
    PostgreSQL uses its partial index."""
    scans = [_SCAN.format(which=f"kind = '{BinKind(kind)}'") for kind in dict.fromkeys(kinds)]
    union = " union all ".join(scans or [_SCAN.format(which="true")])
    return text(f"select * from ({union}) as scans order by chord limit :count")  # noqa: S608  # only BinKind goes in


_SCAN: Final = """
(select id, kind, name, address, lat, lng, source,
    coalesce(full_until > :now, false) as full_now, coalesce(doubted_until > :now, false) as doubted_now,
    earth <-> locations.ecef(:lat, :lng) as chord
from locations.bins
where {which} and (hidden_until is null or hidden_until <= :now)
order by earth <-> locations.ecef(:lat, :lng)
limit :count)
"""

# The lateral subquery with its limit makes the planner do one index search for each row.
_EXISTING: Final = text(
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
).bindparams(*ARRAYS)
_ADD: Final = text(
    """
    insert into locations.bins (kind, address, lat, lng, name, source, other_address, created_at, dataset)
    select new.*, :now, :dataset
    from unnest(:kinds, :addresses, :lats, :lngs, :names, :sources, :other_addresses) as new
    """
).bindparams(
    bindparam("dataset", type_=Text),
    *ARRAYS,
    *(bindparam(name, type_=ARRAY(Text)) for name in ("names", "sources", "other_addresses")),
)
