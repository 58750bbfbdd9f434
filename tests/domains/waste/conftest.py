"""A workplace for the pipeline: real database, cache and storage, eyes that see what a test says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.locations.public import LocationsPublic
from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.waste.board import Board
from bunri.domains.waste.models import Job
from bunri.domains.waste.objects import upload_key
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import AnalyzeIn, Status, UploadCompleteIn
from bunri.domains.waste.service.finishing import Finishing
from bunri.domains.waste.service.jobs import Jobs
from bunri.domains.waste.service.seeing import Seeing
from bunri.domains.waste.service.sweeping import Sweeping
from bunri.kit.ids import new_id
from bunri.platform.vision.errors import VisionFailed, VisionMissing
from bunri.platform.vision.protocol import DetectedObject, Pixels, VisionResult


@dataclass
class Eyes:
    """Sees ``things``; counts its looks; can be blind (no weights) or down."""

    models: dict[str, str]
    things: tuple[DetectedObject, ...] = (DetectedObject("bottle", 0.9, (0.2, 0.1, 0.8, 0.9)),)
    looks: int = 0
    down: bool = False
    blind: bool = False

    async def see(self, pixels: Pixels) -> VisionResult:
        self.looks += 1
        if self.blind:
            raise VisionMissing
        if self.down:
            raise VisionFailed(reason="down")
        return VisionResult(self.things, self.models)


@dataclass
class Workplace:
    """The container with its own eyes, and a clock that a test turns."""

    container: InlineContainer
    own: Eyes = field(default_factory=lambda: Eyes({"detector": f"own@{new_id()}"}))
    remote: Eyes | None = None
    owner: str = field(default_factory=lambda: f"guest_{new_id()}")
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def furnish(self) -> None:
        """Puts this workplace's vision and clock into the container. Call again after giving it a remote one."""
        container, settings = self.container, self.container.settings.waste
        container.clock = self.now
        container.load_handlers()
        transaction, board = container.transactions("waste", WasteRepository), container.get(Board)
        siblings = container.get(RecyclingPublic), container.get(LocationsPublic)
        finishing = Finishing(transaction, board, container.storage, *siblings, settings, self.now)
        container.provide(Finishing, lambda: finishing)
        container.provide(Sweeping, lambda: Sweeping(transaction, board, container.storage, settings, self.now))
        vision, advice = (self.own, self.remote), siblings[0]
        seeing = Seeing(transaction, board, container.storage, *vision, advice, finishing, settings, self.now)
        container.provide(Seeing, lambda: seeing)

    async def begins(self, photo: bytes, *, uploaded: bool = True) -> Job:
        jobs = self.container.get(Jobs)
        asked = AnalyzeIn(content_type="image/jpeg", size=len(photo))
        job, _ = await jobs.analyze(self.owner, asked, "ko", "http://here")
        if uploaded:
            await self.container.storage.write(upload_key(job.id), photo, job.content_type)
        return job

    async def completes(self, job: Job, **told: Any) -> None:
        jobs = self.container.get(Jobs)
        await jobs.upload_complete(self.owner, job.id, UploadCompleteIn(**told))

    async def status(self, job: Job) -> Status:
        jobs = self.container.get(Jobs)
        return await jobs.status(self.owner, job.id)

    async def analyzes(self, photo: bytes, **told: Any) -> Status:
        """From the photo to the end, with everything that follows done here and now."""
        job = await self.begins(photo)
        await self.completes(job, **told)
        await self.container.work()
        return await self.status(job)

    def loses_messages(self) -> None:
        """Whatever waits in the queue is gone, as after the death of a broker without persistence."""
        self.container.inline.waiting.clear()

    async def sweeps(self) -> int:
        sweeping = self.container.get(Sweeping)
        return await sweeping.sweep()


@pytest.fixture
async def workplace(settings: Settings) -> AsyncIterator[Workplace]:
    made = Workplace(InlineContainer(settings))
    made.furnish()
    yield made
    await made.container.close()
