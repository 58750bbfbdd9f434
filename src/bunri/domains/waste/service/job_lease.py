"""A worker's claim on a job, for as long as it works on it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from bunri.domains.waste.records import Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.service.job_queue import JobQueue
from bunri.kit.errors import Unavailable
from bunri.platform.db import Transaction


class JobLease:
    """Only who holds the lease of ``job`` can change it: whatever a worker writes carries the attempt's number, so that
    a worker that was given up for dead cannot overwrite the one that took over."""

    def __init__(self, job: Job, transaction: Transaction[WasteRepository], duration: timedelta) -> None:
        self.job = job
        self._transaction = transaction
        self._duration = duration

    @classmethod
    async def claim(
        cls, queue: JobQueue, job_id: UUID, transaction: Transaction[WasteRepository], duration: timedelta
    ) -> "JobLease | None":
        """Takes the next job of ``queue`` for a message that names ``job_id``; None when none is to be had."""
        async with transaction() as repository:
            job = await queue.claim(repository, job_id, duration)
        return cls(job, transaction, duration) if job else None

    @asynccontextmanager
    async def renewed(self) -> AsyncIterator[None]:
        """Renews the lease in the background for as long as the block runs."""
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew(self) -> None:
        """Until the lease is lost; the worker's last write will find that out."""
        held = True
        while held:
            await asyncio.sleep(self._duration.total_seconds() / 4)
            with contextlib.suppress(Unavailable):
                async with self._transaction() as repository:
                    held = await repository.extend_lease(self.job.id, self.job.attempt, self._duration)

    async def give_back(self) -> None:
        """Another worker may take the job, in its turn. When the database is away, the lease runs out by itself."""
        with contextlib.suppress(Unavailable):
            async with self._transaction() as repository:
                await repository.give_back(self.job.id, self.job.attempt, self._duration)
