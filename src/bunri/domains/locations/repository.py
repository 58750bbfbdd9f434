"""Every SQL statement of locations. What it returns are frozen values; ORM rows stay inside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Double,
    Row,
    Text,
    TextClause,
    Uuid,
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
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.vote_tally import Vote, VoteRecord, VoteTally
from bunri.platform.db import Repository

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
class StoredBin:
    """A bin of the table as a pull compares it: what its data set says of it, and the last pull that found it."""

    id: UUID
    bin: NewBin
    dataset: str | None
    reference: str | None
    region: str | None
    pull: int | None


@dataclass(frozen=True, slots=True)
class PulledBin:
    """A bin as a data set has it. ``reference`` is its name there, ``region`` the Korean name of its district."""

    bin: NewBin
    reference: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class PersonVote:
    """What a person last said about a bin."""

    bin_id: UUID
    vote: str
    cast_at: datetime


class LocationsRepository(Repository):
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
        """Stores until when the bin is hidden and full."""
        statement = update(BinRow).where(BinRow.id == bin_id)
        await self._session.execute(statement.values(hidden_until=tally.hidden_until, full_until=tally.full_until))

    async def begin_import(self) -> None:
        """Waits for another import to end, and makes the planner use indexes until the transaction ends: the statistics
        of a table that grows from nothing to a million rows would mislead it."""
        await self._session.execute(select(func.pg_advisory_xact_lock(_IMPORTING)))
        await self._session.execute(text("set local enable_seqscan = off"))

    async def find_existing(self, new_bins: Sequence[NewBin]) -> set[int]:
        """The indexes in ``new_bins`` of those that the table has already (see duplicates.py)."""
        circles = {"same_spot": SAME_POSITION_M, "same_address": SAME_ADDRESS_M}
        return set(await self._session.scalars(_EXISTING, _columns(new_bins) | circles))

    async def add(self, new_bins: Sequence[NewBin], now: datetime) -> None:
        await self._session.execute(_ADD, _columns(new_bins) | {"now": now})

    async def begin_pull(self) -> int:
        """The number of a new pull, larger than all before it."""
        number: int = await self._session.scalar(text("select nextval('locations.pulls')")) or 0
        return number

    async def find_by_reference(
        self, dataset: str, pulled: Sequence[PulledBin]
    ) -> dict[tuple[str, BinKind], StoredBin]:
        """The bins of ``dataset`` with the references and kinds of ``pulled``."""
        wanted = [(each.reference, each.bin.kind) for each in pulled if each.reference]
        values = {"dataset": dataset, "refs": [one for one, _ in wanted], "kinds": [kind for _, kind in wanted]}
        rows = await self._session.execute(_BY_REFERENCE, values) if wanted else ()
        return {(row.reference, BinKind(row.kind)): _stored(row) for row in rows}

    async def find_same(self, dataset: str, new_bins: Sequence[NewBin], but_of: str) -> dict[int, StoredBin]:
        """By the index in ``new_bins``, the bin of the table that is the same (see duplicates.py), one of ``dataset``
        first. Those of the source ``but_of`` do not count."""
        circles = {"same_spot": SAME_POSITION_M, "same_address": SAME_ADDRESS_M}
        values = _columns(new_bins) | circles | {"dataset": dataset, "but_of": but_of}
        return {row.place: _stored(row) for row in await self._session.execute(_SAME, values)}

    async def add_pulled(self, dataset: str, pull: int, pulled: Sequence[PulledBin], now: datetime) -> None:
        values = _pulled_columns(pulled) | {"dataset": dataset, "pull": pull, "now": now}
        await self._session.execute(_ADD_PULLED, values)

    async def update_pulled(self, pull: int, pulled: Sequence[tuple[UUID, PulledBin]]) -> None:
        """Gives each bin what its data set says now. Votes on it stay."""
        values = _pulled_columns([each for _, each in pulled]) | {"ids": [id_ for id_, _ in pulled], "pull": pull}
        await self._session.execute(_UPDATE_PULLED, values)

    async def mark_found(self, pull: int, ids: Sequence[UUID]) -> None:
        """Notes that ``pull`` found the bins as they are."""
        await self._session.execute(update(BinRow).where(BinRow.id.in_(ids)).values(pull=pull))

    async def has_pulled(self, dataset: str, region: str | None) -> bool:
        """Whether the table has bins of ``dataset`` in ``region``."""
        return bool(await self._session.scalar(select(exists(select(BinRow.id).where(*_of(dataset, region))))))

    async def datasets_present(self, datasets: Sequence[str]) -> list[str]:
        """Those of ``datasets`` that have bins in the table, in their order."""
        present = [exists(select(BinRow.id).where(BinRow.dataset == dataset)) for dataset in datasets]
        row = (await self._session.execute(select(*present))).one()
        return [dataset for dataset, found in zip(datasets, row, strict=True) if found]

    async def remove_vanished(self, dataset: str, region: str | None, pull: int) -> int:
        """Deletes the bins of ``dataset`` in ``region`` that neither ``pull`` nor a later one found."""
        statement = delete(BinRow).where(*_of(dataset, region), BinRow.pull < pull).returning(BinRow.id)
        return len((await self._session.scalars(statement)).all())

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
    coalesce(full_until > :now, false) as full_now, earth <-> locations.ecef(:lat, :lng) as chord
from locations.bins
where {which} and (hidden_until is null or hidden_until <= :now)
order by earth <-> locations.ecef(:lat, :lng)
limit :count)
"""

_ARRAYS: Final = (
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("addresses", type_=ARRAY(Text)),
    bindparam("lats", type_=ARRAY(Double)),
    bindparam("lngs", type_=ARRAY(Double)),
)
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
).bindparams(*_ARRAYS)
_STORED: Final = (
    "old.id, old.kind, old.name, old.address, old.lat, old.lng, old.source, old.other_address, "
    "old.dataset, old.reference, old.region, old.pull"
)
_BY_REFERENCE: Final = text(
    f"""
    select {_STORED} from unnest(:refs, :kinds) as new (reference, kind)
    join locations.bins as old
        on old.dataset = :dataset and old.reference = new.reference and old.kind = new.kind
    """  # noqa: S608  # names of columns
).bindparams(bindparam("refs", type_=ARRAY(Text)), bindparam("kinds", type_=ARRAY(Text)))
_SAME: Final = text(
    f"""
    select new.position::integer - 1 as place, old.*
    from unnest(:kinds, :addresses, :lats, :lngs)
        with ordinality as new (kind, address, lat, lng, position)
    cross join lateral (
        select {_STORED} from locations.bins as old
        where old.earth <@ cube_enlarge(locations.ecef(new.lat, new.lng), :same_address, 3)
            and old.kind = new.kind
            and old.source <> :but_of
            and (
                old.earth <-> locations.ecef(new.lat, new.lng) <= :same_spot
                or (
                    old.earth <-> locations.ecef(new.lat, new.lng) <= :same_address
                    and replace(old.address, ' ', '') = replace(new.address, ' ', '')
                )
            )
        order by old.dataset is distinct from :dataset, old.earth <-> locations.ecef(new.lat, new.lng)
        limit 1
    ) as old
    """  # noqa: S608  # names of columns
).bindparams(*_ARRAYS, bindparam("dataset", type_=Text))
_ADD: Final = text(
    """
    insert into locations.bins (kind, address, lat, lng, name, source, other_address, created_at)
    select new.*, :now from unnest(:kinds, :addresses, :lats, :lngs, :names, :sources, :other_addresses) as new
    """
).bindparams(*_ARRAYS, *(bindparam(name, type_=ARRAY(Text)) for name in ("names", "sources", "other_addresses")))


_PULLED: Final[tuple[BindParameter[Any], ...]] = (
    *_ARRAYS,
    *(bindparam(name, type_=ARRAY(Text)) for name in ("names", "sources", "other_addresses", "references", "regions")),
    bindparam("pull", type_=BigInteger),
)
_ADD_PULLED: Final = text(
    """
    insert into locations.bins
        (kind, address, lat, lng, name, source, other_address, reference, region, dataset, pull, created_at)
    select new.*, :dataset, :pull, :now
    from unnest(:kinds, :addresses, :lats, :lngs, :names, :sources, :other_addresses, :references, :regions) as new
    """
).bindparams(*_PULLED)
_UPDATE_PULLED: Final = text(
    """
    update locations.bins as old
    set address = new.address, lat = new.lat, lng = new.lng, name = new.name, source = new.source,
        other_address = new.other_address, reference = new.reference, region = new.region, pull = :pull
    from unnest(
        :ids, :kinds, :addresses, :lats, :lngs, :names, :sources, :other_addresses, :references, :regions
    ) as new (id, kind, address, lat, lng, name, source, other_address, reference, region)
    where old.id = new.id
    """
).bindparams(*_PULLED, bindparam("ids", type_=ARRAY(Uuid)))


def _of(dataset: str, region: str | None) -> list[ColumnElement[bool]]:
    """Conditions for the bins of a data set, in a region when one is given: a province has those of its districts."""
    conditions: list[ColumnElement[bool]] = [BinRow.dataset == dataset]
    if region is not None:
        conditions.append(or_(BinRow.region == region, BinRow.region.startswith(f"{region} ", autoescape=True)))
    return conditions


def _stored(row: Row[*tuple[Any, ...]]) -> StoredBin:
    described = (row.name, row.address, row.lat, row.lng, row.source, row.other_address)
    new_bin = NewBin(BinKind(row.kind), *described)
    return StoredBin(row.id, new_bin, row.dataset, row.reference, row.region, row.pull)


def _pulled_columns(pulled: Sequence[PulledBin]) -> dict[str, object]:
    return {
        **_columns([each.bin for each in pulled]),
        "references": [each.reference for each in pulled],
        "regions": [each.region for each in pulled],
    }


def _columns(new_bins: Sequence[NewBin]) -> dict[str, object]:
    return {
        "kinds": [new_bin.kind for new_bin in new_bins],
        "names": [new_bin.name for new_bin in new_bins],
        "addresses": [new_bin.address for new_bin in new_bins],
        "lats": [new_bin.lat for new_bin in new_bins],
        "lngs": [new_bin.lng for new_bin in new_bins],
        "sources": [new_bin.source for new_bin in new_bins],
        "other_addresses": [new_bin.other_address for new_bin in new_bins],
    }
