"""``bunri status``: how the running installation is, in one look. Reads what ``/ready`` and ``/metrics`` read."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Final, NamedTuple, TypeVar

from prometheus_client.metrics_core import Metric
from pydantic import BaseModel, ConfigDict, Field

from bunri import __version__
from bunri.app import heartbeats
from bunri.app.container import Container
from bunri.app.inline import InlineContainer
from bunri.app.measures import measures_of
from bunri.app.migrations import known_revisions, schemas_of
from bunri.app.readiness import checks_of
from bunri.app.registry import ALL, REGISTRY, Registry, Target
from bunri.app.settings import Settings
from bunri.edge.http.health import PartHealth, Readiness, run_checks
from bunri.platform.backup.status import BackupStatus, StatusStore
from bunri.platform.db.address import owner_address
from bunri.platform.db.migrate import SchemaVersion, versions
from bunri.platform.db.outbox import OutboxState, outbox_state
from bunri.platform.embedded.lock import holder
from bunri.platform.telemetry.exposition import shared_on
from bunri.platform.vision.vocabulary.place import state_of
from bunri.platform.vision.vocabulary.state import VocabularyState

T = TypeVar("T")

WITHIN_S: Final = 12.0
"""For each thing that is asked, all at once. More than /ready gives: the machine that one looks at is often a busy one,
and this process has only begun."""
STORE_WITHIN_S: Final = 4.0
"""Less: the store's own fault is told, and nothing is left to wait for."""
MOST_DEAD_MAILS: Final = 1000


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class QueueStatus(_Frozen):
    waiting: int | None = Field(description="Messages that no worker has taken yet; None: the broker is away.")
    oldest_s: float | None = Field(description="How long the next of them has waited.")
    failed: int | None = Field(description="Tasks that broke since the start; None: they are counted elsewhere.")
    heard_s_ago: float | None = Field(description="When a worker of it was heard last; None: not within 45 s.")
    version: str | None = Field(description="Of that worker.")


class TargetStatus(_Frozen):
    heard_s_ago: float
    version: str | None


class MigrationStatus(_Frozen):
    at: str | None
    behind: int = Field(description="Migrations that it still needs.")
    ahead: bool = Field(description="A newer version of bunri has migrated it.")
    too_new: bool = Field(description="This version cannot work with it any more.")


class BackupsStatus(_Frozen):
    planned: bool = Field(description="There is a place for them (BUNRI_BACKUP__TARGET).")
    known: BackupStatus | None = Field(description="The newest backup and the last drill; None: Valkey is away.")


class Configured(_Frozen):
    """What was set up, and how; None: it was not."""

    mail: str | None = Field(description="The SMTP server; None: mails become files.")
    push: str | None = Field(description="Whom the makers of browsers may write to.")
    sign_in_with: tuple[str, ...]
    language_model: str | None
    remote_vision: str | None
    virus_scanner: str | None
    public_url: str | None


class Status(_Frozen):
    """Everything that ``bunri status --json`` prints. What could not be asked is None."""

    works: bool
    version: str = __version__
    data: str
    run_by: str | None = Field(description="The process that runs the embedded servers; None: they are elsewhere.")
    targets: Mapping[str, TargetStatus] | None = Field(description="Those that an API process serves, by name.")
    parts: Mapping[str, PartHealth] = Field(description="What /ready tries.")
    queues: Mapping[str, QueueStatus]
    in_hand: int | None = Field(description="Messages that workers have taken and not finished.")
    migrations: Mapping[str, MigrationStatus] | None
    connections: int | None
    connections_limit: int | None
    outboxes: Mapping[str, OutboxState] | None
    mails_given_up: int | None = Field(description=f"{MOST_DEAD_MAILS} stands for as many or more.")
    backups: BackupsStatus
    detector: str
    detector_here: bool = Field(description="False: people are asked what a photo shows.")
    vocabulary: VocabularyState = Field(description="The image–text model that names rows; everything works without.")
    disk_free: int | None = Field(description="Bytes; None where objects lie in a store elsewhere.")
    disk_size: int | None
    configured: Configured


class _Looking(InlineContainer):
    storage_within_s = STORE_WITHIN_S


async def status_of(settings: Settings, registry: Registry = REGISTRY) -> Status:
    """Asks everything at once; nothing is changed. ``settings`` have servers."""
    container = _Looking(settings, registry)
    try:
        return _status(settings, registry, await _ask(container, registry))
    finally:
        await container.close()


class _Answers(NamedTuple):
    """What was asked; None: it could not be."""

    readiness: Readiness
    measured: Mapping[tuple[str, ...], float]
    targets: Mapping[str, heartbeats.LastBeat] | None
    queues: Mapping[str, heartbeats.LastBeat] | None
    migrations: Mapping[str, SchemaVersion] | None
    outboxes: Mapping[str, OutboxState] | None
    mails: int | None
    backups: BackupStatus | None
    failed: Mapping[str, int] | None


async def _ask(container: Container, registry: Registry) -> _Answers:
    settings, cache = container.settings, container.cache("common")
    # What stands alone keeps nothing outside of the process that serves it: from here it cannot be looked at.
    target = Target(ALL, tuple(module for module in registry.modules if not module.stands_alone))
    known_revisions(registry)  # reads files, and is remembered: afterwards others' time would run
    names = [ALL, *(one.name for one in registry.targets if not one.stands_alone)]
    async with asyncio.TaskGroup() as asking:
        readiness = asking.create_task(run_checks(checks_of(container, registry, target), WITHIN_S))
        metrics = asking.create_task(_metrics(container, registry, target))
        targets = asking.create_task(_asked(heartbeats.targets_heard(cache, names)))
        queues = asking.create_task(_asked(heartbeats.queues_heard(cache, registry.queues)))
        migrations = asking.create_task(
            _asked(versions(owner_address(str(settings.database_url)), schemas_of(registry)))
        )
        outboxes = asking.create_task(_asked(_outboxes(container)))
        mails = asking.create_task(_asked(_mails_given_up(container, registry)))
        backups = asking.create_task(_asked(asyncio.to_thread(_backups, settings)))
        failed = asking.create_task(asyncio.to_thread(_failed, settings, registry))
    return _Answers(
        readiness.result(),
        _samples(metrics.result()),
        targets.result(),
        queues.result(),
        migrations.result(),
        outboxes.result(),
        mails.result(),
        backups.result(),
        failed.result(),
    )


def _status(settings: Settings, registry: Registry, found: _Answers) -> Status:
    measured, targets = found.measured, found.targets
    return Status(
        works=_works(found),
        data=str(settings.data),
        run_by=_run_by(settings),
        targets=None if targets is None else {name: _target(it) for name, it in targets.items()},
        parts=found.readiness.parts,
        queues={name: _queue(name, found) for name in registry.queues},
        in_hand=_whole(measured.get(("bunri_queue_in_hand",))),
        migrations=_migrations(found),
        connections=_whole(measured.get(("bunri_database_connections",))),
        connections_limit=_whole(measured.get(("bunri_database_connections_limit",))),
        outboxes=found.outboxes,
        mails_given_up=found.mails,
        backups=BackupsStatus(planned=settings.backup.target is not None, known=found.backups),
        detector=settings.vision.detector,
        detector_here=settings.vision.detector_file(settings.data) is not None,
        vocabulary=state_of(settings.data, settings.vision),
        disk_free=_whole(measured.get(("bunri_data_free_bytes",))),
        disk_size=_whole(measured.get(("bunri_data_size_bytes",))),
        configured=_configured(settings),
    )


def _works(found: _Answers) -> bool:
    """Nothing that people need is missing. What works less well than it could, or was never set up, is no fault."""
    up_to_date = found.migrations and not any(it.behind or it.too_new for it in found.migrations.values())
    kept = found.backups is None or not (
        found.backups.failed_at or (found.backups.drill and not found.backups.drill.ok)
    )
    return bool(found.readiness.status == "ready" and up_to_date and found.targets and kept)


def _migrations(found: _Answers) -> dict[str, MigrationStatus] | None:
    if found.migrations is None:
        return None
    return {
        name: MigrationStatus(at=it.at, behind=it.behind, ahead=it.ahead, too_new=it.too_new)
        for name, it in found.migrations.items()
    }


async def _metrics(container: Container, registry: Registry, target: Target) -> Sequence[Metric]:
    return await measures_of(container, registry, target, WITHIN_S)()


async def _mails_given_up(container: Container, registry: Registry) -> int:
    """How many mails no server would take, MOST_DEAD_MAILS at most."""
    deliveries = [module.mail(container) for module in registry.modules if module.mail]
    return min(MOST_DEAD_MAILS, sum([len(await delivery.dead(MOST_DEAD_MAILS)) for delivery in deliveries]))


async def _outboxes(container: Container) -> dict[str, OutboxState]:
    found = {}
    for schema, table in container.outboxes.items():
        async with container.database.transaction(schema) as session:
            found[schema] = await outbox_state(session, table())
    return found


def _backups(settings: Settings) -> BackupStatus:
    with closing(StatusStore(settings.cache_address("common"))) as store:
        return store.load()


def _failed(settings: Settings, registry: Registry) -> dict[str, int] | None:
    """By queue, as the processes of a ``bunri up`` have counted; None: there is none."""
    metrics = shared_on(settings.data)
    if not metrics:
        return None
    followers = ((each.task, each.queue) for module in registry.modules for each in module.subscriptions)
    queue_of = dict([*followers, *((each.task, each.queue) for each in registry.schedule)])
    found = dict.fromkeys(registry.queues, 0)
    for (name, *labels), value in _samples(metrics, "task", "outcome").items():
        if name == "bunri_tasks_total" and labels[1] == "failed" and labels[0] in queue_of:
            found[queue_of[labels[0]]] += int(value)
    return found


def _samples(metrics: Iterable[Metric], *labels: str) -> dict[tuple[str, ...], float]:
    """By name and the values of ``labels``, of all labels where none are named."""
    return {
        (sample.name, *(sample.labels.get(label, "") for label in labels or sample.labels)): sample.value
        for metric in metrics
        for sample in metric.samples
    }


def _queue(name: str, found: _Answers) -> QueueStatus:
    waiting, last = _whole(found.measured.get(("bunri_queue_waiting", name))), (found.queues or {}).get(name)
    return QueueStatus(
        waiting=waiting,
        oldest_s=found.measured.get(("bunri_queue_oldest_seconds", name)) if waiting else None,
        failed=found.failed.get(name) if found.failed is not None else None,
        heard_s_ago=last.seconds_ago if last else None,
        version=last.version if last else None,
    )


def _target(last: heartbeats.LastBeat) -> TargetStatus:
    return TargetStatus(heard_s_ago=last.seconds_ago, version=last.version)


def _run_by(settings: Settings) -> str | None:
    """``bunri up (4711)``."""
    process = holder(settings.data)
    return f"{process.what} ({process.pid})" if process else None


def _configured(settings: Settings) -> Configured:
    public, mail, contact = settings.public_url, settings.mail.server, settings.push.contact
    return Configured(
        mail=f"{mail.host}:{mail.port}" if mail else None,
        push=contact or (str(public) if public and public.scheme == "https" else None),
        sign_in_with=settings.oauth.configured if public else (),
        language_model=None if settings.llm.provider == "builtin" else settings.llm.provider,
        remote_vision=None if settings.remote_vision.provider == "none" else settings.remote_vision.provider,
        virus_scanner=settings.chat.clamav,
        public_url=str(public) if public else None,
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


async def _asked(question: Awaitable[T]) -> T | None:
    """The answer, or None: whatever is away, the others are worth hearing."""
    try:
        async with asyncio.timeout(WITHIN_S):
            return await question
    except Exception:  # why is told by the part of /ready that it belongs to
        return None
