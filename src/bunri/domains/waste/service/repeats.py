"""A photo that its owner has sent before is answered without being sent again."""

from dataclasses import replace

from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.waste.answer_cache import AnswerCache, CachedAnswer
from bunri.domains.waste.person_location import PersonLocation
from bunri.domains.waste.records import Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import UploadCompleteIn
from bunri.domains.waste.service.completion import Completion
from bunri.domains.waste.service.transitions import Transitions
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import State
from bunri.platform.db import Transaction


class Repeats:
    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        transitions: Transitions,
        answers: AnswerCache,
        completion: Completion,
        person: PersonLocation,
        recycling: RecyclingPublic,
        settings: WasteSettings,
    ) -> None:
        self._transaction = transaction
        self._transitions = transitions
        self._answers = answers
        self._completion = completion
        self._person = person
        self._recycling = recycling
        self._settings = settings

    async def answer(self, job: Job, details: UploadCompleteIn) -> Job | None:
        """``job``, a new one that is in no table, ended with the answer that the same bytes were given under the same
        conditions. None when there is none, or when its owner has not sent them before: who merely knows the hash of
        somebody's photo learns neither what is in it nor whether anybody has sent it.

        Raises RegionMissing of recycling.
        """
        region = await self._recycling.region(details.region, job.language) if details.region else None
        job = replace(job, note=details.note or None, tags=tuple(dict.fromkeys(details.tags)), region=region)
        known = await self._known(job)
        if known is None or job.sha256 is None:
            return None
        answered = await self._save(job, job.sha256, known, details)
        if answered:
            if details.location:
                await self._person.put(job.id, details.location)
            await self._transitions.announce(answered)
        return answered

    async def _known(self, job: Job) -> CachedAnswer | None:
        versions = await self._answers.models()
        if versions is None or job.sha256 is None:
            return None
        return await self._answers.get(job.sha256, await self._completion.cache_key(job, versions))

    async def _save(self, job: Job, sha256: bytes, known: CachedAnswer, details: UploadCompleteIn) -> Job | None:
        kinds = known.result.items[0].bin_kinds
        bins = await self._completion.nearest_bins(job.id, kinds, details.location)
        result = known.result.model_copy(update={"cached": "exact", "nearby_bins": bins})
        async with self._transaction() as repository:
            if not await repository.lock_answer_to(job.owner, sha256):
                return None
            lease = self._settings.lease
            if added := await repository.add_job(job, lease):
                await repository.start(
                    added, note=job.note, tags=job.tags, region=job.region, lease=lease, queued=False
                )
                ended = replace(added, state=State.UPLOADED, items=tuple(known.items), has_thumbnail=True)
                return await self._transitions.answer(repository, ended, result)
        return None
