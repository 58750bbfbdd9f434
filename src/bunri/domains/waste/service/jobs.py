"""What a person does with an analysis, short of answering: start it, hand over the photo, ask how it is, drop it."""

from collections.abc import Sequence
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
from bunri.domains.waste.objects import kept_key, upload_key
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import AnalyzeIn, Result, Status, UploadCompleteIn
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
        self, repository: WasteRepository, board: Board, storage: Storage, settings: WasteSettings, clock: Clock
    ) -> None:
        self._repository = repository
        self._board = board
        self._storage = storage
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
            lease_until=now + ttl + SLACK,
            kept=False,
            created_at=now,
        )
        await self._repository.add(job)
        ticket = await self._storage.ticket(
            upload_key(job.id), content_type=job.content_type, size=job.size, expires_in=ttl, base_url=base_url
        )
        await self._board.show(job)
        return job, ticket

    async def upload_complete(self, owner: str, job_id: UUID, told: UploadCompleteIn) -> Job:
        """Starts the work, once: a repeat changes nothing.

        Raises JobMissing, JobEnded, UploadMissing, UploadMismatch.
        """
        job = await self._owned(job_id, owner, lock=True)
        if job.state in (State.FAILED, State.CANCELLED):
            raise JobEnded
        if job.state != State.CREATED:
            return job
        await self._check_upload(job)
        job.state = State.UPLOADED
        job.note = told.note or None
        job.tags = [*dict.fromkeys(told.tags)]
        job.region = told.region
        job.lease_until = self._clock() + self._settings.queue_patience
        await self._repository.flush()
        if told.location:
            await self._board.put_place(job.id, told.location)
        await self._board.show(job)
        await self._repository.tell(Uploaded(job_id=job.id))
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

    async def status(self, owner: str, job_id: UUID) -> Status:
        """Where the job is, by its row; the mirror knows the stage better where it agrees. Mirrors it again, since
        whoever asks here found no mirror, or an old one."""
        job = await self._owned(job_id, owner)
        status = status_of(job)
        if job.state in ANSWERED and job.result is not None:
            status.result = Result.model_validate(job.result)
            await self._board.show_result(job, status.result)
            return status
        mirror = await self._board.read(job_id)
        mirrored = Status.model_validate_json(mirror.document) if mirror else status
        if mirrored.status == status.status:
            status = mirrored
        await self._board.show_status(owner, status)
        return status

    async def history(self, owner: str, before: UUID | None, limit: int) -> Sequence[Job]:
        return await self._repository.page(owner, before, limit)

    async def photo_url(self, job: Job, base_url: str) -> str | None:
        """A link to the kept picture, good for an hour."""
        if not job.kept or job.sha256 is None:
            return None
        return await self._storage.url(kept_key(job.sha256), expires_in=timedelta(hours=1), base_url=base_url)

    async def drop(self, owner: str, job_id: UUID) -> None:
        """Cancels a running job; removes an ended one with its picture."""
        job = await self._owned(job_id, owner, lock=True)
        if job.state in ENDED:
            await self._repository.remove(job)
            await self._board.forget(job.id)
            if job.kept and job.sha256 and not await self._repository.photo_in_use(job.sha256):
                await self._storage.delete(kept_key(job.sha256))
        else:
            job.state, job.ended_at, job.lease_until = State.CANCELLED, self._clock(), None
            await self._repository.flush()
            await self._board.show(job)
        await self._storage.delete(upload_key(job_id))

    async def _owned(self, job_id: UUID, owner: str, *, lock: bool = False) -> Job:
        job = await self._repository.get_owned(job_id, owner, lock=lock)
        if job is None:
            raise JobMissing
        return job
