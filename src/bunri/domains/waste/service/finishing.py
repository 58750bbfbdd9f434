"""The second half of the pipeline: advice comes back, the nearest bins are added, the job ends."""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

import structlog

from bunri.domains.locations.public import BinKind, LocationsPublic, NearbyBin
from bunri.domains.recycling.public import Explained, RecyclingPublic
from bunri.domains.waste.board import Answered, Board, language_of
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.models import Job
from bunri.domains.waste.objects import upload_key
from bunri.domains.waste.public import AnalysisDone
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.result import assemble
from bunri.domains.waste.schemas import Place
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import Stage, State
from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError, Unavailable
from bunri.platform.storage import Storage
from bunri.platform.telemetry.metrics import ANALYSES

log = structlog.get_logger(__name__)

MOST_BINS = 5


class Begin(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[WasteRepository]: ...


class Finishing:
    def __init__(
        self,
        begin: Begin,
        board: Board,
        storage: Storage,
        recycling: RecyclingPublic,
        locations: LocationsPublic,
        settings: WasteSettings,
        clock: Clock,
    ) -> None:
        self._begin = begin
        self._board = board
        self._storage = storage
        self._recycling = recycling
        self._locations = locations
        self._settings = settings
        self._clock = clock

    async def finish(self, event: Explained) -> None:
        """Ends a job with its advice: done, or asked when an item is in doubt. Idempotent."""
        async with self._begin() as repository:
            job = await repository.get(event.reference)
        if job is None or job.state != State.EXPLAINING or job.attempt != event.attempt:
            return
        await self._board.show(job, Stage.CHECK)
        items = [SeenItem.model_validate(item) for item in job.items or ()]
        await self._board.show(job, Stage.LOCATIONS)
        bins = await self.nearest(job.id, event.advice[0].bin_kinds)
        result = assemble(
            items,
            event.advice,
            bins,
            models=job.models or {},
            cached=job.cached,
            sure=self._settings.sure,
            language=language_of(job),
        )
        answered = Answered(items=items, result=result)
        if job.sha256 and job.eyes:
            # Before the end: whoever sends the same photo once this job is seen to be done shall have this answer.
            await self._board.cache_answer(job.sha256, await self.variant(job, job.eyes), answered)
        await self._end(job, State.EXPLAINING, answered)

    async def repeat(self, job: Job, known: Answered) -> bool:
        """Ends a claimed job with the answer to the same photo under the same conditions; False when it was lost."""
        bins = await self.nearest(job.id, known.result.items[0].bin_kinds)
        result = known.result.model_copy(update={"cached": "exact", "nearby_bins": bins})
        job.kept, job.models, job.cached = True, result.models, "exact"
        return await self._end(job, State.SEEING, Answered(items=known.items, result=result))

    async def nearest(self, job_id: UUID, kinds: Sequence[str], place: Place | None = None) -> list[NearbyBin]:
        """The nearest bins of ``kinds``; none when nothing takes it, or nobody knows where the person is."""
        known = [BinKind(kind) for kind in kinds if kind in tuple(BinKind)]
        place = place or await self._board.place(job_id)
        if place is None or not known:
            return []
        try:
            return await self._locations.nearby(place.lat, place.lng, known, MOST_BINS)
        except Unavailable as error:
            log.warning("bins.skipped", reason=str(error))
            return []

    async def _end(self, job: Job, state: State, answered: Answered) -> bool:
        """Row first, then the mirror; a job that somebody else has taken over or cancelled stays as it is."""
        result = answered.result
        ended = State.ASKED if any(item.question for item in result.items) else State.DONE
        async with self._begin() as repository:
            won = await repository.advance(
                job.id,
                state,
                job.attempt,
                state=ended,
                ended_at=self._clock(),
                lease_until=None,
                items=[item.model_dump(mode="json") for item in answered.items],
                models=result.models,
                cached=result.cached,
                kept=job.kept,
                sha256=job.sha256,
                result=result.model_dump(mode="json", exclude={"nearby_bins"}),
            )
            if won:
                first, asked = result.items[0].item, ended == State.ASKED
                await repository.add_event(AnalysisDone(job_id=job.id, owner=job.owner, item=first, asked=asked))
        if not won:
            await self.mirror(job.id)
            return False
        job.state = ended
        await self._board.show_result(job, result)
        ANALYSES.labels(ended, result.cached or "new").inc()
        return True

    async def fail(self, job: Job, state: State, error: BunriError) -> None:
        """Ends a job with an error that its owner can read."""
        failure = {"code": error.code, "data": error.data, "retryable": error.retryable}
        async with self._begin() as repository:
            won = await repository.advance(
                job.id,
                state,
                job.attempt,
                state=State.FAILED,
                failure=failure,
                ended_at=self._clock(),
                lease_until=None,
            )
        await self.mirror(job.id)
        if won:
            await self._storage.delete(upload_key(job.id))
            ANALYSES.labels(State.FAILED, error.code).inc()

    async def mirror(self, job_id: UUID) -> None:
        """Shows what the row says, whatever a worker that lost the job may have shown before."""
        async with self._begin() as repository:
            job = await repository.get(job_id)
        if job is not None:
            await self._board.show(job)

    async def variant(self, job: Job, eyes: str) -> str:
        """Under which conditions a result holds: who looks, which rules, language, district, what was said."""
        rules = await self._recycling.version()
        parts = (eyes, rules, job.language, job.region or "", ",".join(sorted(job.tags)), job.note or "")
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
