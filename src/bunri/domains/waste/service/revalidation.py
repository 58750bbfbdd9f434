"""Compares cached statuses that have grown old with their rows, many at a time.

Without it, 500 people whose jobs began in the same second would all read their rows in the same half second.
"""

import asyncio
from typing import Final
from uuid import UUID

import structlog

from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.errors import Unavailable
from bunri.platform.db import Transaction

log = structlog.get_logger(__name__)

BATCH: Final = 200


class StatusRevalidator:
    """One a process. ``request`` returns at once; a job that is requested twice is compared once."""

    def __init__(self, transaction: Transaction[WasteRepository], statuses: StatusCache) -> None:
        self._transaction = transaction
        self._statuses = statuses
        self._requested: set[UUID] = set()
        self._working: asyncio.Task[None] | None = None

    def request(self, job_id: UUID) -> None:
        """The job's cached status is no longer fresh."""
        self._requested.add(job_id)
        if self._working is None or self._working.done():
            self._working = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while self._requested:
            jobs = [self._requested.pop() for _ in range(min(BATCH, len(self._requested)))]
            try:
                async with self._transaction() as repository:
                    states = await repository.states_of(jobs)
            except Unavailable as error:  # polls find the status too old, read the row themselves and report it
                log.warning("revalidation.skipped", reason=str(error))
                return
            for job_id in jobs:
                await self._statuses.revalidate(job_id, states.get(job_id))
