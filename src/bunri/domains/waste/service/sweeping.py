"""What keeps jobs from getting stuck: dead workers, lost messages, uploads that never come, photos past their time."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import structlog

from bunri.domains.recycling.public import ExplainRequested
from bunri.domains.waste.board import Board, language_of
from bunri.domains.waste.errors import GaveUp, UploadNeverCame
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.models import Job
from bunri.domains.waste.objects import example_key, kept_key, upload_key
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import State
from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError
from bunri.platform.storage import Storage

log = structlog.get_logger(__name__)

BATCH = 200


class Sweeping:
    def __init__(
        self,
        begin: Callable[[], AbstractAsyncContextManager[WasteRepository]],
        board: Board,
        storage: Storage,
        settings: WasteSettings,
        clock: Clock,
    ) -> None:
        self._begin = begin
        self._board = board
        self._storage = storage
        self._settings = settings
        self._clock = clock

    async def sweep(self) -> int:
        """Drives silent jobs again, ends those that cannot end themselves; returns how many it touched."""
        now = self._clock()
        async with self._begin() as repository:
            touched = [*await repository.silent(now, BATCH)]
            for job in touched:
                await self._drive(repository, job)
            waiting = await repository.never_uploaded(now, BATCH)
            for job in waiting:
                self._fail(job, UploadNeverCame())
            await repository.flush()
            touched += waiting
        for job in touched:
            await self._board.show(job)
            if job.state == State.FAILED:
                await self._storage.delete(upload_key(job.id))
        return len(touched)

    async def _drive(self, repository: WasteRepository, job: Job) -> None:
        """Tells the queue again; receivers are idempotent, so a message too many does no harm."""
        now = self._clock()
        job.crashes += job.state == State.SEEING
        if now - job.created_at > self._settings.give_up_after or job.crashes >= self._settings.max_crashes:
            self._fail(job, GaveUp())
            return
        log.info("analysis.driven_again", job_id=str(job.id), state=job.state, attempt=job.attempt)
        if job.state == State.EXPLAINING:
            job.lease_until = now + self._settings.explain_lease
            await repository.add_event(_explain(job))
        else:
            # A dead worker's claim stays claimable; only the next reminder is put off.
            job.state = State.UPLOADED
            job.lease_until = now + self._settings.queue_patience
            await repository.add_event(Uploaded(job_id=job.id))

    def _fail(self, job: Job, error: BunriError) -> None:
        job.state, job.ended_at, job.lease_until = State.FAILED, self._clock(), None
        job.failure = {"code": error.code, "data": error.data, "retryable": error.retryable}

    async def expire(self) -> int:
        """Forgets jobs, pictures and fingerprints past their time (COACH-9), and uploads that outlived their job.

        What people gave to teach the eyes stays until they take it back.
        """
        days = timedelta(days=self._settings.keep_days)
        forgotten = 0
        while batch := await self._expire(self._clock() - days):
            forgotten += batch
        async with self._begin() as repository:
            await repository.forget_fingerprints(self._clock() - days)
        await self._storage.sweep(older_than=self._settings.give_up_after * 2, prefix="uploads/")
        await self._storage.sweep(older_than=days, prefix="kept/")
        return forgotten

    async def _expire(self, limit: datetime) -> int:
        async with self._begin() as repository:
            jobs = await repository.older_than(limit, BATCH)
            for job in jobs:
                await repository.remove(job)
            gone = {job.sha256 for job in jobs if job.sha256 and not await repository.photo_in_use(job.sha256)}
            taught = await repository.with_examples([job.id for job in jobs])
        for sha256 in gone:
            await self._storage.delete(kept_key(sha256))
        for job in jobs:
            if job.id not in taught:  # a reply that never came to be may have left a picture
                await self._storage.delete(example_key(job.id))
        return len(jobs)


def _explain(job: Job) -> ExplainRequested:
    items = [SeenItem.model_validate(item) for item in job.items or ()]
    return ExplainRequested(
        reference=job.id,
        attempt=job.attempt,
        facts=tuple(item.facts() for item in items),
        language=language_of(job),
        region=job.region,
    )
