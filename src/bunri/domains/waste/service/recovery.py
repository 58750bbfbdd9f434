"""Jobs that are stuck: dead workers, lost messages, uploads that never come."""

from dataclasses import replace
from datetime import timedelta

import structlog

from bunri.domains.recycling.public import Explained, ExplainRequested
from bunri.domains.waste.errors import GaveUp, UploadNeverCame, WaitedTooLong
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
from bunri.platform.queue import Backlog

log = structlog.get_logger(__name__)

BATCH = 200


class Recovery:
    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        transitions: Transitions,
        statuses: StatusCache,
        settings: WasteSettings,
        backlog: Backlog,
    ) -> None:
        self._transaction = transaction
        self._backlog = backlog
        self._transitions = transitions
        self._statuses = statuses
        self._settings = settings

    async def recover(self) -> int:
        """Tries silent jobs again and ends those that cannot end themselves; returns how many it touched.

        Raises BrokerUnavailable.
        """
        messages = await self._backlog.waiting(Uploaded.topic)
        advice = await self._backlog.waiting(ExplainRequested.topic) + await self._backlog.waiting(Explained.topic)
        async with self._transaction() as repository:
            await repository.cut_leases(self._longest_leases)
            changed = [
                *await self._end(repository, State.CREATED),
                *await self._end(repository, *RUNNING, older_than=self._settings.give_up_after),
                *await self._recover_dead(repository),
                *await self._recover_queued(repository, messages),
                *await self._recover_explaining(repository, advice),
            ]
        touched = [job for job in changed if job]
        for job in touched:
            if job.state == State.FAILED:
                await self._transitions.announce(job)
            else:
                await self._statuses.publish_status(job)
        return len(touched)

    async def _end(
        self, repository: WasteRepository, *states: State, older_than: timedelta | None = None
    ) -> list[Job | None]:
        """Fails those of the silent jobs that cannot end otherwise."""
        silent = await repository.lock_silent(states, BATCH, older_than=older_than)
        return [await self._transitions.fail(repository, job, _reason(job)) for job in silent]

    async def _recover_dead(self, repository: WasteRepository) -> list[Job | None]:
        """Jobs whose worker has died, and those that a process of their own has left behind."""
        dead = await repository.lock_silent((State.SEEING,), BATCH)
        left = await repository.lock_silent((State.UPLOADED,), BATCH, queued=False)
        return [await self._retry(repository, job) for job in (*dead, *left)]

    async def _recover_queued(self, repository: WasteRepository, messages: int) -> list[Job | None]:
        """Jobs without a message. Messages are alike, so none is lost while there are as many as jobs: those merely
        wait for their turn, however long the queue is."""
        lost = min(BATCH, await repository.count_queued() - messages)
        silent = await repository.lock_silent((State.UPLOADED,), lost, queued=True) if lost > 0 else []
        return [await self._retry(repository, job) for job in silent]

    async def _recover_explaining(self, repository: WasteRepository, messages: int) -> list[Job | None]:
        """Jobs whose advice does not come, while fewer messages wait on its way there and back than jobs."""
        lost = min(BATCH, await repository.count_explaining() - messages)
        silent = await repository.lock_silent((State.EXPLAINING,), lost) if lost > 0 else []
        return [await self._retry(repository, job) for job in silent]

    async def _retry(self, repository: WasteRepository, job: Job) -> Job | None:
        """Sends the event again; receivers are idempotent, so a message too many does no harm."""
        crashes = job.crashes + (job.state == State.SEEING)
        if crashes >= self._settings.max_crashes:
            return await self._transitions.fail(repository, job, GaveUp())
        log.info("analysis.retried", job_id=str(job.id), state=job.state, attempt=job.attempt)
        if job.state == State.EXPLAINING:
            await repository.add_event(explanation_request(job))
            await repository.renew(job, self._settings.explain_lease)
            return job
        again = replace(job, state=State.UPLOADED, crashes=crashes)
        await repository.add_event(Uploaded(job_id=job.id))
        await repository.queue_again(again, self._settings.queue_patience)
        return again

    @property
    def _longest_leases(self) -> dict[State, timedelta]:
        return {
            State.CREATED: self._settings.ticket_ttl + UPLOAD_GRACE,
            State.UPLOADED: max(self._settings.queue_patience, self._settings.lease),
            State.SEEING: self._settings.lease,
            State.EXPLAINING: self._settings.explain_lease,
        }


def _reason(job: Job) -> BunriError:
    """Why ``job`` ends without an answer."""
    if job.state == State.CREATED:
        return UploadNeverCame()
    return WaitedTooLong() if job.attempt == 0 else GaveUp()
