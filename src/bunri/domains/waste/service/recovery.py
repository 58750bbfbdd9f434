"""Jobs that are stuck: dead workers, lost messages, uploads that never come."""

from dataclasses import replace

import structlog

from bunri.domains.waste.errors import GaveUp, UploadNeverCame
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.records import Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.service.explanation import explanation_request
from bunri.domains.waste.service.transitions import Transitions
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import State
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.clock import Clock
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
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._transitions = transitions
        self._statuses = statuses
        self._settings = settings
        self._clock = clock

    async def recover(self) -> int:
        """Tries silent jobs again and ends those that cannot end themselves; returns how many it touched."""
        now = self._clock()
        async with self._transaction() as repository:
            silent = [await self._retry(repository, job) for job in await repository.lock_silent(now, BATCH)]
            waiting = await repository.lock_never_uploaded(now, BATCH)
            failed = [await self._transitions.fail(repository, job, UploadNeverCame()) for job in waiting]
        changed = [job for job in (*silent, *failed) if job]
        for job in changed:
            if job.state == State.FAILED:
                await self._transitions.announce(job)
            else:
                await self._statuses.publish_status(job)
        return len(changed)

    async def _retry(self, repository: WasteRepository, job: Job) -> Job | None:
        """Sends the event again; receivers are idempotent, so a message too many does no harm."""
        now = self._clock()
        crashes = job.crashes + (job.state == State.SEEING)
        if now - job.created_at > self._settings.give_up_after or crashes >= self._settings.max_crashes:
            return await self._transitions.fail(repository, job, GaveUp())
        log.info("analysis.retried", job_id=str(job.id), state=job.state, attempt=job.attempt)
        if job.state == State.EXPLAINING:
            again = replace(job, lease_until=now + self._settings.explain_lease)
            await repository.add_event(explanation_request(again))
        else:
            # A dead worker's claim can be taken over; only the next retry is put off.
            until = now + self._settings.queue_patience
            again = replace(job, state=State.UPLOADED, crashes=crashes, lease_until=until)
            await repository.add_event(Uploaded(job_id=job.id))
        await repository.save_retry(again)
        return again
