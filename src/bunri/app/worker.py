"""``bunri work``: the Celery worker of some queues."""

import contextlib
import math
import time
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Final

import structlog
from celery import Celery
from celery.apps.worker import Worker
from celery.exceptions import SecurityWarning
from celery.signals import worker_ready

from bunri.app import heartbeats
from bunri.app.backup_tasks import backup_handlers
from bunri.app.beat import beat_beside
from bunri.app.composition import compose
from bunri.app.container import Container
from bunri.app.module import Module
from bunri.app.registry import DEFAULT_QUEUE, REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.app.worker_probes import serve_probes
from bunri.domains.auth.public import GuestMerged, PersonErased
from bunri.kit.errors import Unavailable
from bunri.kit.memory import give_back
from bunri.kit.user_data import UserData
from bunri.platform.queue import Handler
from bunri.platform.queue.celery import EventLoopThread, make_celery, register, register_own_queue
from bunri.platform.queue.celery_publisher import CeleryPublisher
from bunri.platform.queue.watchdog import ConsumerWatchdog, watch
from bunri.platform.telemetry.traces import start_traces, stop_traces

log = structlog.get_logger(__name__)

RETRIES_FOR_PEOPLE: Final = 20_000
"""A week of tries, half a minute apart: what belongs to a person follows them, however long a domain is down."""


def work(
    settings: Settings,
    queues: Sequence[str],
    concurrency: int | None = None,
    listen: tuple[str, int] | None = None,
    registry: Registry = REGISTRY,
    *,
    schedules: bool = False,
) -> int:
    """Works on ``queues`` until told to stop (SIGTERM ends the tasks in hand first); returns the exit status. At
    ``listen`` it says whether it is alive, whether it gets work, and what it has counted. One that ``schedules`` does
    what ``bunri beat`` does, too."""
    registry.check_queues(queues)
    settings = settings.hosting(registry.owners(queues))
    start_traces(settings.traces, f"bunri-worker-{'-'.join(queues)}")
    celery = make_celery(settings.cache_address("broker"))
    publisher = CeleryPublisher(celery, registry.routes)
    container = compose(Container(settings, publisher), registry)
    container.closing.callback(publisher.close)
    beats = Heartbeats(container, registry, queues)
    loop = EventLoopThread()
    watchdog = ConsumerWatchdog(worked=lambda: loop.spawn(beats.beat()), connected=False)
    loop.start()
    handlers = [*handlers_of(container, registry, queues), *backup_handlers(settings, queues), *beats.handlers()]
    register(celery, handlers, container, loop, watchdog)
    own = register_own_queue(celery, loop, beats.consumed)
    for relay in container.database.relays.values():
        loop.spawn(relay.run())
    if listen:
        serve_probes(*listen, beats.is_consuming, settings.http.metrics_token)
    read = [*queues, own.queue]
    watch(watchdog, settings.cache_address("broker"), read, settings.alive_path, lambda: publisher.send(own))
    _when_connected(celery, queues, watchdog)
    if schedules:
        beat_beside(settings, registry)
    worker = _worker(celery, read, concurrency or min(registry.queues[name].concurrency for name in queues), settings)
    worker.start()
    loop.run(container.close())
    loop.stop()
    stop_traces()
    return int(worker.exitcode or 0)


def handlers_of(container: Container, registry: Registry, queues: Sequence[str]) -> list[Handler]:
    """The handlers of all tasks that wait in ``queues``, whichever module they are of."""
    return [
        handler
        for module in registry.modules
        for queue in module.waits_in
        if queue in queues
        for handler in _handlers(container, module, queue)
    ]


def _handlers(container: Container, module: Module, queue: str) -> Iterator[Handler]:
    yield from module.task_handlers(container, queue)
    if module.user_data and queue == DEFAULT_QUEUE.name:
        yield _upgrade(module, module.user_data(container))
        yield _erase(module, module.user_data(container))
    if module.mail and module.schema and queue == DEFAULT_QUEUE.name:
        from bunri.platform.mail.handlers import mail_handlers

        tasks = module.send_mail_task, module.retry_mail_task
        yield from mail_handlers(module.schema, *tasks, module.mail(container))


def _upgrade(module: Module, data: UserData) -> Handler:
    async def run(_: object, payload: dict[str, Any]) -> None:
        merged = GuestMerged.model_validate(payload)
        await data.upgrade(merged.old, merged.new)

    return Handler(module.upgrade_task, run, GuestMerged.topic, RETRIES_FOR_PEOPLE)


def _erase(module: Module, data: UserData) -> Handler:
    async def run(_: object, payload: dict[str, Any]) -> None:
        await data.erase(PersonErased.model_validate(payload).owner)

    return Handler(module.erase_task, run, PersonErased.topic, RETRIES_FOR_PEOPLE)


class Heartbeats:
    """Proves that the queues are really worked on (Celery can be alive, connected and deaf)."""

    def __init__(self, container: Container, registry: Registry, queues: Sequence[str]) -> None:
        self._container = container
        self._modules = registry.modules
        self._queues = queues
        self._degraded: dict[str, str | None] = {}
        self._last = -math.inf

    def is_consuming(self) -> bool:
        """Whether this process has done a task lately, were it only one that it sent itself."""
        return time.monotonic() - self._last < heartbeats.TTL.total_seconds()

    async def consumed(self) -> None:
        """A message came and was worked on. That tells of this process, and not whether beat reaches the queues."""
        self._last = time.monotonic()

    async def beat(self) -> None:
        """Work that was done proves as much as the task, which may be waiting behind it."""
        self._last = time.monotonic()
        with contextlib.suppress(Unavailable):
            for queue in self._queues:
                await heartbeats.beat(self._container.cache("common"), queue, self._degraded.get(queue))

    def handlers(self) -> list[Handler]:
        return [self._handler(queue) for queue in self._queues]

    def _handler(self, queue: str) -> Handler:
        async def run(*_: object) -> None:
            begins = queue not in self._degraded
            self._last = time.monotonic()
            self._degraded[queue] = await self._degraded_reason(queue)
            await heartbeats.beat(self._container.cache("common"), queue, self._degraded[queue])
            if begins:  # rules were read and models tried for the first time
                give_back()

        return Handler(f"heartbeat.{queue}", run, None, traced=False)

    async def _degraded_reason(self, queue: str) -> str | None:
        for module in self._modules:
            if module.queue_check and any(own.name == queue for own in module.queues):
                return await module.queue_check(self._container, queue)
        return None


def _when_connected(celery: Celery, queues: Sequence[str], watchdog: ConsumerWatchdog) -> None:
    """The first heartbeat does not wait for beat, so that a fresh start is ready as soon as it is."""

    @worker_ready.connect(weak=False)
    def send(**_: object) -> None:
        watchdog.connect()
        for queue in queues:
            celery.send_task(f"heartbeat.{queue}", args=({},), queue=queue, ignore_result=True)


def _worker(celery: Celery, queues: Sequence[str], concurrency: int, settings: Settings) -> Worker:
    # Celery warns root of pickled messages; ours are JSON (make_celery).
    warnings.filterwarnings("ignore", category=SecurityWarning)
    return Worker(
        app=celery,
        queues=list(queues),
        pool="threads",
        concurrency=concurrency,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel=settings.log_level,
        quiet=True,
    )
