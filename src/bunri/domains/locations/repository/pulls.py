"""The SQL statements of pulls: bins that are compared with the data set they came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Row,
    Text,
    Uuid,
    bindparam,
    delete,
    exists,
    or_,
    select,
    text,
    update,
)

from bunri.domains.locations.importing.duplicates import SAME_ADDRESS_M, SAME_POSITION_M
from bunri.domains.locations.importing.rows import NewBin
from bunri.domains.locations.models import BinRow
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.repository.bin_arrays import ARRAYS, columns_of
from bunri.platform.db import Repository


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


class PullRepository(Repository):
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
        values = columns_of(new_bins) | circles | {"dataset": dataset, "but_of": but_of}
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
).bindparams(*ARRAYS, bindparam("dataset", type_=Text))
_PULLED: Final[tuple[BindParameter[Any], ...]] = (
    *ARRAYS,
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
        **columns_of([each.bin for each in pulled]),
        "references": [each.reference for each in pulled],
        "regions": [each.region for each in pulled],
    }
