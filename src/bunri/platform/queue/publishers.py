"""From an event to its handlers: at once in this process (``bunri analyze``), or over Celery (``celery_publisher``)."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from bunri.kit.errors import Unavailable
from bunri.platform.providers import Providers
from bunri.platform.queue.handlers import Handler


class Route(NamedTuple):
    """A task and the queue it waits in."""

    task: str
    queue: str


Routes = Mapping[str, Sequence[Route]]
"""Topic → who is told."""


class BrokerUnavailable(Unavailable):
    """The broker does not take messages now; the outbox keeps them."""

    code = "broker_unavailable"


class Backlog(Protocol):
    """What has been published and not been taken yet."""

    async def waiting(self, topic: str) -> int:
        """Messages in the queues of those who are told of ``topic``, others in the same queues among them; what a
        worker has in hand is not counted. Raises BrokerUnavailable."""
        ...


class InlinePublisher:
    """Runs handlers in this process, one after the other, when ``drain`` is called."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self.messages: deque[tuple[str, dict[str, Any]]] = deque()

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        self.messages.extend((route.task, payload) for route in self._routes.get(topic, ()))

    async def waiting(self, topic: str) -> int:
        """Implements Backlog."""
        tasks = {route.task for route in self._routes.get(topic, ())}
        return sum(task in tasks for task, _ in self.messages)

    async def drain(self, handlers: Mapping[str, Handler], providers: Providers) -> None:
        """Runs everything published so far and everything that follows from it, up to the first failure."""
        try:
            while self.messages:
                task, payload = self.messages.popleft()
                await handlers[task].run(providers, payload)
        finally:
            self.messages.clear()
