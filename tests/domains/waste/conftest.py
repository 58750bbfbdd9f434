"""The pipeline of an analysis: real database, cache and storage, and vision models that see what a test says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.waste.models import FingerprintRow, JobRow
from bunri.domains.waste.objects import upload_key
from bunri.domains.waste.records import Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import AnalyzeIn, AnswerIn, Result, Status, UploadCompleteIn
from bunri.domains.waste.service.feedback import Feedback
from bunri.domains.waste.service.jobs import Jobs
from bunri.domains.waste.service.recovery import Recovery
from bunri.domains.waste.service.retention import Retention
from bunri.domains.waste.service.vision_stage import VisionModels
from bunri.domains.waste.states import State
from bunri.kit.ids import new_id
from bunri.kit.materials import Material
from bunri.platform.db import Transaction
from bunri.platform.realtime import Emitter, RecordingEmitter, user_room
from bunri.platform.vision.errors import VisionFailed, VisionMissing
from bunri.platform.vision.protocol import DetectedObject, Pixels, VisionResult


@dataclass
class FakeVision:
    """Sees ``things`` and counts its runs; can have no weights (``missing``), be ``down`` or want too much memory."""

    models: dict[str, str]
    things: tuple[DetectedObject, ...] = (DetectedObject("bottle", 0.9, (0.2, 0.1, 0.8, 0.9)),)
    whole: dict[Material, float] = field(default_factory=dict)
    names: dict[str, float] = field(default_factory=dict)
    runs: int = 0
    down: bool = False
    missing: bool = False
    too_large: bool = False

    async def see(self, pixels: Pixels) -> VisionResult:
        self.runs += 1
        if self.missing:
            raise VisionMissing
        if self.too_large:
            raise MemoryError
        if self.down:
            raise VisionFailed(reason="down")
        return VisionResult(self.things, self.models, self.whole, 0.9 if self.whole else None, self.names)


@dataclass
class Pipeline:
    """The container with its own vision models, and a clock that a test moves."""

    container: InlineContainer
    local: FakeVision = field(default_factory=lambda: FakeVision({"detector": f"own@{new_id()}"}))
    remote: FakeVision | None = None
    owner: str = field(default_factory=lambda: f"guest_{new_id()}")
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def build(self) -> None:
        """Puts the vision models and the clock into the container. Call again after setting ``remote``."""
        self.container.clock = self.now
        self.container.load_handlers()
        self.container.provide(VisionModels, lambda: VisionModels(self.local, self.remote))

    @property
    def transaction(self) -> Transaction[WasteRepository]:
        return self.container.transactions("waste", WasteRepository)

    @property
    def pushed(self) -> list[dict[str, Any]]:
        """The status documents that were pushed to the owner, oldest first."""
        emitter = self.container.get(Emitter)
        assert isinstance(emitter, RecordingEmitter)
        events = [each for each in emitter.emitted if each[2] == user_room(self.owner)]
        assert {event for event, *_ in events} <= {"jobStatus"}
        return [dict(document) for _, document, _ in events]

    async def begin(self, photo: bytes, *, uploaded: bool = True) -> Job:
        body = AnalyzeIn(content_type="image/jpeg", size=len(photo))
        job, _ = await self.container.get(Jobs).analyze(self.owner, body, "ko", "http://here")
        if uploaded:
            await self.container.storage.write(upload_key(job.id), photo, job.content_type)
        return job

    async def complete(self, job: Job, **details: Any) -> None:
        await self.container.get(Jobs).upload_complete(self.owner, job.id, UploadCompleteIn(**details))

    async def status(self, job: Job) -> Status:
        return await self.container.get(Jobs).status(self.owner, job.id)

    async def row(self, job: Job | Status) -> Job | None:
        async with self.transaction() as repository:
            return await repository.get(job.id if isinstance(job, Job) else job.job_id)

    async def analyze(self, photo: bytes, **details: Any) -> Status:
        """From the photo to the end, with everything that follows done here and now."""
        job = await self.begin(photo)
        await self.complete(job, **details)
        await self.container.work()
        return await self.status(job)

    async def reply(self, status: Status, kind: str = "correct", **body: Any) -> Status:
        feedback = self.container.get(Feedback)
        assert kind in ("answer", "correct")
        given = AnswerIn(**body)
        if kind == "answer":
            return await feedback.reply(self.owner, status.job_id, given, kind="answer")
        return await feedback.reply(self.owner, status.job_id, given, kind="correct")

    async def drop(self, job: Job | Status) -> None:
        job_id = job.id if isinstance(job, Job) else job.job_id
        await self.container.get(Jobs).drop(self.owner, job_id)

    def lose_messages(self) -> None:
        """Whatever waits in the queue is gone, as after the death of a broker without persistence."""
        self.container.inline.messages.clear()

    async def recover(self) -> int:
        return await self.container.get(Recovery).recover()

    async def later(self, job: Job, by: timedelta) -> None:
        """What the row of ``job`` says as it will be ``by`` later: leases and ages are the database's to count."""
        aged = {"created_at": JobRow.created_at - by, "lease_until": JobRow.lease_until - by}
        await self.change(job.id, **aged)

    async def change(self, job_id: UUID, **values: object) -> None:
        async with self.container.database.transaction("waste") as session:
            await session.execute(update(JobRow).where(JobRow.id == job_id).values(**values))

    async def expire(self) -> None:
        """A month later."""
        month = timedelta(days=31)
        self.ahead += month
        async with self.container.database.transaction("waste") as session:
            await session.execute(update(JobRow).values(created_at=JobRow.created_at - month))
            await session.execute(update(FingerprintRow).values(created_at=FingerprintRow.created_at - month))
        await self.container.get(Retention).expire()


def result_of(status: Status) -> Result:
    assert status.result is not None
    return status.result


def job_in(state: State, owner: str = "guest_1") -> Job:
    """A job that no row knows."""
    now = datetime.now(UTC)
    made = Job.created(owner=owner, language="en", content_type="image/jpeg", size=1, sha256=None, now=now)
    return replace(made, state=state)


@pytest.fixture
async def pipeline(settings: Settings) -> AsyncIterator[Pipeline]:
    made = Pipeline(InlineContainer(settings))
    made.build()
    yield made
    await made.container.close()
