"""Jobs that are stuck: dead workers, lost messages, uploads that never come."""

from dataclasses import replace
from datetime import timedelta

import structlog

from bunri.domains.waste.errors import GaveUp, UploadNeverCame
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.records import Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.service.explanation import explanation_request
from bunri.domains.waste.service.jobs import UPLOAD_GRACE
from bunri.domains.waste.service.transitions import Transitions
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import RUNNING, State
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.errors import BunriError
from bunri.platform.db import Transaction

log = structlog.get_logger(__name__)

BATCH = 200


class Recovery:
    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        transitions: Transitions,
        statuses: StatusCache,
        settings: WasteSettings,
    ) -> None:
        self._transaction = transaction
        self._transitions = transitions
        self._statuses = statuses
        self._settings = settings

    async def recover(self) -> int:
        """Tries silent jobs again and ends those that cannot end themselves; returns how many it touched."""
        async with self._transaction() as repository:
            await repository.cut_leases(self._longest_leases)
            changed = [
                *await self._end(repository, UploadNeverCame(), State.CREATED),
                *await self._end(repository, GaveUp(), *RUNNING, older_than=self._settings.give_up_after),
                *[await self._retry(repository, job) for job in await repository.lock_silent(RUNNING, BATCH)],
            ]
        touched = [job for job in changed if job]
        for job in touched:
            if job.state == State.FAILED:
                await self._transitions.announce(job)
            else:
                await self._statuses.publish_status(job)
        return len(touched)

    async def _end(
        self, repository: WasteRepository, error: BunriError, *states: State, older_than: timedelta | None = None
    ) -> list[Job]:
        """Fails those of the silent jobs that cannot end otherwise."""
        silent = await repository.lock_silent(states, BATCH, older_than=older_than)
        failed = [await self._transitions.fail(repository, job, error) for job in silent]
        return [job for job in failed if job]

    async def _retry(self, repository: WasteRepository, job: Job) -> Job | None:
        """Sends the event again; receivers are idempotent, so a message too many does no harm."""
        crashes = job.crashes + (job.state == State.SEEING)
        if crashes >= self._settings.max_crashes:
            return await self._transitions.fail(repository, job, GaveUp())
        log.info("analysis.retried", job_id=str(job.id), state=job.state, attempt=job.attempt)
        if job.state == State.EXPLAINING:
            await repository.add_event(explanation_request(job))
            await repository.save_retry(job, self._settings.explain_lease)
            return job
        # A dead worker's claim can be taken over; only the next retry is put off.
        again = replace(job, state=State.UPLOADED, crashes=crashes)
        await repository.add_event(Uploaded(job_id=job.id))
        await repository.save_retry(again, self._settings.queue_patience)
        return again

    @property
    def _longest_leases(self) -> dict[State, timedelta]:
        return {
            State.CREATED: self._settings.ticket_ttl + UPLOAD_GRACE,
            State.UPLOADED: max(self._settings.queue_patience, self._settings.lease),
            State.SEEING: self._settings.lease,
            State.EXPLAINING: self._settings.explain_lease,
        }
