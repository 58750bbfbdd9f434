"""How a job ends: each way once. In a transaction the row changes; after the commit people are told."""

from dataclasses import replace

from bunri.domains.waste.metrics import ANALYSES
from bunri.domains.waste.objects import upload_key
from bunri.domains.waste.public import AnalysisDone
from bunri.domains.waste.records import Failure, Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import Result
from bunri.domains.waste.states import State
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError
from bunri.platform.storage import Storage


def answered_state(result: Result) -> State:
    """Asked when an item is in doubt, done otherwise."""
    return State.ASKED if any(item.question for item in result.items) else State.DONE


class Transitions:
    def __init__(self, statuses: StatusCache, storage: Storage, clock: Clock) -> None:
        self._statuses = statuses
        self._storage = storage
        self._clock = clock

    async def answer(self, repository: WasteRepository, job: Job, result: Result) -> Job | None:
        """``job``, with the items and models that led to ``result``, becomes done or asked. None when it was lost to
        somebody else, after which nothing has changed."""
        answered = replace(
            job,
            state=answered_state(result),
            result=result,
            models=result.models,
            cached=result.cached,
            ended_at=self._clock(),
            lease_until=None,
        )
        if not await repository.save_answer(answered, job.state):
            return None
        first, asked = result.items[0].item, answered.state == State.ASKED
        await repository.add_event(AnalysisDone(job_id=job.id, owner=job.owner, item=first, asked=asked))
        return answered

    async def fail(self, repository: WasteRepository, job: Job, error: BunriError) -> Job | None:
        """``job`` ends with an error that its owner can read. None when it was lost to somebody else."""
        failed = replace(
            job,
            state=State.FAILED,
            failure=Failure(error.code, error.data, error.retryable),
            ended_at=self._clock(),
            lease_until=None,
        )
        return failed if await repository.save_failure(failed, job.state) else None

    async def cancel(self, repository: WasteRepository, job: Job) -> Job:
        """``job``, which is locked, ends because its owner wants no answer any more."""
        cancelled = replace(job, state=State.CANCELLED, ended_at=self._clock(), lease_until=None)
        await repository.save_cancelled(cancelled)
        return cancelled

    async def announce(self, job: Job) -> None:
        """After the commit of one of the others: publishes the status, and counts what ended by itself."""
        if job.state == State.FAILED:
            await self._statuses.publish_status(job)
            await self._storage.close_tickets(upload_key(job.id))
            await self._storage.delete(upload_key(job.id))
            ANALYSES.labels(State.FAILED, job.failure.code if job.failure else "").inc()
        elif job.result is not None:
            await self._statuses.publish_answer(job, job.result)
            ANALYSES.labels(job.state, job.result.cached or "new").inc()
        else:
            await self._statuses.publish_status(job)
