"""What a person does with an analysis, short of answering: start it, hand over the photo, ask how it is, drop it.

Transactions are short, and none is open while the store is asked.
"""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.waste.errors import (
    JobEnded,
    JobMissing,
    PhotoSizeUnsupported,
    PhotosWaiting,
    PhotoTypeUnsupported,
    UploadMismatch,
    UploadMissing,
)
from bunri.domains.waste.objects import sample_key, thumbnail_key, upload_key
from bunri.domains.waste.person_location import PersonLocation
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.records import Job, OpenBound
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import AnalyzeIn, Status, UploadCompleteIn
from bunri.domains.waste.service.job_queue import JobQueue
from bunri.domains.waste.service.repeats import Repeats
from bunri.domains.waste.service.training_samples import TrainingSamples
from bunri.domains.waste.service.transitions import Transitions
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import ANSWERED, ENDED, State
from bunri.domains.waste.status import status_of
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.clock import Clock
from bunri.kit.languages import Language
from bunri.kit.media_types import essence
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage, UploadTicket

PHOTO_TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")
UPLOAD_GRACE: Final = timedelta(minutes=5)
"""An upload that began just before its ticket ran out may still be completed."""


class Jobs:
    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        transitions: Transitions,
        statuses: StatusCache,
        person: PersonLocation,
        storage: Storage,
        samples: TrainingSamples,
        repeats: Repeats,
        recycling: RecyclingPublic,
        settings: WasteSettings,
        queue: JobQueue,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._transitions = transitions
        self._statuses = statuses
        self._person = person
        self._storage = storage
        self._samples = samples
        self._repeats = repeats
        self._recycling = recycling
        self._settings = settings
        self._queue = queue
        self._clock = clock

    async def analyze(self, owner: str, body: AnalyzeIn, language: Language, base_url: str) -> tuple[Job, UploadTicket]:
        """A new job and the ticket for its upload, which nobody needs when the job has ended at once (Repeats).

        Raises PhotoTypeUnsupported, PhotoSizeUnsupported, PhotosWaiting, and RegionMissing of recycling.
        """
        content_type = essence(body.content_type)
        if content_type not in PHOTO_TYPES:
            raise PhotoTypeUnsupported
        if body.size > self._settings.max_photo_mb * 2**20:
            raise PhotoSizeUnsupported(limit_mb=self._settings.max_photo_mb)
        ttl = self._settings.ticket_ttl
        job = Job.created(
            owner=owner,
            language=language,
            content_type=content_type,
            size=body.size,
            sha256=bytes.fromhex(body.sha256) if body.sha256 else None,
            now=self._clock(),
        )
        ticket = await self._storage.ticket(
            upload_key(job.id), content_type=job.content_type, size=job.size, expires_in=ttl, base_url=base_url
        )
        answered = await self._repeats.answer(job, body.details) if body.details and body.sha256 else None
        return answered or await self._add(job), ticket

    async def look_at(
        self, job_id: UUID, owner: str, picture: bytes, content_type: str, language: Language, region: str | None
    ) -> None:
        """As ``WastePublic.look_at``."""
        if content_type not in PHOTO_TYPES:
            raise PhotoTypeUnsupported
        if len(picture) > self._settings.max_photo_mb * 2**20:
            raise PhotoSizeUnsupported(limit_mb=self._settings.max_photo_mb)
        async with self._transaction() as repository:
            job = await repository.get_owned(job_id, owner)
        if job is None:
            new = Job.created(
                owner=owner,
                language=language,
                content_type=content_type,
                size=len(picture),
                sha256=hashlib.sha256(picture).digest(),
                now=self._clock(),
            )
            job = await self._add(replace(new, id=job_id))
        if job.state == State.CREATED:
            await self._storage.write(upload_key(job_id), picture, content_type)
            await self._start(job, UploadCompleteIn(region=region))

    async def _add(self, job: Job) -> Job:
        """Raises PhotosWaiting."""
        async with self._transaction() as repository:
            added = await repository.add_job(job, self._settings.ticket_ttl + UPLOAD_GRACE, self._open_bound)
        if added is None:
            raise PhotosWaiting(
                limit=self._settings.max_open_photos, limit_mb=self._settings.max_open_mb, retry_after=10
            )
        await self._statuses.store_status(added.owner, status_of(added))  # nobody watches it yet
        return added

    @property
    def _open_bound(self) -> OpenBound | None:
        """None for who shares the queue with nobody."""
        if not self._queue.shared:
            return None
        return OpenBound(self._settings.max_open_photos, self._settings.max_open_mb * 2**20)

    async def upload_complete(self, owner: str, job_id: UUID, body: UploadCompleteIn) -> Job:
        """Starts the work, once: a repeat changes nothing.

        Raises JobMissing, JobEnded, UploadMissing, UploadMismatch, and RegionMissing of recycling: an unknown region
        would silently mean the national rules.
        """
        job = await self.owned(job_id, owner)
        if job.state == State.CREATED:
            if body.region:
                slug = await self._recycling.region(body.region, job.language)
                body = body.model_copy(update={"region": slug})
            await self._check_upload(job)
            await self._storage.close_tickets(upload_key(job.id))
            job = await self._start(job, body)
        if job.state in (State.FAILED, State.CANCELLED):
            raise JobEnded
        return job

    async def _check_upload(self, job: Job) -> None:
        """Size and declared type; the bytes themselves are checked by the worker that reads them."""
        stat = await self._storage.stat(upload_key(job.id))
        if stat is None:
            raise UploadMissing
        if stat.size != job.size:
            raise UploadMismatch(expected=f"{job.size} B", got=f"{stat.size} B")
        if stat.content_type and essence(stat.content_type) != job.content_type:
            raise UploadMismatch(expected=job.content_type, got=stat.content_type)

    async def _start(self, job: Job, body: UploadCompleteIn) -> Job:
        """The first caller starts it; for the others it has been started. It waits for its turn."""
        started = replace(job, state=State.UPLOADED)
        if body.location:
            await self._person.put(job.id, body.location)
        async with self._transaction() as repository:
            first = await repository.start(
                job,
                note=body.note or None,
                tags=[*dict.fromkeys(body.tags)],
                region=body.region,
                lease=self._settings.queue_patience,
                queued=self._queue.shared,
            )
            if first:
                await repository.add_event(Uploaded(job_id=job.id))
                # Before the event is sent, since a worker may publish the next stage right after it.
                repository.after_commit(lambda: self._statuses.publish_status(started))
        return started

    async def status(self, owner: str, job_id: UUID) -> Status:
        """Where the job is, by its row; the cached status knows the stage better where it agrees. It is cached again,
        since whoever asks here found no cached status, or an old one."""
        job = await self.owned(job_id, owner)
        status = status_of(job)
        if job.state in ANSWERED and job.result is not None:
            bins = await self._statuses.bins(job.id)
            status.result = job.result.model_copy(update={"nearby_bins": bins})
            await self._statuses.store_answer(job, status.result)
            return status
        cached = await self._statuses.read(job_id)
        known = Status.model_validate_json(cached.document) if cached else status
        if known.status == status.status:
            status = known
        await self._statuses.store_status(owner, status)
        return status

    async def owned(self, job_id: UUID, owner: str) -> Job:
        """A person's own job. Raises JobMissing."""
        async with self._transaction() as repository:
            job = await repository.get_owned(job_id, owner)
        if job is None:
            raise JobMissing
        return job

    async def history(self, owner: str, before: UUID | None, limit: int) -> list[Job]:
        """A person's jobs, newest first."""
        async with self._transaction() as repository:
            return await repository.page(owner, before, limit)

    async def photo_url(self, job: Job, base_url: str) -> str | None:
        """A link to the thumbnail, good for an hour."""
        if not job.has_thumbnail or job.sha256 is None:
            return None
        return await self._storage.url(thumbnail_key(job.sha256), expires_in=timedelta(hours=1), base_url=base_url)

    async def drop(self, owner: str, job_id: UUID) -> None:
        """Cancels a running job; removes an ended one, with its thumbnail unless another job shows the same photo.

        Its training samples are removed too, even where the job itself has long been forgotten.
        """
        withdrawn = await self._samples.withdraw(owner, job_id)
        async with self._transaction() as repository:
            job = await repository.lock_owned(job_id, owner)
            if job is None:
                if withdrawn:
                    return
                raise JobMissing
            removed = job.state in ENDED
            if removed:
                await repository.remove_samples([job_id])  # of a reply that came in between
                await repository.remove_jobs([job_id])
            else:
                job = await self._transitions.cancel(repository, job)
            unused = job.has_thumbnail and job.sha256 and not await repository.thumbnail_in_use(job.sha256)
        if removed:
            await self._statuses.forget(job_id)
            await self._person.forget(job_id)
        else:
            await self._transitions.announce(job)
        await self._storage.close_tickets(upload_key(job_id))
        for key in (upload_key(job_id), sample_key(job_id)):
            await self._storage.delete(key)
        if unused and job.sha256:
            await self._storage.delete(thumbnail_key(job.sha256))
