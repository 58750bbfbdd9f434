"""``bunri work``: the Celery worker of some queues."""

import warnings
from collections.abc import Sequence

import structlog
from celery.apps.worker import Worker
from celery.exceptions import SecurityWarning
from celery.signals import worker_ready

from bunri.app import marks, rooms
from bunri.app.house import House
from bunri.app.settings import Settings
from bunri.app.subscriptions import ROUTES
from bunri.app.targets import domains_of
from bunri.platform.queue import CeleryPublisher, Handler
from bunri.platform.queue.celery import Loop, make_celery, register
from bunri.platform.queue.pulse import Pulse, watch

log = structlog.get_logger(__name__)

CONCURRENCY = {"waste": 1, "recycling": 8}
"""One photo at a time, since looking uses the core it has; advice mostly waits for somebody else's model."""


def work(settings: Settings, queues: Sequence[str], concurrency: int | None = None) -> int:
    """Works on ``queues`` until told to stop (SIGTERM ends the tasks in hand first); returns the exit status."""
    domains = domains_of(queues)
    celery = make_celery(settings.cache_address("broker"))
    house = House(settings, CeleryPublisher(celery, ROUTES))
    loop, pulse = Loop(), Pulse()
    loop.start()
    handlers = furnish(house, domains)
    handlers += [_canary(house, queue) for queue in queues]
    register(celery, handlers, house.services, loop, pulse)
    for relay in house.relays:
        loop.spawn(relay.run())
    watch(pulse, settings.cache_address("broker"), queues)

    @worker_ready.connect(weak=False)
    def prove(**_: object) -> None:
        """The first canary does not wait for beat, so that a fresh start is ready as soon as it is."""
        for queue in queues:
            celery.send_task(f"canary.{queue}", args=({},), queue=queue, ignore_result=True)

    # Celery warns root of pickled messages; ours are JSON (make_celery).
    warnings.filterwarnings("ignore", category=SecurityWarning)
    worker = Worker(
        app=celery,
        queues=list(queues),
        pool="threads",
        concurrency=concurrency or max(CONCURRENCY[queue] for queue in queues),
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel=settings.log_level,
        quiet=True,
    )
    worker.start()
    loop.run(house.close())
    loop.stop()
    return int(worker.exitcode or 0)


def furnish(house: House, domains: Sequence[str]) -> list[Handler]:
    """Opens the rooms that work on ``domains`` needs, and gives their handlers."""
    handlers: list[Handler] = []
    if "recycling" in domains:
        from bunri.domains.recycling import tasks as recycling

        rooms.recycling_work(house)
        handlers += recycling.HANDLERS
    if "waste" in domains:
        from bunri.domains.waste import tasks as waste

        rooms.waste_work(house)
        handlers += waste.HANDLERS
    return handlers


def _canary(house: House, queue: str) -> Handler:
    """Marks that the queue is worked on, with what the worker is missing."""

    async def run(*_: object) -> None:
        remark = await rooms.eyes_remark(house) if queue == "waste" else None
        await marks.mark(house.cache("common"), queue, remark)

    return Handler(f"canary.{queue}", run, None)
