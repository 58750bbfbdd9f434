"""What a provider publishes and seldom changes (its addresses, its keys), fetched once for everybody."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bunri.kit.clock import Clock

T = TypeVar("T")


class Remembered(Generic[T]):
    """A value that ``fetch`` gets. However many ask at once, it is fetched once, and all get what came of it."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._kept: tuple[datetime, T] | None = None
        self._fetching: asyncio.Task[T] | None = None

    async def get(self, max_age: timedelta) -> T:
        """The value, fetched when there is none younger than ``max_age``. Raises what ``fetch`` raises."""
        if self._kept is not None and self._clock() - self._kept[0] < max_age:
            return self._kept[1]
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._renew())
            self._fetching.add_done_callback(self._end)
        return await asyncio.shield(self._fetching)  # who gives up waiting does not take it from the others

    async def _renew(self) -> T:
        value = await self._fetch()
        self._kept = (self._clock(), value)
        return value

    def _end(self, fetching: asyncio.Task[T]) -> None:
        self._fetching = None
        if not fetching.cancelled():
            fetching.exception()  # all who waited may have given up: without this asyncio would complain about it
