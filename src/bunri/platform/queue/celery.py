"""The Celery application: thin synchronous tasks around coroutines that run on the process's one event loop."""

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final
from uuid import uuid4

import structlog
import uvloop
from celery import Celery
from celery.app.task import Task
from kombu import Exchange, Queue

from bunri.kit.errors import Unavailable
from bunri.platform.providers import Providers
from bunri.platform.queue.handlers import Handler
from bunri.platform.queue.metrics import TASKS, measured
from bunri.platform.queue.publishers import Route
from bunri.platform.queue.timing import BrokerClock
from bunri.platform.queue.watchdog import ConsumerWatchdog
from bunri.platform.telemetry.traces import TRACEPARENT, span, valid

log = structlog.get_logger(__name__)

VISIBILITY_TIMEOUT_S = 3600
"""After this an unacknowledged message is delivered again. Jobs do not wait for it: their lease and the sweeper are
much quicker; this is the net below (facts.md, "Celery 5.7")."""
OWN_TASK: Final = "worker.own"
OWN_QUEUE_TTL_S: Final = 60
"""What nobody takes from a worker's own queue is gone after that, and so is the queue of a worker that has ended."""


def make_celery(broker_url: str) -> Celery:
    """A Celery application that knows its broker and nothing else: enough to send."""
    transport = {
        "visibility_timeout": VISIBILITY_TIMEOUT_S,
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
        "retry_on_timeout": True,
        "health_check_interval": 10,
    }
    celery = Celery("bunri", broker=broker_url, set_as_current=False)
    celery.conf.update(
        broker_transport_options=transport,
        visibility_timeout=VISIBILITY_TIMEOUT_S,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_serializer="json",
        accept_content=["json"],
        task_create_missing_queues=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_soft_shutdown_timeout=0,
        worker_disable_prefetch=False,
        timezone="UTC",
    )
    return celery


class EventLoopThread:
    """The event loop of a worker process, on a thread of its own; tasks hand coroutines to it and wait."""

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bunri-loop", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Starts ``work`` without waiting for it; it ends with the process. Where it runs out of memory the process
        ends, too, and whoever watches it starts another: one that lives on takes messages and can do nothing."""
        asyncio.run_coroutine_threadsafe(work, self._loop).add_done_callback(_end_without_memory)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)


def _end_without_memory(done: "concurrent.futures.Future[Any]") -> None:
    if not done.cancelled() and isinstance(done.exception(), MemoryError):
        log.critical("worker.out_of_memory")
        os._exit(os.EX_OSERR)


def register(
    celery: Celery, handlers: Sequence[Handler], providers: Providers, loop: EventLoopThread, watchdog: ConsumerWatchdog
) -> None:
    """Makes a Celery task of each handler."""
    clock = BrokerClock(str(celery.conf.broker_url))
    for each in handlers:
        _register(celery, each, providers, loop, watchdog, clock)


def _register(
    celery: Celery,
    each: Handler,
    providers: Providers,
    loop: EventLoopThread,
    watchdog: ConsumerWatchdog,
    clock: BrokerClock,
) -> None:
    @celery.task(name=each.name, bind=True, max_retries=each.retries)
    def task(self: Task[..., None], payload: dict[str, Any], good_until: float | None = None) -> None:
        with watchdog.working():
            if clock.is_past(good_until):
                TASKS.labels(each.name, "late").inc()
                return
            try:
                with measured(each.name):
                    loop.run(_run(each, providers, payload, self.request.get(TRACEPARENT)))
            except Unavailable as error:
                if each.retries == 0:
                    log.warning("task.skipped", task=each.name, reason=str(error))
                    return
                raise self.retry(exc=error, countdown=min(30, 2**self.request.retries)) from error


def register_own_queue(celery: Celery, loop: EventLoopThread, came: Callable[[], Coroutine[Any, Any, None]]) -> Route:
    """A queue that this process alone reads, by the same command as those that it shares; ``came`` is run for each of
    its messages, as tasks are. So who sends themselves one learns whether they get messages and can work on them,
    however little comes through the shared queues. Nothing of it is acknowledged: what a worker that was killed had in
    hand would come back when nobody reads the queue any more."""
    name = f"worker.{uuid4().hex}"
    celery.amqp.queues[name] = Queue(name, Exchange(name), name, durable=False, expires=OWN_QUEUE_TTL_S, no_ack=True)

    @celery.task(name=OWN_TASK, acks_late=False)
    def own(_: dict[str, Any]) -> None:
        with measured(OWN_TASK):
            loop.run(came())

    return Route(OWN_TASK, name)


async def _run(each: Handler, providers: Providers, payload: dict[str, Any], sent_with: object) -> None:
    """One run, as a part of the trace in which its message was sent, or as a trace of its own."""
    parent = valid(sent_with)
    if parent is None and not each.traced:
        await each.run(providers, payload)
        return
    with span(each.name, "consumer", parent=parent):
        await each.run(providers, payload)
