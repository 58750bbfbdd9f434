"""A photo becomes advice: jobs, replies, the pipeline that looks at photos, and what keeps jobs from getting stuck."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bunri.app.module import Module, Queue, Schedule, StoredFolder, Subscription
from bunri.domains.locations.public import LocationsPublic
from bunri.domains.recycling.public import Explained, RecyclingPublic
from bunri.domains.waste.public import Uploaded

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.app.settings import Settings
    from bunri.domains.waste.repository import WasteRepository
    from bunri.domains.waste.service.examples import Examples
    from bunri.domains.waste.service.finishing import Finishing
    from bunri.domains.waste.service.jobs import Jobs
    from bunri.domains.waste.service.replying import Replying
    from bunri.domains.waste.service.seeing import Seeing
    from bunri.domains.waste.service.sweeping import Sweeping
    from bunri.edge.http.fast_path import FastPath
    from bunri.platform.db import Transaction
    from bunri.platform.queue import Handler
    from bunri.platform.vision.local import LocalVision

log = structlog.get_logger(__name__)


def _provide(container: "Container") -> None:
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.examples import Examples
    from bunri.domains.waste.service.finishing import Finishing
    from bunri.domains.waste.service.jobs import Jobs
    from bunri.domains.waste.service.renewal import Renewal
    from bunri.domains.waste.service.replying import Replying
    from bunri.domains.waste.service.sweeping import Sweeping

    container.provide(Board, lambda: Board(container.cache("jobs")))
    container.provide(Renewal, lambda: Renewal(_transaction(container), container.get(Board)))
    container.provide(Examples, lambda: _examples(container))
    container.provide(Jobs, lambda: _jobs(container))
    container.provide(Finishing, lambda: _finishing(container))
    container.provide(Replying, lambda: _replying(container))
    container.provide(Sweeping, lambda: _sweeping(container))


def _transaction(container: "Container") -> "Transaction[WasteRepository]":
    from bunri.domains.waste.repository import WasteRepository

    return container.transactions("waste", WasteRepository)


def _examples(container: "Container") -> "Examples":
    from bunri.domains.waste.service.examples import Examples

    key = container.settings.key("examples")
    return Examples(_transaction(container), container.storage, key, container.clock)


def _jobs(container: "Container") -> "Jobs":
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.examples import Examples
    from bunri.domains.waste.service.jobs import Jobs

    board, examples = container.get(Board), container.get(Examples)
    transaction, settings = _transaction(container), container.settings.waste
    return Jobs(transaction, board, container.storage, examples, settings, container.clock)


def _finishing(container: "Container") -> "Finishing":
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.finishing import Finishing

    siblings = container.get(RecyclingPublic), container.get(LocationsPublic)
    board, settings = container.get(Board), container.settings.waste
    return Finishing(_transaction(container), board, container.storage, *siblings, settings, container.clock)


def _replying(container: "Container") -> "Replying":
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.examples import Examples
    from bunri.domains.waste.service.finishing import Finishing
    from bunri.domains.waste.service.replying import Replying

    board, advice = container.get(Board), container.get(RecyclingPublic)
    finishing, examples = container.get(Finishing), container.get(Examples)
    settings = container.settings.waste
    return Replying(_transaction(container), board, advice, finishing, examples, settings, container.clock)


def _sweeping(container: "Container") -> "Sweeping":
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.sweeping import Sweeping

    board, settings = container.get(Board), container.settings.waste
    return Sweeping(_transaction(container), board, container.storage, settings, container.clock)


def _provide_vision(container: "Container") -> None:
    """For workers that look at photos alone: to import these loads OpenCV and ONNX Runtime."""
    from bunri.domains.waste.service.seeing import Seeing
    from bunri.platform.vision.protocol import Vision

    container.provide(Vision, lambda: _local_vision(container))
    container.provide(Seeing, lambda: _seeing(container))


def _local_vision(container: "Container") -> "LocalVision":
    """Our own models; without weights they raise VisionMissing, and people are asked."""
    from bunri.platform.vision.errors import ModelBroken, ModelMissing, ModelNotRecognised, ModelUnknown
    from bunri.platform.vision.local import LocalVision
    from bunri.platform.vision.material import MaterialClassifier
    from bunri.platform.vision.store import ModelStore

    settings = container.settings.vision
    try:
        detector = ModelStore.of(container.settings.data, settings).open(settings.detector, settings)
    except (ModelMissing, ModelUnknown, ModelBroken, ModelNotRecognised) as error:
        log.warning("vision.missing", model=settings.detector, reason=str(error))
        detector = None
    vision = LocalVision(detector, MaterialClassifier(provider=settings.provider), workers=settings.workers)
    container.closing.callback(vision.close)
    return vision


def _seeing(container: "Container") -> "Seeing":
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.finishing import Finishing
    from bunri.domains.waste.service.seeing import Seeing
    from bunri.platform.vision.protocol import Vision
    from bunri.platform.vision.remote.factory import open_remote

    if remote := open_remote(container.settings.remote_vision):
        container.closing.push_async_callback(remote.aclose)
    board, advice, finishing = container.get(Board), container.get(RecyclingPublic), container.get(Finishing)
    transaction, storage, local = _transaction(container), container.storage, container.get(Vision)
    settings = container.settings.waste
    return Seeing(transaction, board, storage, local, remote, advice, finishing, settings, container.clock)


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.waste.endpoints import router

    return [router]


def _fast_path(container: "Container") -> "FastPath":
    """The status poll, asked for a thousand times a second."""
    from bunri.domains.auth.public import AccessVerifier
    from bunri.domains.waste.polling import StatusPoll
    from bunri.domains.waste.service.renewal import Renewal
    from bunri.platform.cache.pipelined import PipelinedReader

    reader = PipelinedReader(container.settings.cache_address("jobs"))
    container.closing.callback(reader.close)
    return StatusPoll(reader, container.get(AccessVerifier), container.get(Renewal).ask)


def _handlers(container: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.waste import tasks

    if queue != "waste":
        return tasks.DEFAULT
    _provide_vision(container)
    return tasks.vision()


async def _queue_check(container: "Container", queue: str) -> str | None:
    """Really looks at a grey picture; says what there is not to look with."""
    if queue != "waste":
        return None
    import numpy as np

    from bunri.platform.vision.protocol import Vision

    vision = container.get(Vision)
    await vision.see(np.full((96, 96, 3), 114, np.uint8))
    if "detector" not in vision.models:
        return "no detector: one thing a photo, by its material alone (bunri models pull)"
    return None


def _outbox() -> "Table":
    from bunri.domains.waste.models import outbox

    return outbox


def _keep_days(settings: "Settings") -> timedelta:
    return timedelta(days=settings.waste.keep_days)


def _give_up(settings: "Settings") -> timedelta:
    return settings.waste.give_up_after * 2


MODULE = Module(
    name="waste",
    package="bunri.domains.waste",
    target="waste",
    provide=_provide,
    schema="waste",
    outbox=_outbox,
    caches=("jobs",),
    folders=(
        StoredFolder("uploads/", _give_up),
        StoredFolder("kept/", _keep_days),
        StoredFolder("examples/", None),
    ),
    depends_on=("recycling", "locations"),
    prefixes=("/api/v1/waste", "/api/v1/objects", "/socket.io"),
    routers=_routers,
    fast_path=_fast_path,
    queues=(Queue("waste", concurrency=1, own_process=True),),  # one photo at a time: looking uses the core it has
    task_handlers=_handlers,
    queue_check=_queue_check,
    subscriptions=(
        Subscription(Uploaded, "waste.see", "waste"),
        Subscription(Explained, "waste.finish", "default"),
    ),
    schedule=(Schedule("waste.sweep", "default", 5), Schedule("waste.expire", "default", 600)),
)
