"""A sibling in this process."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bunri.app.links.methods import Method, Open, linked

P = TypeVar("P")


def local(protocol: type[P], opened: Open) -> P:
    """``protocol`` served by a service in this process, in a transaction of its own for each call."""

    def call(method: Method) -> Callable[..., Awaitable[Any]]:
        async def run(*args: Any, **kwargs: Any) -> Any:
            async with opened() as service:
                return await getattr(service, method.name)(*args, **kwargs)

        return run

    return linked(protocol, call)
