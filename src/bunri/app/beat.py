"""``bunri beat``: what starts the scheduled tasks. It sends messages and knows nothing of the work."""

from celery.apps.beat import Beat

from bunri.app.registry import REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.platform.queue.celery import make_celery


def beat(settings: Settings, registry: Registry = REGISTRY) -> None:
    """Starts the scheduled tasks for as long as it runs. One of it is enough, and two do no harm."""
    celery = make_celery(settings.cache_address("broker"))
    celery.conf.beat_schedule = {
        timed.task: {
            "task": timed.task,
            "schedule": timed.every,
            "args": ({},),
            # A run that nobody took in time is not worth doing any more: the next one is there.
            "options": {"queue": timed.queue, "expires": max(10.0, timed.every), "ignore_result": True},
        }
        for timed in registry.schedule
    }
    # The schedule is this table, so there is no file to keep it in.
    Beat(app=celery, scheduler_cls="celery.beat:Scheduler", max_interval=5, quiet=True, loglevel="WARNING").run()
