"""What starts the scheduled tasks: ``bunri beat``, or a thread of a worker. It sends messages and knows nothing of the
work."""

import logging
import os
import signal
import threading
from pathlib import Path
from typing import Any, Final

import structlog
from celery import Celery
from celery.apps.beat import Beat
from celery.beat import BeatLazyFunc, Service

from bunri.app.backup_tasks import backup_schedule
from bunri.app.registry import REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.platform.queue.celery import make_celery
from bunri.platform.queue.timing import BrokerClock, every

log = structlog.get_logger(__name__)

# The schedule is the registry's table, so there is no file to keep it in.
_SCHEDULER: Final[dict[str, Any]] = {"scheduler_cls": "celery.beat:Scheduler", "max_interval": 5}


def beat(settings: Settings, registry: Registry = REGISTRY) -> None:
    """Starts the scheduled tasks for as long as it runs. One of it is enough, and two do no harm."""
    celery = _scheduled(settings, registry, settings.alive_path)
    Beat(app=celery, quiet=True, loglevel="WARNING", **_SCHEDULER).run()


def beat_beside(settings: Settings, registry: Registry = REGISTRY) -> None:
    """As ``beat``, on a thread of a process that does other things: one of its own would take 50 MiB. Where the thread
    ends, the process is told to end, too."""
    celery = _scheduled(settings, registry, None)
    logging.getLogger("celery.beat").setLevel(logging.WARNING)  # it tells of each message, several a minute
    threading.Thread(target=_run, args=(celery,), name="bunri-beat", daemon=True).start()


def _run(celery: Celery) -> None:
    try:
        Service(celery, **_SCHEDULER).start()
    except Exception:
        log.exception("beat.failed")
    os.kill(os.getpid(), signal.SIGTERM)


def _scheduled(settings: Settings, registry: Registry, alive: Path | None) -> Celery:
    """An application that knows what is to be started when, and touches ``alive`` each time."""
    broker = settings.cache_address("broker")
    celery, clock = make_celery(broker), BrokerClock(broker)
    celery.conf.beat_schedule = {
        timed.task: {
            "task": timed.task,
            "schedule": every(timed.every),
            "args": ({}, BeatLazyFunc(_good_until, clock, max(10.0, timed.every), alive)),
            "options": {"queue": timed.queue, "ignore_result": True},
        }
        for timed in (*registry.schedule, *backup_schedule(settings))
    }
    return celery


def _good_until(clock: BrokerClock, seconds: float, alive: Path | None) -> float:
    """A run that nobody took in time is not worth doing any more: the next one is there. Celery's own ``expires`` would
    compare this machine's clock with the worker's. The broker has just answered, and a message is being made: beat is
    ``alive``."""
    until = clock.now() + seconds
    if alive:
        alive.touch()
    return until
