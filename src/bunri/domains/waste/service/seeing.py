"""The first half of the pipeline: fetch the photo, recognise it if we know it, look at it, ask for advice.

A worker *claims* a job under a lease and renews the lease while it works. Whatever it writes in the end carries the
attempt's number, so that a worker that was given up for dead cannot overwrite the one that took over. No transaction is
open while somebody looks.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import structlog

from bunri.domains.recycling.public import ExplainRequested, Match, RecyclingPublic
from bunri.domains.waste import fusion
from bunri.domains.waste.board import Answered, Board, language_of
from bunri.domains.waste.errors import GaveUp, UploadCorrupt, UploadLost, UploadMismatch
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.models import Job
from bunri.domains.waste.objects import kept_key, upload_key
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.result import eyes_of
from bunri.domains.waste.service.finishing import Finishing
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import Stage, State
from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError, Unavailable
from bunri.kit.materials import Tag
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import Photo, keep, open_photo
from bunri.platform.storage import ObjectMissing, Storage
from bunri.platform.telemetry.metrics import STAGE_SECONDS
from bunri.platform.vision.errors import VisionFailed, VisionMissing
from bunri.platform.vision.protocol import Vision, VisionResult
from bunri.platform.vision.stored import from_stored, to_stored

log = structlog.get_logger(__name__)

Begin = Callable[[], AbstractAsyncContextManager[WasteRepository]]
_BLIND = VisionResult(objects=(), models={})


class ClaimLost(Exception):
    """Somebody else has the job now, or it was cancelled: stop quietly."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look brought."""

    result: VisionResult
    cached: str | None = None
    own: tuple[str, ...] = ()
    """What our own eyes made of it (fusion.scene_signature): by this a near photo is known to show the same."""
    whole: bool = False
    """Whether all the eyes we have took part, so that it is worth remembering."""


class Seeing:
    def __init__(
        self,
        begin: Begin,
        board: Board,
        storage: Storage,
        local: Vision,
        remote: Vision | None,
        recycling: RecyclingPublic,
        finishing: Finishing,
        settings: WasteSettings,
        clock: Clock,
    ) -> None:
        self._begin = begin
        self._board = board
        self._storage = storage
        self._local = local
        self._remote = remote
        self._recycling = recycling
        self._finishing = finishing
        self._settings = settings
        self._limits = PhotoLimits(
            max_bytes=settings.max_photo_mb * 2**20, max_pixels=settings.max_photo_megapixels * 10**6
        )
        self._clock = clock

    async def see(self, event: Uploaded) -> None:
        """Takes the job as far as the request for advice, or to its end when the same photo was answered before.

        Idempotent: a job that somebody works at, or that has ended, is left alone. What the photo itself is to blame
        for ends the job with that error; what may pass (kit.errors.Unavailable) is raised, to be tried again.
        """
        async with self._begin() as repository:
            job = await repository.claim(event.job_id, self._clock(), self._settings.lease)
        if job is None:
            return
        if job.crashes >= self._settings.max_crashes:
            await self._finishing.fail(job, State.SEEING, GaveUp())
            return
        try:
            async with self._lease(job):
                await self._see(job)
        except ClaimLost:
            await self._let_go(job)
        except Unavailable as error:
            await self._trouble(job, error)
        except BunriError as error:
            await self._finishing.fail(job, State.SEEING, error)

    async def _trouble(self, job: Job, error: Unavailable) -> None:
        """Ends the job when trying again cannot help; otherwise gives it back for the next try."""
        if not error.retryable:
            await self._finishing.fail(job, State.SEEING, error)
            return
        log.warning("analysis.again", job_id=str(job.id), attempt=job.attempt, reason=str(error))
        with contextlib.suppress(Unavailable):  # else the lease runs out by itself
            async with self._begin() as repository:
                again = self._clock() + self._settings.lease
                await repository.advance(job.id, State.SEEING, job.attempt, state=State.UPLOADED, lease_until=again)
        raise error

    async def _let_go(self, job: Job) -> None:
        """Somebody else has the job, or nobody any more: shows what is so, and keeps no picture of a cancelled one."""
        await self._finishing.mirror(job.id)
        async with self._begin() as repository:
            now = await repository.get(job.id)
            over = now is None or now.state == State.CANCELLED
            unseen = over and job.sha256 is not None and not await repository.photo_in_use(job.sha256)
        if unseen and job.sha256:
            await self._storage.delete(kept_key(job.sha256))

    async def _see(self, job: Job) -> None:
        data = await self._fetch(job)
        async with self._stage(job, Stage.HASH):
            digest = hashlib.sha256(data).digest()
            if job.sha256 and digest != job.sha256:
                raise UploadCorrupt
            job.sha256 = digest
        async with self._stage(job, Stage.CACHE):
            known = await self._board.cached_answer(digest, await self._finishing.variant(job, self._eyes))
        if known:
            await self._repeat(job, known, data)
            return
        async with self._stage(job, Stage.PREPROCESS):
            photo = await asyncio.to_thread(open_photo, data, self._limits)
            await self._keep(photo)
        looked = await self._look(job, photo)
        async with self._stage(job, Stage.FUSE):
            items = await self._fuse(job, looked.result)
        await self._hand_over(job, items, looked, photo)

    async def _repeat(self, job: Job, known: Answered, data: bytes) -> None:
        """The answer is known; the picture is made again when whoever sent it first has had it removed."""
        if job.sha256 and await self._storage.stat(kept_key(job.sha256)) is None:
            await self._keep(await asyncio.to_thread(open_photo, data, self._limits))
        if not await self._finishing.repeat(job, known):
            raise ClaimLost
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

    async def _keep(self, photo: Photo) -> None:
        picture = await asyncio.to_thread(keep, photo)
        await self._storage.write(kept_key(photo.sha256), picture, "image/webp")

    @property
    def _eyes(self) -> str:
        """Who would look now: part of the identity of everything remembered."""
        return eyes_of({**self._local.models, **(self._remote.models if self._remote else {})})

    async def _look(self, job: Job, photo: Photo) -> Looked:
        """Remembered, or seen now: our own eyes first, since they also judge whether a near photo is the same."""
        async with self._stage(job, Stage.VISION):
            async with self._begin() as repository:
                exact = await repository.seen_exactly(photo.sha256, self._eyes)
            if exact:
                return Looked(from_stored(exact), "exact")
            ours = await self._with_our_own(photo)
            own = fusion.scene_signature(ours)
            if near := await self._near(photo, own):
                # Without a remote model ours is all there is, and these boxes are of this very photo.
                return Looked(near if self._remote else ours, "near", own)
            theirs = await self._from_afar(photo)
            whole = bool(ours.models) and (theirs is not None or self._remote is None)
            return Looked(theirs or ours, None, own, whole)

    async def _with_our_own(self, photo: Photo) -> VisionResult:
        try:
            return await self._local.see(photo.pixels)
        except VisionMissing:
            return _BLIND
        except VisionFailed as error:
            log.warning("vision.failed", reason=str(error))
            return _BLIND

    async def _near(self, photo: Photo, own: tuple[str, ...]) -> VisionResult | None:
        """What was seen in nearly the same photo, if our own eyes see the same things here (COACH-7)."""
        if not own:
            return None
        async with self._begin() as repository:
            found = await repository.seen_nearly(photo.phash, self._eyes, own, self._settings.near_bits)
        return from_stored(found) if found else None

    async def _from_afar(self, photo: Photo) -> VisionResult | None:
        if self._remote is None:
            return None
        try:
            return await self._remote.see(photo.pixels)
        except VisionFailed as error:
            log.warning("vision.fallback", reason=str(error))
            return None

    async def _fuse(self, job: Job, result: VisionResult) -> list[SeenItem]:
        language = language_of(job)
        labels = sorted({thing.label for thing in result.objects})
        meanings = await self._recycling.meanings(labels, language) if labels else {}
        told: Match | None = None
        if job.note:
            matches = await self._recycling.search(job.note, language, 1)
            told = matches[0] if matches else None
        items = fusion.fuse(result, meanings, language, user_input=told, tags=[Tag(tag) for tag in job.tags])
        items[0] = items[0].model_copy(update={"words": job.note})
        return items

    async def _hand_over(self, job: Job, items: list[SeenItem], looked: Looked, photo: Photo) -> None:
        """Row, fingerprint and the request for advice in one transaction; then nobody needs the upload any more."""
        now = self._clock()
        asked = ExplainRequested(
            reference=job.id,
            attempt=job.attempt,
            facts=tuple(item.facts() for item in items),
            language=language_of(job),
            region=job.region,
        )
        async with self._begin() as repository:
            kept = await repository.advance(
                job.id,
                State.SEEING,
                job.attempt,
                state=State.EXPLAINING,
                lease_until=now + self._settings.explain_lease,
                items=[item.model_dump(mode="json") for item in items],
                models=looked.result.models,
                cached=looked.cached,
                eyes=self._eyes if looked.whole or looked.cached else None,
                sha256=photo.sha256,
                kept=True,
            )
            if not kept:
                raise ClaimLost
            if looked.whole:
                await repository.remember(photo, self._eyes, looked.own, to_stored(looked.result), now)
            job.state = State.EXPLAINING
            await self._board.show(job, Stage.EXPLAIN)
            await repository.add_event(asked)
        await self._storage.delete(upload_key(job.id))

    @asynccontextmanager
    async def _stage(self, job: Job, stage: Stage) -> AsyncIterator[None]:
        await self._board.show(job, stage)
        with STAGE_SECONDS.labels(stage).time():
            yield

    @asynccontextmanager
    async def _lease(self, job: Job) -> AsyncIterator[None]:
        """Renews the lease in the background for as long as the block runs."""
        renewing = asyncio.create_task(self._renew(job))
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew(self, job: Job) -> None:
        period = self._settings.lease / 4
        while True:
            await asyncio.sleep(period.total_seconds())
            with contextlib.suppress(Unavailable):
                async with self._begin() as repository:
                    if not await repository.renew(job.id, job.attempt, self._clock() + self._settings.lease):
                        return  # lost: the last write will find out
