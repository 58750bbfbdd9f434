"""A handler: the service that does a task. Which event starts it, and on which queue, its module says."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from bunri.kit.events import Event
from bunri.platform.providers import Providers

S = TypeVar("S")
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Handler:
    """A task that a queue brings. ``name`` is the Celery task's name, so it stays when code moves."""

    name: str
    run: Callable[[Providers, dict[str, Any]], Coroutine[Any, Any, None]]
    takes: str | None
    """The topic of the event it understands; None for what beat starts."""
    retries: int = 0
    """How often a failure that may pass (kit.errors.Unavailable) is tried again, with growing pauses."""
    traced: bool = True
    """Whether a run of it may begin a trace."""


def handler(
    name: str, *, on: type[E], service: type[S], call: Callable[[S, E], Awaitable[None]], retries: int = 8
) -> Handler:
    """Calls ``service`` with an event of the kind ``on``."""

    async def run(providers: Providers, payload: dict[str, Any]) -> None:
        await call(providers.get(service), on.model_validate(payload))

    return Handler(name, run, on.topic, retries)


def scheduled(name: str, *, service: type[S], call: Callable[[S], Awaitable[object]]) -> Handler:
    """Calls ``service`` when beat says so. A failed run is not tried again: the next one comes."""

    async def run(providers: Providers, _: dict[str, Any]) -> None:
        await call(providers.get(service))

    return Handler(name, run, None)
