"""A handler: the service that does a task. Which event starts it, and on which queue, is the house's business."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from bunri.kit.events import Event
from bunri.platform.services import Services

S = TypeVar("S")
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Handler:
    """A task that a queue brings. ``name`` is the Celery task's name, so it stays when code moves."""

    name: str
    run: Callable[[Services, dict[str, Any]], Coroutine[Any, Any, None]]
    takes: str | None
    """The topic of the event it understands; None for what beat starts."""
    retries: int = 0
    """How often a failure that may pass (kit.errors.Unavailable) is tried again, with growing pauses."""


def handler(
    name: str, *, on: type[E], service: type[S], call: Callable[[S, E], Awaitable[None]], retries: int = 8
) -> Handler:
    """Opens ``service`` for an event of the kind ``on`` and calls it."""

    async def run(services: Services, payload: dict[str, Any]) -> None:
        async with services.open(service) as opened:
            await call(opened, on.model_validate(payload))

    return Handler(name, run, on.topic, retries)


def scheduled(name: str, *, service: type[S], call: Callable[[S], Awaitable[object]]) -> Handler:
    """Opens ``service`` when beat says so and calls it. A failed run is not tried again: the next one comes."""

    async def run(services: Services, _: dict[str, Any]) -> None:
        async with services.open(service) as opened:
            await call(opened)

    return Handler(name, run, None)
