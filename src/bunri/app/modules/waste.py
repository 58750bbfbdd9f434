"""A photo becomes advice: jobs, feedback, the pipeline of an analysis, recovery of stuck jobs, and retention."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bunri.app.module import Module, Queue, Schedule, StoredFolder, Subscription
from bunri.domains.locations.public import LocationsPublic
from bunri.domains.recycling.public import Explained, RecyclingPublic
from bunri.domains.users.public import UsersPublic
from bunri.domains.waste.objects import SAMPLES, THUMBNAILS, UPLOADS
from bunri.domains.waste.public import Uploaded, WastePublic
from bunri.kit.user_data import UserData
from bunri.platform.queue import Backlog
from bunri.platform.realtime import Emitter

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.app.settings import Settings
    from bunri.domains.waste.answer_cache import AnswerCache
    from bunri.domains.waste.person_location import PersonLocation
    from bunri.domains.waste.repository import WasteRepository
    from bunri.domains.waste.schemas import Eyes
    from bunri.domains.waste.service.completion import Completion
    from bunri.domains.waste.service.feedback import Feedback
    from bunri.domains.waste.service.field_learning import FieldLearning
    from bunri.domains.waste.service.field_memory import FieldMemory
    from bunri.domains.waste.service.job_queue import JobQueue
    from bunri.domains.waste.service.jobs import Jobs
    from bunri.domains.waste.service.recovery import Recovery
    from bunri.domains.waste.service.repeats import Repeats
    from bunri.domains.waste.service.retention import Retention
    from bunri.domains.waste.service.revalidation import StatusRevalidator
    from bunri.domains.waste.service.training_samples import TrainingSamples
    from bunri.domains.waste.service.transitions import Transitions
    from bunri.domains.waste.service.verdicts import WasteService
    from bunri.domains.waste.service.vision_stage import VisionModels, VisionStage
    from bunri.domains.waste.service.vocabulary_arrival import VocabularyArrival
    from bunri.domains.waste.status_cache import StatusCache
    from bunri.domains.waste.streams import StreamLimit
    from bunri.domains.waste.user_data import WasteUserData
    from bunri.edge.http.fast_path import FastPath
    from bunri.platform.db import Transaction
    from bunri.platform.queue import Handler
    from bunri.platform.vision.local import LocalVision

log = structlog.get_logger(__name__)


def _transaction(container: "Container") -> "Transaction[WasteRepository]":
    from bunri.domains.waste.repository import WasteRepository

    return container.transactions("waste", WasteRepository)


def _provide(container: "Container") -> None:
    from bunri.platform.vision.protocol import Vision

    container.provide(Vision, lambda: _local_vision(container))


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.waste.endpoints import router

    return [router]


def _fast_path(container: "Container") -> "FastPath":
    """The status poll, asked for a thousand times a second."""
    from bunri.domains.auth.public import AccessVerifier
    from bunri.domains.waste.polling import StatusPoll
    from bunri.domains.waste.service.revalidation import StatusRevalidator
    from bunri.domains.waste.status_cache import StatusCache
    from bunri.platform.cache.pipelined import PipelinedReader

    reader = PipelinedReader(container.settings.cache_address("jobs"))
    container.closing.callback(reader.close)
    statuses, verifier = container.get(StatusCache), container.get(AccessVerifier)
    return StatusPoll(reader, statuses, verifier, container.get(StatusRevalidator).request)


def _handlers(container: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.waste import tasks

    if queue != "waste":
        return tasks.DEFAULT
    container.decoders.keep_warm()
    return tasks.vision()


async def _queue_check(container: "Container", queue: str) -> str | None:
    """Really looks at a grey picture; says what there is not to look with."""
    if queue != "waste":
        return None
    import numpy as np

    from bunri.domains.waste.service.vision_stage import VisionModels
    from bunri.platform.vision.protocol import Vision
    from bunri.platform.vision.remote.budget import BudgetedVision

    vision = container.get(Vision)
    await vision.see(np.full((96, 96, 3), 114, np.uint8))
    remote = container.get(VisionModels).remote
    if isinstance(remote, BudgetedVision) and remote.failure:
        return f"remote vision: {remote.failure}; our own models answer"
    if "detector" not in vision.models:
        return "no detector: one thing a photo, by its material alone (bunri models pull)"
    return None


def _outbox() -> "Table":
    from bunri.domains.waste.models import outbox

    return outbox


def _photo_age(settings: "Settings") -> timedelta:
    return settings.waste.photo_age


def _largest_bodies(settings: "Settings") -> "Mapping[str, int]":
    """What the local store takes is of any domain: the largest that a ticket is given out for."""
    sizes = (
        settings.waste.max_photo_mb,
        settings.chat.max_picture_mb,
        settings.chat.max_file_mb,
        settings.learning.max_import_mb,
    )
    return {"/api/v1/objects": max(sizes) * 2**20}


def _upload_age(settings: "Settings") -> timedelta:
    return settings.waste.upload_age


def _user_data(container: "Container") -> UserData:
    from bunri.domains.waste.user_data import WasteUserData

    return container.get(WasteUserData)


# ── what Valkey knows of jobs ─────────────────────────────────────────────────────────────────────────────────────────


def _status_cache(container: "Container") -> "StatusCache":
    from bunri.domains.waste.status_cache import StatusCache

    return StatusCache(container.cache("jobs"), container.get(Emitter), clock=container.clock)


def _answer_cache(container: "Container") -> "AnswerCache":
    from bunri.domains.waste.answer_cache import AnswerCache

    return AnswerCache(container.cache("jobs"))


def _person_location(container: "Container") -> "PersonLocation":
    from bunri.domains.waste.person_location import PersonLocation

    return PersonLocation(container.cache("jobs"))


def _status_revalidator(container: "Container") -> "StatusRevalidator":
    from bunri.domains.waste.service.revalidation import StatusRevalidator
    from bunri.domains.waste.status_cache import StatusCache

    return StatusRevalidator(_transaction(container), container.get(StatusCache))


# ── what people and other domains ask for ─────────────────────────────────────────────────────────────────────────────


def _job_queue(container: "Container") -> "JobQueue":
    from bunri.domains.waste.service.job_queue import JobQueue

    return JobQueue(shared=container.shares_queues)


def _transitions(container: "Container") -> "Transitions":
    from bunri.domains.waste.service.transitions import Transitions
    from bunri.domains.waste.status_cache import StatusCache

    return Transitions(container.get(StatusCache), container.storage, container.clock)


def _training_samples(container: "Container") -> "TrainingSamples":
    from bunri.domains.waste.service.training_samples import TrainingSamples

    key = container.settings.key("examples")
    return TrainingSamples(_transaction(container), container.storage, key, container.clock)


def _jobs(container: "Container") -> "Jobs":
    from bunri.domains.waste.person_location import PersonLocation
    from bunri.domains.waste.service.job_queue import JobQueue
    from bunri.domains.waste.service.jobs import Jobs
    from bunri.domains.waste.service.repeats import Repeats
    from bunri.domains.waste.service.training_samples import TrainingSamples
    from bunri.domains.waste.service.transitions import Transitions
    from bunri.domains.waste.status_cache import StatusCache

    get, settings = container.get, container.settings.waste
    return Jobs(
        _transaction(container),
        get(Transitions),
        get(StatusCache),
        get(PersonLocation),
        container.storage,
        get(TrainingSamples),
        get(Repeats),
        get(RecyclingPublic),
        settings,
        get(JobQueue),
        container.clock,
    )


def _repeats(container: "Container") -> "Repeats":
    from bunri.domains.waste.answer_cache import AnswerCache
    from bunri.domains.waste.person_location import PersonLocation
    from bunri.domains.waste.service.completion import Completion
    from bunri.domains.waste.service.repeats import Repeats
    from bunri.domains.waste.service.transitions import Transitions

    get = container.get
    return Repeats(
        _transaction(container),
        get(Transitions),
        get(AnswerCache),
        get(Completion),
        get(PersonLocation),
        get(RecyclingPublic),
        container.settings.waste,
    )


def _eyes(container: "Container") -> "Eyes":
    from bunri.domains.waste.schemas import Eyes

    return Eyes(photos_go_to=container.settings.remote_vision.sends_photos_to)


def _completion(container: "Container") -> "Completion":
    from bunri.domains.waste.answer_cache import AnswerCache
    from bunri.domains.waste.person_location import PersonLocation
    from bunri.domains.waste.service.completion import Completion
    from bunri.domains.waste.service.transitions import Transitions
    from bunri.domains.waste.status_cache import StatusCache

    get, settings = container.get, container.settings.waste
    return Completion(
        _transaction(container),
        get(Transitions),
        get(StatusCache),
        get(AnswerCache),
        get(PersonLocation),
        get(RecyclingPublic),
        get(LocationsPublic),
        settings,
    )


def _feedback(container: "Container") -> "Feedback":
    from bunri.domains.waste.service.completion import Completion
    from bunri.domains.waste.service.feedback import Feedback
    from bunri.domains.waste.service.training_samples import TrainingSamples
    from bunri.domains.waste.status_cache import StatusCache

    get, settings = container.get, container.settings.waste
    return Feedback(
        _transaction(container),
        get(StatusCache),
        get(RecyclingPublic),
        get(Completion),
        get(TrainingSamples),
        get(UsersPublic),
        settings,
        container.clock,
    )


def _stream_limit(container: "Container") -> "StreamLimit":
    from bunri.domains.waste.streams import StreamLimit

    return StreamLimit(container.settings.waste.streams_per_person)


def _verdicts(container: "Container") -> "WasteService":
    from bunri.domains.waste.service.feedback import Feedback
    from bunri.domains.waste.service.jobs import Jobs
    from bunri.domains.waste.service.verdicts import WasteService

    get = container.get
    return WasteService(_transaction(container), get(Jobs), get(Feedback), get(RecyclingPublic), container.storage)


def _vocabulary_arrival(container: "Container") -> "VocabularyArrival":
    from bunri.domains.waste.service.vocabulary_arrival import VocabularyArrival

    return VocabularyArrival(container.settings.data, container.settings.vision)


def _public(container: "Container") -> WastePublic:
    from bunri.domains.waste.service.verdicts import WasteService

    return container.get(WasteService)


# ── what happens without anybody asking ───────────────────────────────────────────────────────────────────────────────


def _recovery(container: "Container") -> "Recovery":
    from bunri.domains.waste.service.recovery import Recovery
    from bunri.domains.waste.service.transitions import Transitions
    from bunri.domains.waste.status_cache import StatusCache

    get, settings = container.get, container.settings.waste
    return Recovery(_transaction(container), get(Transitions), get(StatusCache), settings, get(Backlog))


def _retention(container: "Container") -> "Retention":
    from bunri.domains.waste.service.retention import Retention

    return Retention(_transaction(container), container.storage, container.settings.waste)


def _kept(container: "Container") -> "WasteUserData":
    """All that is kept of a person."""
    from bunri.domains.waste.person_location import PersonLocation
    from bunri.domains.waste.service.training_samples import TrainingSamples
    from bunri.domains.waste.status_cache import StatusCache
    from bunri.domains.waste.user_data import WasteUserData

    get = container.get
    return WasteUserData(
        _transaction(container),
        get(StatusCache),
        get(PersonLocation),
        container.storage,
        get(TrainingSamples),
        container.clock,
    )


# ── what looks at photos: to import it loads OpenCV and ONNX Runtime ──────────────────────────────────────────────────


def _vision_stage(container: "Container") -> "VisionStage":
    from bunri.domains.waste.answer_cache import AnswerCache
    from bunri.domains.waste.service.completion import Completion
    from bunri.domains.waste.service.field_memory import FieldMemory
    from bunri.domains.waste.service.job_queue import JobQueue
    from bunri.domains.waste.service.vision_stage import VisionModels, VisionStage
    from bunri.domains.waste.status_cache import StatusCache

    get = container.get
    return VisionStage(
        _transaction(container),
        get(StatusCache),
        get(AnswerCache),
        container.storage,
        container.decoders,
        get(VisionModels),
        get(RecyclingPublic),
        get(Completion),
        container.settings.waste,
        get(JobQueue),
        get(FieldMemory),
    )


def _field_memory(container: "Container") -> "FieldMemory":
    from bunri.domains.waste.service.field_memory import FieldMemory
    from bunri.platform.vision.names import ThingNamer

    settings = container.settings.waste
    return FieldMemory(_transaction(container), ThingNamer().features_version, settings, container.clock)


def _field_learning(container: "Container") -> "FieldLearning":
    from bunri.domains.waste.field_bank.validation import Validation
    from bunri.domains.waste.service.field_learning import FieldLearning

    return FieldLearning(_transaction(container), Validation.load(), container.settings.waste, container.clock)


def _local_vision(container: "Container") -> "LocalVision":
    """Our own models; without weights they raise VisionMissing, and people are asked."""
    from bunri.platform.vision.errors import ModelBroken, ModelMissing, ModelNotRecognised, ModelUnknown
    from bunri.platform.vision.local import LocalVision
    from bunri.platform.vision.material import MaterialClassifier
    from bunri.platform.vision.names import ThingNamer
    from bunri.platform.vision.store import ModelStore
    from bunri.platform.vision.vocabulary.namer import RowNamer
    from bunri.platform.vision.vocabulary.place import Place

    settings = container.settings.vision
    try:
        detector = ModelStore.of(container.settings.data, settings).open(settings.detector, settings)
    except (ModelMissing, ModelUnknown, ModelBroken, ModelNotRecognised) as error:
        log.warning("vision.missing", model=settings.detector, reason=str(error))
        detector = None
    classifier, namer = MaterialClassifier(provider=settings.provider), ThingNamer(provider=settings.provider)
    place = Place.of(container.settings.data, settings)
    vocabulary = (
        RowNamer(place.folder, place.name, threads=settings.threads_each, provider=settings.provider) if place else None
    )
    vision = LocalVision(detector, classifier, namer, vocabulary, workers=settings.workers)
    container.closing.callback(vision.close)
    return vision


def _vision_models(container: "Container") -> "VisionModels":
    from bunri.domains.waste.service.vision_stage import VisionModels
    from bunri.platform.vision.protocol import Vision
    from bunri.platform.vision.remote.budget import BudgetedVision
    from bunri.platform.vision.remote.factory import open_remote

    settings = container.settings.remote_vision
    remote = open_remote(settings, container.get(RecyclingPublic).items)
    if remote is None:
        return VisionModels(container.get(Vision))
    container.closing.push_async_callback(remote.aclose)
    budgeted = BudgetedVision(remote, container.cache("common"), settings.most_photos, container.clock)
    return VisionModels(container.get(Vision), budgeted)


MODULE = Module(
    name="waste",
    package="bunri.domains.waste",
    target="waste",
    services={
        "answer_cache.AnswerCache": _answer_cache,
        "person_location.PersonLocation": _person_location,
        "public.WastePublic": _public,
        "schemas.Eyes": _eyes,
        "service.completion.Completion": _completion,
        "service.feedback.Feedback": _feedback,
        "service.field_learning.FieldLearning": _field_learning,
        "service.field_memory.FieldMemory": _field_memory,
        "service.job_queue.JobQueue": _job_queue,
        "service.jobs.Jobs": _jobs,
        "service.recovery.Recovery": _recovery,
        "service.repeats.Repeats": _repeats,
        "service.retention.Retention": _retention,
        "service.revalidation.StatusRevalidator": _status_revalidator,
        "service.training_samples.TrainingSamples": _training_samples,
        "service.transitions.Transitions": _transitions,
        "service.verdicts.WasteService": _verdicts,
        "service.vision_stage.VisionModels": _vision_models,
        "service.vision_stage.VisionStage": _vision_stage,
        "service.vocabulary_arrival.VocabularyArrival": _vocabulary_arrival,
        "status_cache.StatusCache": _status_cache,
        "streams.StreamLimit": _stream_limit,
        "user_data.WasteUserData": _kept,
    },
    provide=_provide,
    schema="waste",
    outbox=_outbox,
    caches=("jobs",),
    public=WastePublic,
    folders=(
        StoredFolder(UPLOADS, _upload_age),
        StoredFolder(THUMBNAILS, _photo_age),
        StoredFolder(SAMPLES, None),
    ),
    depends_on=("recycling", "locations", "users"),
    prefixes=("/api/v1/waste", "/api/v1/objects", "/socket.io"),
    largest_bodies=_largest_bodies,
    routers=_routers,
    fast_path=_fast_path,
    queues=(Queue("waste", concurrency=1, own_process=True),),  # one photo at a time: looking uses the core it has
    task_handlers=_handlers,
    queue_check=_queue_check,
    subscriptions=(
        Subscription(Uploaded, "waste.see", "waste"),
        Subscription(Explained, "waste.finish", "default"),
    ),
    schedule=(
        Schedule("waste.sweep", "default", 5),
        Schedule("waste.expire", "default", 600),
        Schedule("waste.learn", "waste", 1800),  # of which one in a night does something
    ),
    user_data=_user_data,
)
