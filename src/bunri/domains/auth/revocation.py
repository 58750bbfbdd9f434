"""Sessions that have ended while access tokens of theirs are still good: known to every process within seconds.

A token lives an hour at most, so the set is small: it holds what ended within the last hour. It is a sorted set in
Valkey, and a message on a channel for those who listen. A process that missed the message reads the set again soon.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from bunri.kit.clock import Clock
from bunri.platform.cache import Cache, CacheUnavailable

log = structlog.get_logger(__name__)

KEY: Final = "auth:ended_sessions"
READ_EVERY_S: Final = 20.0
RETRY_S: Final = 1.0

Ended = Callable[[UUID], None]


class EndedSessions:
    """One a process. ``access_ttl`` is the longest life of an access token."""

    def __init__(self, cache: Cache, access_ttl: timedelta, clock: Clock) -> None:
        self._cache = cache
        self._access_ttl = access_ttl
        self._clock = clock
        self._ended: frozenset[UUID] = frozenset()
        self._listeners: list[Ended] = []

    def contains(self, session_id: UUID) -> bool:
        """Whether the session is known here to have ended."""
        return session_id in self._ended

    def on_ended(self, listener: Ended) -> None:
        """Calls ``listener`` with each session, once it is known here to have ended."""
        self._listeners.append(listener)

    async def add(self, session_id: UUID) -> None:
        """Tells every process. Raises CacheUnavailable; once more does no harm."""
        self._learn({session_id})
        until = self._clock() + self._access_ttl
        await self._cache.add_until(KEY, str(session_id), until, now=self._clock())
        await self._cache.publish(KEY, str(session_id).encode())

    async def read(self) -> None:
        """Learns what Valkey has. Raises CacheUnavailable."""
        members = await self._cache.members_until(KEY, now=self._clock())
        self._learn({UUID(member.decode()) for member in members}, whole=True)

    async def follow(self) -> None:
        """Keeps up with the other processes, for ever. Cancelling it is the way to end it."""
        while True:
            try:
                await self._follow()
            except CacheUnavailable as error:
                log.warning("ended_sessions.not_followed", reason=str(error))
            await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        """Listens first and reads then, so that nothing that ends in between is missed."""
        async with self._cache.subscribed(KEY) as messages:
            await self.read()
            read_at = asyncio.get_running_loop().time()
            while True:
                message = await messages.next(READ_EVERY_S)
                if message is not None:
                    self._learn({UUID(message.decode())})
                if asyncio.get_running_loop().time() - read_at > READ_EVERY_S:
                    await self.read()
                    read_at = asyncio.get_running_loop().time()

    def _learn(self, ended: set[UUID], *, whole: bool = False) -> None:
        """``whole``: these are all; others have run out."""
        new = ended - self._ended
        self._ended = frozenset(ended) if whole else self._ended | ended
        for session_id in new:
            for listener in self._listeners:
                listener(session_id)
