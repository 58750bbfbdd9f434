"""Pulls a data set: page by page into the table, and at the end what vanished out of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bunri.domains.locations.importing.summary import ImportSummary
from bunri.domains.locations.pulling.datasets import STANDARD_DATA
from bunri.domains.locations.pulling.openstreetmap import OpenStreetMapSource
from bunri.domains.locations.pulling.pulled_bins import PulledBins
from bunri.domains.locations.pulling.sources import PullFailure, Source
from bunri.domains.locations.pulling.standard_data import StandardDataSource
from bunri.domains.locations.regions import Region
from bunri.platform.open_data.data_go_kr import DataGoKr
from bunri.platform.open_data.overpass import Overpass

Progress = Callable[[ImportSummary, int | None], None]
"""Is told what has been read and, where it is known, how many rows there are."""


@dataclass(slots=True)
class PullReport:
    """What a pull did: its counts, the bins that were removed, and what could not be had. Complete without failures."""

    summary: ImportSummary = field(default_factory=ImportSummary)
    removed: int = 0
    failures: list[PullFailure] = field(default_factory=list)


class Puller:
    """Knows the sources, and pulls one at a time."""

    def __init__(self, bins: PulledBins, portal: DataGoKr, overpass: Overpass) -> None:
        self._bins = bins
        self.portal_has_key = portal.has_key
        self.standard_data: list[Source] = [StandardDataSource(portal, data) for data in STANDARD_DATA]
        self.openstreetmap: list[Source] = [OpenStreetMapSource(overpass)]

    @property
    def sources(self) -> list[Source]:
        """Those that can be asked."""
        return (self.standard_data if self.portal_has_key else []) + self.openstreetmap

    async def pull(
        self, source: Source, region: Region | None = None, progress: Progress = lambda _summary, _total: None
    ) -> PullReport:
        """Brings ``source`` into the table, all of it or ``region``. What came before a failure is kept. Bins that
        vanished from the data set are removed only when all of it came, and some of it could be used."""
        report, scope, pull = PullReport(), source.scope(region), await self._bins.begin()
        async for part in source.pages(region):
            if isinstance(part, PullFailure):
                report.failures.append(part)
            else:
                await self._bins.keep(source.dataset, pull, part.rows, scope, report.summary)
                progress(report.summary, part.total)
        if report.failures:
            return report
        if not _used(report.summary) and await self._bins.has_any(source.dataset, scope):
            report.failures.append(PullFailure("", "empty"))
            return report
        report.removed = await self._bins.remove_vanished(source.dataset, pull, scope)
        return report


def _used(summary: ImportSummary) -> int:
    return summary.added + summary.updated + summary.unchanged + summary.merged
