"""What changes often is told once a second: the newest state of each thing, at the end of its second."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

EVERY_S: Final = 1.0


class Coalesced(Generic[K, V]):
    """Calls ``send`` with the newest value of each key, a second after the first one was put and not before; so it
    tells of each key at most once a second, and of its last value for sure."""

    def __init__(
        self, send: Callable[[K, V], Awaitable[None]], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._send = send
        self._sleep = sleep
        self._waiting: dict[K, V] = {}
        self._tasks: dict[K, asyncio.Task[None]] = {}

    def get(self, key: K) -> V | None:
        """What is going to be told."""
        return self._waiting.get(key)

    def put(self, key: K, value: V) -> None:
        self._waiting[key] = value
        if key not in self._tasks:
            self._tasks[key] = asyncio.get_running_loop().create_task(self._later(key))

    async def _later(self, key: K) -> None:
        await self._sleep(EVERY_S)
        del self._tasks[key]
        await self._send(key, self._waiting.pop(key))

    async def flush(self) -> None:
        """Tells at once what waits: the process is about to end."""
        tasks, waiting = list(self._tasks.values()), dict(self._waiting)
        self._tasks.clear()
        self._waiting.clear()
        for task in tasks:
            task.cancel()
        for key, value in waiting.items():
            await self._send(key, value)
