"""Keeps the bins of a data set in the table in step with it, a page at a time.

A bin is found again by what the data set calls it, or else by its place (duplicates.py). Then it is updated: it keeps
its id and what people said about it. What another source had first is left as it is. Each page is a transaction of its
own, so that what came before a failure stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bunri.domains.locations.importing.duplicates import DuplicateFilter
from bunri.domains.locations.importing.rows import SAMPLE_SOURCE
from bunri.domains.locations.importing.summary import ImportSummary
from bunri.domains.locations.pulling.sources import PulledRow
from bunri.domains.locations.regions import Region
from bunri.domains.locations.repository import LocationsRepository, PulledBin, StoredBin
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction


@dataclass(slots=True)
class _Changes:
    """What a page does to the table."""

    added: list[PulledBin] = field(default_factory=list)
    updated: list[tuple[UUID, PulledBin]] = field(default_factory=list)
    unchanged: list[UUID] = field(default_factory=list)


class PulledBins:
    """The bins that are pulled, in the table."""

    def __init__(self, transaction: Transaction[LocationsRepository], clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    async def begin(self) -> int:
        """The number of a new pull."""
        async with self._transaction() as repository:
            return await repository.begin_pull()

    async def keep(
        self, dataset: str, pull: int, rows: Sequence[PulledRow], scope: Region | None, summary: ImportSummary
    ) -> None:
        """Brings a page of ``dataset`` into the table and counts it in ``summary``. Rows outside ``scope`` are left."""
        wanted = list(_wanted(rows, scope, summary))
        async with self._transaction() as repository:
            await repository.begin_import()
            changes = await _changes(repository, dataset, pull, wanted)
            if changes.added:
                await repository.add_pulled(dataset, pull, changes.added, self._clock())
                await repository.remove_source(SAMPLE_SOURCE)
            if changes.updated:
                await repository.update_pulled(pull, changes.updated)
            if changes.unchanged:
                await repository.mark_found(pull, changes.unchanged)
        summary.added += len(changes.added)
        summary.updated += len(changes.updated)
        summary.unchanged += len(changes.unchanged)
        summary.merged += len(wanted) - len(changes.added) - len(changes.updated) - len(changes.unchanged)

    async def has_any(self, dataset: str, scope: Region | None) -> bool:
        async with self._transaction() as repository:
            return await repository.has_pulled(dataset, scope.ko if scope else None)

    async def remove_vanished(self, dataset: str, pull: int, scope: Region | None) -> int:
        """Removes the bins of ``dataset`` in ``scope`` that ``pull``, which was complete, did not find."""
        async with self._transaction() as repository:
            return await repository.remove_vanished(dataset, scope.ko if scope else None, pull)


def _wanted(rows: Sequence[PulledRow], scope: Region | None, summary: ImportSummary) -> Iterator[PulledBin]:
    for row in rows:
        if scope and not (row.region and scope.holds(row.region)):
            summary.read += 1
            summary.elsewhere += 1
            continue
        summary.count(row.result)
        for new_bin in row.result.new_bins:
            yield PulledBin(new_bin, row.reference, row.region.ko if row.region else None)


async def _changes(repository: LocationsRepository, dataset: str, pull: int, pulled: Sequence[PulledBin]) -> _Changes:
    by_reference = await repository.find_by_reference(dataset, pulled)
    same = await repository.find_same(dataset, [each.bin for each in pulled], SAMPLE_SOURCE)
    changes, duplicates, taken = _Changes(), DuplicateFilter(), set[UUID]()

    def is_free(stored: StoredBin | None) -> bool:
        """Each bin of the table stands for one row of a pull: the first."""
        return stored is not None and stored.id not in taken and (stored.pull is None or stored.pull < pull)

    for index, each in enumerate(pulled):
        stored = by_reference.get((each.reference or "", each.bin.kind))
        if not is_free(stored):
            stored = same.get(index)
        if stored is None:
            if duplicates.add(each.bin):
                changes.added.append(each)
        elif stored.dataset == dataset and is_free(stored):
            taken.add(stored.id)
            if each == PulledBin(stored.bin, stored.reference, stored.region):
                changes.unchanged.append(stored.id)
            else:
                changes.updated.append((stored.id, each))
    return changes
