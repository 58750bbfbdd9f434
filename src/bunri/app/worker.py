"""``bunri work``: the Celery worker of some queues."""

import contextlib
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
from bunri.app.targets import known
from bunri.kit.errors import Unavailable
from bunri.platform.queue import CeleryPublisher, Handler
from bunri.platform.queue.celery import Loop, make_celery, register
from bunri.platform.queue.pulse import Pulse, watch

log = structlog.get_logger(__name__)

CONCURRENCY = {"waste": 1, "recycling": 8, "default": 8}
"""One photo at a time, since looking uses the core it has; advice mostly waits for somebody else's model."""


def work(settings: Settings, queues: Sequence[str], concurrency: int | None = None) -> int:
    """Works on ``queues`` until told to stop (SIGTERM ends the tasks in hand first); returns the exit status."""
    known(queues)
    celery = make_celery(settings.cache_address("broker"))
    publisher = CeleryPublisher(celery, ROUTES)
    house = House(settings, publisher)
    house.closing.callback(publisher.close)
    loop, pulse = Loop(), Pulse(worked=lambda: loop.spawn(_mark(house, queues)))
    loop.start()
    handlers = furnish(house, queues)
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
        concurrency=concurrency or min(CONCURRENCY[queue] for queue in queues),
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


def furnish(house: House, queues: Sequence[str]) -> list[Handler]:
    """Opens the rooms that work on ``queues`` needs, and gives their handlers."""
    handlers: list[Handler] = []
    if "recycling" in queues:
        from bunri.domains.recycling.tasks import HANDLERS

        rooms.recycling_work(house)
        handlers += HANDLERS
    if "default" in queues:
        from bunri.domains.waste.tasks import DESK

        rooms.waste_desk(house)
        handlers += DESK
    if "waste" in queues:
        from bunri.domains.waste.tasks import eyes

        rooms.waste_eyes(house)
        handlers += eyes()
    return handlers


async def _mark(house: House, queues: Sequence[str]) -> None:
    """Work that was done proves as much as a canary, which may be waiting behind it."""
    with contextlib.suppress(Unavailable):
        for queue in queues:
            await marks.mark(house.cache("common"), queue, house.remarks.get(queue))


def _canary(house: House, queue: str) -> Handler:
    """Marks that the queue is worked on, with what the worker is missing."""

    async def run(*_: object) -> None:
        if queue == "waste":
            house.remarks[queue] = await rooms.eyes_remark(house)
        await marks.mark(house.cache("common"), queue, house.remarks.get(queue))

    return Handler(f"canary.{queue}", run, None)
