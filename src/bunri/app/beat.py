"""``bunri beat``: what starts the scheduled tasks. It sends messages and knows nothing of the work."""

from pathlib import Path

from celery.apps.beat import Beat
from celery.beat import BeatLazyFunc

from bunri.app.backup_tasks import backup_schedule
from bunri.app.registry import REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.platform.queue.celery import make_celery
from bunri.platform.queue.timing import BrokerClock, every


def beat(settings: Settings, registry: Registry = REGISTRY) -> None:
    """Starts the scheduled tasks for as long as it runs. One of it is enough, and two do no harm."""
    broker = settings.cache_address("broker")
    celery, clock = make_celery(broker), BrokerClock(broker)
    celery.conf.beat_schedule = {
        timed.task: {
            "task": timed.task,
            "schedule": every(timed.every),
            "args": ({}, BeatLazyFunc(_good_until, clock, max(10.0, timed.every), settings.alive_path)),
            "options": {"queue": timed.queue, "ignore_result": True},
        }
        for timed in (*registry.schedule, *backup_schedule(settings))
    }
    # The schedule is this table, so there is no file to keep it in.
    Beat(app=celery, scheduler_cls="celery.beat:Scheduler", max_interval=5, quiet=True, loglevel="WARNING").run()


def _good_until(clock: BrokerClock, seconds: float, alive: Path | None) -> float:
    """A run that nobody took in time is not worth doing any more: the next one is there. Celery's own ``expires`` would
    compare this machine's clock with the worker's. The broker has just answered, and a message is being made: beat is
    ``alive``."""
    until = clock.now() + seconds
    if alive:
        alive.touch()
    return until
