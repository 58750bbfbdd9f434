"""The first half of the pipeline: fetch the photo, find it in the caches, run the models, get advice or ask for it.

A worker works on a job under a lease (job_lease.py). No transaction is open while the models run.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

import structlog

from bunri.domains.recycling.public import Advice, Match, RecyclingPublic
from bunri.domains.waste import fusion
from bunri.domains.waste.answer_cache import AnswerCache, CachedAnswer
from bunri.domains.waste.errors import GaveUp, UploadCorrupt, UploadLost, UploadMismatch
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.fusion.field import FieldOpinion
from bunri.domains.waste.metrics import STAGE_SECONDS
from bunri.domains.waste.objects import thumbnail_key, upload_key
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.records import FIELD_ROLE, Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.result import model_versions_of
from bunri.domains.waste.service.completion import Also, Completion, with_field
from bunri.domains.waste.service.explanation import explanation_request
from bunri.domains.waste.service.field_memory import FieldMemory
from bunri.domains.waste.service.job_lease import JobLease
from bunri.domains.waste.service.job_queue import JobQueue
from bunri.domains.waste.service.near_photos import NearPhotos
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import Stage, State
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.errors import BunriError, Unavailable
from bunri.kit.materials import Tag
from bunri.platform.db import Transaction
from bunri.platform.photos.errors import TooCostly
from bunri.platform.photos.exposure import check_shows_something
from bunri.platform.photos.fingerprint import Fingerprint, fingerprint_of
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.picture import Photo
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.storage import ObjectMissing, Storage
from bunri.platform.telemetry.traces import span
from bunri.platform.vision.errors import VisionFailed, VisionMissing
from bunri.platform.vision.protocol import Vision, VisionResult
from bunri.platform.vision.stored import from_stored, to_stored

log = structlog.get_logger(__name__)

_NOTHING_SEEN = VisionResult(objects=(), models={})


class LeaseLost(Exception):
    """Somebody else has the job now, or it was cancelled: stop quietly. ``sha256`` is that of its photo."""

    def __init__(self, sha256: bytes) -> None:
        super().__init__()
        self.sha256 = sha256


class VisionModels(NamedTuple):
    """What looks at photos: our own models, and perhaps a remote one. While it answers, a detector is preferred to our
    own, and what a language model describes stands beside what our own see."""

    local: Vision
    remote: Vision | None = None

    @property
    def versions(self) -> str:
        """Part of the key of every cached result."""
        return model_versions_of({**self.local.models, **(self.remote.models if self.remote else {})})


@dataclass(frozen=True, slots=True)
class VisionOutcome:
    """What the models saw in a photo."""

    result: VisionResult
    cached: str | None = None
    fingerprint: Fingerprint | None = None
    """By which it is stored; None when it is stored already, or not all models took part."""


class VisionStage:
    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        statuses: StatusCache,
        answers: AnswerCache,
        storage: Storage,
        decoders: DecoderPool,
        models: VisionModels,
        recycling: RecyclingPublic,
        completion: Completion,
        settings: WasteSettings,
        queue: JobQueue,
        field: FieldMemory,
    ) -> None:
        self._transaction = transaction
        self._queue = queue
        self._field = field
        self._statuses = statuses
        self._answers = answers
        self._storage = storage
        self._decoders = decoders
        self._models = models
        self._recycling = recycling
        self._completion = completion
        self._settings = settings
        self._near = NearPhotos(transaction, storage, settings.near_bits)
        self._limits = PhotoLimits(
            max_bytes=settings.max_photo_mb * 2**20, max_pixels=settings.max_photo_megapixels * 10**6
        )

    async def run(self, event: Uploaded) -> None:
        """Takes the job whose turn it is to its end, or as far as the request for advice where that takes time.

        Idempotent: a job that somebody works on, or that has ended, is left alone. An error of the photo itself ends
        the job; what may pass (kit.errors.Unavailable) is raised, to be tried again.
        """
        lease = await JobLease.claim(self._queue, event.job_id, self._transaction, self._settings.lease)
        if lease is None:
            return
        if lease.job.crashes >= self._settings.max_crashes:
            await self._completion.fail(lease.job, GaveUp())
            return
        try:
            async with lease.renewed():
                await self._run(lease.job)
        except LeaseLost as lost:
            await self._abandon(lease.job, lost.sha256)
        except Unavailable as error:
            if error.retryable:
                log.warning("analysis.again", job_id=str(lease.job.id), attempt=lease.job.attempt, reason=str(error))
                await lease.give_back()
                raise
            await self._completion.fail(lease.job, error)
        except BunriError as error:
            await self._completion.fail(lease.job, error)
        except MemoryError:
            await self._completion.fail(lease.job, TooCostly())

    async def _abandon(self, job: Job, sha256: bytes) -> None:
        """Somebody else has the job, or it is gone: publishes what is so. A cancelled job leaves no thumbnail."""
        await self._completion.publish_row(job.id)
        async with self._transaction() as repository:
            now = await repository.get(job.id)
            over = now is None or now.state == State.CANCELLED
            unused = over and not await repository.thumbnail_in_use(sha256)
        if unused:
            await self._storage.delete(thumbnail_key(sha256))

    async def _run(self, job: Job) -> None:
        data = await self._fetch(job)
        async with self._stage(job, Stage.HASH):
            sha256 = await asyncio.to_thread(_sha256, data)
            if job.sha256 and sha256 != job.sha256:
                raise UploadCorrupt
            job = replace(job, sha256=sha256)
        async with self._stage(job, Stage.CACHE):
            heard = await self._field.heard()
            versions = with_field(self._models.versions, heard.version if heard else None)
            key = await self._completion.cache_key(job, versions)
            known = await self._answers.get(sha256, key)
        if known:
            await self._reuse(job, known, data, sha256)
            return
        async with self._stage(job, Stage.PREPROCESS):
            photo = await self._open(data, sha256, job.note)
        async with self._stage(job, Stage.VISION):
            outcome = await self._look(photo)
        async with self._stage(job, Stage.FUSE):
            field = heard.opinion(outcome.result) if heard else None
            items = await self._fuse(job, outcome.result, field)
            models = outcome.result.models | ({FIELD_ROLE: heard.version} if heard else {})
        await self._explain(self._seen(replace(job, models=models), items, outcome), outcome, photo)

    async def _reuse(self, job: Job, known: CachedAnswer, data: bytes, sha256: bytes) -> None:
        """The answer is known; the thumbnail is made again when whoever sent the photo first has had it removed."""
        if await self._storage.stat(thumbnail_key(sha256)) is None:
            await self._open(data, sha256, job.note)
        if not await self._completion.complete_from_cache(job, known):
            raise LeaseLost(sha256)
        await self._storage.delete(upload_key(job.id))

    async def _fetch(self, job: Job) -> bytes:
        async with self._stage(job, Stage.DOWNLOAD):
            try:
                data = await self._storage.read(upload_key(job.id), max_bytes=job.size)
            except ObjectMissing:
                raise UploadLost from None
            if len(data) != job.size:
                raise UploadMismatch(expected=f"{job.size} B", got=f"{len(data)} B")
            return data

    async def _open(self, data: bytes, sha256: bytes, note: str | None) -> Photo:
        """The photo; its thumbnail is stored. Raises TooDark, EmptyPicture where no words say what it is."""
        photo, thumbnail = await asyncio.wrap_future(self._decoders.photo(data, self._limits, sha256=sha256))
        if not note:
            check_shows_something(photo.pixels)
        await self._storage.write(thumbnail_key(sha256), thumbnail, "image/webp")
        return photo

    async def _look(self, photo: Photo) -> VisionOutcome:
        """From what was seen before in this photo or in one that it is a copy of, or else from the models."""
        async with self._transaction() as repository:
            exact = await repository.seen_exactly(photo.sha256, self._models.versions)
        if exact:
            return VisionOutcome(from_stored(exact), "exact")
        fingerprint = await asyncio.to_thread(fingerprint_of, photo)
        if near := await self._near.seen(photo, fingerprint, self._models.versions):
            return VisionOutcome(near, "near", fingerprint)
        local = await self._see_locally(photo)
        remote = await self._see_remotely(photo)
        complete = bool(local.models) and (remote is not None or self._models.remote is None)
        return VisionOutcome(_together(local, remote), None, fingerprint if complete else None)

    async def _see_locally(self, photo: Photo) -> VisionResult:
        try:
            return await self._models.local.see(photo.pixels)
        except VisionMissing:
            return _NOTHING_SEEN
        except VisionFailed as error:
            log.warning("vision.failed", reason=str(error))
            return _NOTHING_SEEN

    async def _see_remotely(self, photo: Photo) -> VisionResult | None:
        if self._models.remote is None:
            return None
        try:
            return await self._models.remote.see(photo.pixels)
        except VisionFailed as error:
            log.warning("vision.fallback", reason=str(error))
            return None

    async def _fuse(self, job: Job, result: VisionResult, field: FieldOpinion | None) -> list[SeenItem]:
        described = (thing.item for thing in result.described if thing.item)
        named = (*described, *result.names, *result.vocabulary, *(field.items if field else ()))
        labels = sorted({*(thing.label for thing in result.objects), *named})
        meanings = await self._recycling.meanings(labels, job.language) if labels else {}
        user_input: Match | None = None
        if job.note:
            matches = await self._recycling.search(job.note, job.language, 1)
            user_input = matches[0] if matches else None
        tags = [Tag(tag) for tag in job.tags]
        divisions = await self._recycling.divisions(job.language)
        items = fusion.fuse(
            result, meanings, job.language, divisions=divisions, field=field, user_input=user_input, tags=tags
        )
        items[0] = items[0].model_copy(update={"words": job.note})
        return items

    def _seen(self, job: Job, items: list[SeenItem], outcome: VisionOutcome) -> Job:
        """``job`` with what was seen."""
        return replace(
            job,
            items=tuple(items),
            cached=outcome.cached,
            model_versions=self._models.versions if outcome.fingerprint or outcome.cached else None,
            has_thumbnail=True,
        )

    async def _explain(self, job: Job, outcome: VisionOutcome, photo: Photo) -> None:
        """Ends the job with the advice that is had at once, or asks for one; then the upload is not needed any more.
        Until then the job is found again by its lease, whenever this worker dies."""

        async def remember(repository: WasteRepository) -> None:
            if outcome.fingerprint:
                versions = self._models.versions
                await repository.remember(photo, outcome.fingerprint.landmarks, versions, to_stored(outcome.result))

        async with self._stage(job, Stage.EXPLAIN):
            advice = await self._advice(job)
        if advice is None:
            await self._hand_over(replace(job, state=State.EXPLAINING), photo.sha256, remember)
        elif not await self._completion.complete_with(job, advice, remember):
            raise LeaseLost(photo.sha256)
        await self._storage.delete(upload_key(job.id))

    async def _advice(self, job: Job) -> list[Advice] | None:
        """None: it takes time, or recycling is away. Then the job waits for it, and this worker looks at others."""
        facts = [item.facts() for item in job.items or ()]
        try:
            return await self._recycling.advise_at_once(facts, job.language, job.region)
        except Unavailable as error:
            log.warning("advice.later", job_id=str(job.id), reason=str(error))
            return None

    async def _hand_over(self, job: Job, sha256: bytes, remember: Also) -> None:
        """Row, fingerprint and the request for advice in one transaction."""
        async with self._transaction() as repository:
            if not await repository.save_vision(job, self._settings.explain_lease):
                raise LeaseLost(sha256)
            await remember(repository)
            await repository.add_event(explanation_request(job))
            # Before the event is sent, since another worker may publish the next stage right after it.
            repository.after_commit(lambda: self._statuses.publish_status(job, Stage.EXPLAIN))

    @asynccontextmanager
    async def _stage(self, job: Job, stage: Stage) -> AsyncIterator[None]:
        with STAGE_SECONDS.labels(stage).time(), span(f"stage {stage}"):
            async with self._statuses.stage(job, stage):
                yield


def _together(local: VisionResult, remote: VisionResult | None) -> VisionResult:
    """A language model's answer has no objects of its own."""
    if remote is None:
        return local
    if "describer" not in remote.models:
        return remote
    return replace(local, models={**local.models, **remote.models}, described=remote.described)


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
