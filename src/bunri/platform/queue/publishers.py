"""From an event to its handlers: over Celery, or at once in this process (``bunri analyze``)."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from celery import Celery
from kombu.exceptions import OperationalError

from bunri.kit.errors import Unavailable
from bunri.platform.queue.handlers import Handler
from bunri.platform.services import Services


class Route(NamedTuple):
    """A task and the queue it waits in."""

    task: str
    queue: str


Routes = Mapping[str, Sequence[Route]]
"""Topic → who is told."""


class BrokerUnavailable(Unavailable):
    """The broker does not take messages now; the outbox keeps them."""

    code = "broker_unavailable"


class CeleryPublisher:
    """Sends one Celery message per subscribed task."""

    def __init__(self, celery: Celery, routes: Routes) -> None:
        self._celery = celery
        self._routes = routes

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        for route in self._routes.get(topic, ()):
            try:
                await asyncio.to_thread(self._send, route, payload)
            except (OperationalError, OSError) as error:
                raise BrokerUnavailable from error

    def _send(self, route: Route, payload: dict[str, Any]) -> None:
        self._celery.send_task(route.task, args=(payload,), queue=route.queue, ignore_result=True, retry=False)


class InlinePublisher:
    """Runs handlers in this process, one after the other, when ``drain`` is called."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self.waiting: deque[tuple[str, dict[str, Any]]] = deque()

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        self.waiting.extend((route.task, payload) for route in self._routes.get(topic, ()))

    async def drain(self, handlers: Mapping[str, Handler], services: Services) -> None:
        """Runs everything published so far and everything that follows from it, up to the first failure."""
        try:
            while self.waiting:
                task, payload = self.waiting.popleft()
                await handlers[task].run(services, payload)
        finally:
            self.waiting.clear()
