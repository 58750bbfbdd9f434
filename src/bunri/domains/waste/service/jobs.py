"""What a person does with an analysis, short of answering: start it, hand over the photo, ask how it is, drop it.

Transactions are short, and none is open while the store is asked.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import UUID

from bunri.domains.waste.board import Board, status_of
from bunri.domains.waste.errors import (
    JobEnded,
    JobMissing,
    PhotoSizeUnsupported,
    PhotoTypeUnsupported,
    UploadMismatch,
    UploadMissing,
)
from bunri.domains.waste.models import Job
from bunri.domains.waste.objects import example_key, kept_key, upload_key
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import AnalyzeIn, Result, Status, UploadCompleteIn
from bunri.domains.waste.service.examples import Examples
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import ANSWERED, ENDED, State
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.storage import Storage, UploadTicket

PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")
SLACK = timedelta(minutes=5)
"""An upload that began just before its ticket ran out may still be told complete."""


class Jobs:
    def __init__(
        self,
        begin: Callable[[], AbstractAsyncContextManager[WasteRepository]],
        board: Board,
        storage: Storage,
        examples: Examples,
        settings: WasteSettings,
        clock: Clock,
    ) -> None:
        self._begin = begin
        self._board = board
        self._storage = storage
        self._examples = examples
        self._settings = settings
        self._clock = clock

    async def analyze(
        self, owner: str, asked: AnalyzeIn, language: Language, base_url: str
    ) -> tuple[Job, UploadTicket]:
        """A new job and the ticket for its upload. Raises PhotoTypeUnsupported, PhotoSizeUnsupported."""
        if asked.content_type not in PHOTO_TYPES:
            raise PhotoTypeUnsupported
        if asked.size > self._settings.max_photo_mb * 2**20:
            raise PhotoSizeUnsupported(limit_mb=self._settings.max_photo_mb)
        now, ttl = self._clock(), self._settings.ticket_ttl
        job = Job(
            id=new_id(),
            owner=owner,
            state=State.CREATED,
            language=language,
            content_type=asked.content_type,
            size=asked.size,
            sha256=bytes.fromhex(asked.sha256) if asked.sha256 else None,
            tags=[],
            attempt=0,
            crashes=0,
            revision=0,
            lease_until=now + ttl + SLACK,
            kept=False,
            created_at=now,
        )
        ticket = await self._storage.ticket(
            upload_key(job.id), content_type=job.content_type, size=job.size, expires_in=ttl, base_url=base_url
        )
        async with self._begin() as repository:
            await repository.add(job)
        await self._board.show(job)
        return job, ticket

    async def upload_complete(self, owner: str, job_id: UUID, told: UploadCompleteIn) -> Job:
        """Starts the work, once: a repeat changes nothing.

        Raises JobMissing, JobEnded, UploadMissing, UploadMismatch.
        """
        job = await self.owned(job_id, owner)
        if job.state == State.CREATED:
            await self._check_upload(job)
            await self._start(job, told)
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
        if stat.content_type and stat.content_type != job.content_type:
            raise UploadMismatch(expected=job.content_type, got=stat.content_type)

    async def _start(self, job: Job, told: UploadCompleteIn) -> None:
        """Whoever comes first starts it; for the others it has been started."""
        job.state = State.UPLOADED
        if told.location:
            await self._board.put_place(job.id, told.location)
        async with self._begin() as repository:
            started = await repository.start(
                job.id,
                note=told.note or None,
                tags=[*dict.fromkeys(told.tags)],
                region=told.region,
                lease_until=self._clock() + self._settings.queue_patience,
            )
            if started:
                # Before the commit, since a worker may mirror the next stage right after it.
                await self._board.show(job)
                await repository.add_event(Uploaded(job_id=job.id))

    async def status(self, owner: str, job_id: UUID) -> Status:
        """Where the job is, by its row; the mirror knows the stage better where it agrees. Mirrors it again, since
        whoever asks here found no mirror, or an old one."""
        job = await self.owned(job_id, owner)
        status = status_of(job)
        if job.state in ANSWERED and job.result is not None:
            bins = await self._board.bins(job.id)
            status.result = Result.model_validate({**job.result, "nearby_bins": bins})
            await self._board.show_result(job, status.result)
            return status
        mirror = await self._board.read(job_id)
        mirrored = Status.model_validate_json(mirror.document) if mirror else status
        if mirrored.status == status.status:
            status = mirrored
        await self._board.show_status(owner, status)
        return status

    async def owned(self, job_id: UUID, owner: str) -> Job:
        """A person's own job. Raises JobMissing."""
        async with self._begin() as repository:
            job = await repository.get_owned(job_id, owner)
        if job is None:
            raise JobMissing
        return job

    async def history(self, owner: str, before: UUID | None, limit: int) -> Sequence[Job]:
        """A person's jobs, newest first."""
        async with self._begin() as repository:
            return await repository.page(owner, before, limit)

    async def photo_url(self, job: Job, base_url: str) -> str | None:
        """A link to the kept picture, good for an hour."""
        if not job.kept or job.sha256 is None:
            return None
        return await self._storage.url(kept_key(job.sha256), expires_in=timedelta(hours=1), base_url=base_url)

    async def drop(self, owner: str, job_id: UUID) -> None:
        """Cancels a running job; removes an ended one, with its picture unless another job shows the same.

        What was given with it to teach the eyes goes too, even where the job itself has long been forgotten.
        """
        withdrawn = await self._examples.withdraw(owner, job_id)
        async with self._begin() as repository:
            job = await repository.get_owned(job_id, owner, lock=True)
            if job is None:
                if withdrawn:
                    return
                raise JobMissing
            removed = job.state in ENDED
            if removed:
                await repository.remove_examples([job_id])  # of a reply that came in between
                await repository.remove(job)
            else:
                job.state, job.ended_at, job.lease_until = State.CANCELLED, self._clock(), None
                await repository.flush()
            unseen = job.kept and job.sha256 is not None and not await repository.photo_in_use(job.sha256)
        await (self._board.forget(job_id) if removed else self._board.show(job))
        for key in (upload_key(job_id), example_key(job_id)):
            await self._storage.delete(key)
        if unseen and job.sha256:
            await self._storage.delete(kept_key(job.sha256))
