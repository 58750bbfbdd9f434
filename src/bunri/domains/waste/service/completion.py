"""The second half of the pipeline: advice comes back, the nearest bins are added, the job ends."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import UUID

import structlog

from bunri.domains.locations.public import BinKind, LocationsPublic, NearbyBin
from bunri.domains.recycling.public import Advice, Explained, RecyclingPublic
from bunri.domains.waste.answer_cache import AnswerCache, CachedAnswer, answer_cache_key
from bunri.domains.waste.person_location import PersonLocation
from bunri.domains.waste.records import FIELD_ROLE, Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.result import assemble
from bunri.domains.waste.schemas import Coordinates, Result
from bunri.domains.waste.service.transitions import Transitions
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import Stage, State
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.errors import BunriError, Unavailable
from bunri.platform.db import Transaction

log = structlog.get_logger(__name__)

MOST_BINS = 5
Also = Callable[[WasteRepository], Awaitable[None]]
"""What is written in the transaction that ends a job."""


class Completion:
    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        transitions: Transitions,
        statuses: StatusCache,
        answers: AnswerCache,
        person: PersonLocation,
        recycling: RecyclingPublic,
        locations: LocationsPublic,
        settings: WasteSettings,
    ) -> None:
        self._transaction = transaction
        self._transitions = transitions
        self._statuses = statuses
        self._answers = answers
        self._person = person
        self._recycling = recycling
        self._locations = locations
        self._settings = settings

    async def complete(self, event: Explained) -> None:
        """Ends a job with its advice: done, or asked when an item is in doubt. Idempotent."""
        async with self._transaction() as repository:
            job = await repository.get(event.reference)
        if job is None or job.state != State.EXPLAINING or job.attempt != event.attempt:
            return
        await self.complete_with(job, event.advice)

    async def complete_with(self, job: Job, advice: Sequence[Advice], also: Also | None = None) -> bool:
        """Ends ``job`` with advice on its items, and writes in the same transaction what is to be written ``also``.
        False when the job was lost to somebody else, after which nothing was written."""
        items = job.items or ()
        async with self._statuses.stage(job, Stage.LOCATIONS):
            bins = await self.nearest_bins(job.id, advice[0].bin_kinds)
        async with self._statuses.stage(job, Stage.CHECK):
            result = assemble(
                items,
                advice,
                bins,
                await self._recycling.kinds(job.language),
                models=job.models,
                cached=job.cached,
                sure=self._settings.sure,
                language=job.language,
            )
            if job.sha256 and job.model_versions:
                # Before the end: whoever sends the same photo once this job is seen to be done shall have this answer.
                versions = with_field(job.model_versions, job.models.get(FIELD_ROLE))
                key = await self.cache_key(job, versions)
                await self._answers.put(job.sha256, key, CachedAnswer(items=list(items), result=result))
                await self._answers.put_models(versions)
        return await self._answer(job, result, also)

    async def complete_from_cache(self, job: Job, known: CachedAnswer) -> bool:
        """Ends a claimed job with the answer to the same photo under the same conditions; False when it was lost."""
        bins = await self.nearest_bins(job.id, known.result.items[0].bin_kinds)
        result = known.result.model_copy(update={"cached": "exact", "nearby_bins": bins})
        return await self._answer(replace(job, items=tuple(known.items), has_thumbnail=True), result)

    async def _answer(self, job: Job, result: Result, also: Also | None = None) -> bool:
        """Row first, then the cached status; a job that somebody else has taken over or cancelled stays as it is."""
        async with self._transaction() as repository:
            answered = await self._transitions.answer(repository, job, result)
            if answered and also:
                await also(repository)
        if answered is None:
            await self.publish_row(job.id)
            return False
        await self._transitions.announce(answered)
        return True

    async def fail(self, job: Job, error: BunriError) -> None:
        """Ends a job with an error that its owner can read."""
        async with self._transaction() as repository:
            failed = await self._transitions.fail(repository, job, error)
        if failed is None:
            await self.publish_row(job.id)
            return
        await self._transitions.announce(failed)

    async def publish_row(self, job_id: UUID) -> None:
        """Publishes what the row says, whatever a worker that lost the job may have published before."""
        async with self._transaction() as repository:
            job = await repository.get(job_id)
        await (self._statuses.publish_row(job) if job else self._statuses.forget(job_id))

    async def nearest_bins(
        self, job_id: UUID, kinds: Sequence[str], location: Coordinates | None = None
    ) -> list[NearbyBin]:
        """The nearest bins of ``kinds``; none when no bin takes it, or the person's location is unknown."""
        known = [BinKind(kind) for kind in kinds if kind in tuple(BinKind)]
        location = location or await self._person.get(job_id)
        if location is None or not known:
            return []
        try:
            return await self._locations.nearby(location.lat, location.lng, known, MOST_BINS)
        except Unavailable as error:
            log.warning("bins.skipped", reason=str(error))
            return []

    async def cache_key(self, job: Job, versions: str) -> str:
        """The key of answers that hold for ``job``, with the rules in force; ``versions`` as of ``with_field``."""
        return answer_cache_key(job, versions, await self._recycling.version())


def with_field(model_versions: str, field: str | None) -> str:
    """What an answer depends on besides the photo: the models, and the version of the bank of confirmed photos that was
    heard, if any."""
    return f"{model_versions},{FIELD_ROLE}={field}" if field else model_versions
