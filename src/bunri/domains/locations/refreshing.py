"""Pulls by itself what the operator wants kept up to date, a data set and a region at a time."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from bunri.domains.locations.regions import Region, wanted_region
from bunri.domains.locations.repository import LocationsRepository
from bunri.domains.locations.settings import BinsSettings
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

if TYPE_CHECKING:  # it loads an HTTP client, which workers need on few installations
    from bunri.domains.locations.pulling.puller import Puller
    from bunri.domains.locations.pulling.sources import Source

log = structlog.get_logger(__name__)

AGAIN_AFTER: Final = timedelta(hours=6)
"""How long after a pull that failed, or that ended with its worker, the next try is."""


class Refreshing:
    """Asked from time to time, by one worker or several."""

    def __init__(
        self,
        settings: BinsSettings,
        transaction: Transaction[LocationsRepository],
        clock: Clock,
        open_puller: "Callable[[], Puller]",
    ) -> None:
        self._settings = settings
        self._transaction = transaction
        self._clock = clock
        self._open_puller = open_puller

    async def refresh(self) -> None:
        """Pulls each data set that is due. What fails is logged and costs no other one."""
        if not self._settings.refresh:
            return
        puller = self._open_puller()
        for source in puller.sources:
            for scope in dict.fromkeys(source.scope(wanted_region(name)) for name in self._settings.refresh):
                await self._pull(puller, source, scope)

    async def _pull(self, puller: "Puller", source: "Source", scope: Region | None) -> None:
        now, region = self._clock(), scope.ko if scope else ""
        came = now - timedelta(days=self._settings.refresh_days)
        async with self._transaction() as repository:
            if not await repository.claim_refresh(source.dataset, region, now, now - AGAIN_AFTER, came):
                return
        report = await puller.pull(source, scope)
        told = {"dataset": source.dataset, "region": region or None, "added": report.summary.added}
        if report.failures:
            log.warning("bins.refresh_failed", **told, reasons=sorted({each.reason for each in report.failures}))
            return
        log.info("bins.refreshed", **told, updated=report.summary.updated, removed=report.removed)
        async with self._transaction() as repository:
            await repository.note_refresh(source.dataset, region, self._clock())
