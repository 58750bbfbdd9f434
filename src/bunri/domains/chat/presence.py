"""Who is in which room now, on all nodes: members of a sorted set that run out unless their node renews them.

A node that dies takes nobody along for longer than ``ttl``. Several tabs are one person: a node counts its own sockets,
and in Valkey there is one entry for each person and node.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from bunri.kit.clock import Clock
from bunri.platform.cache import Cache, CacheUnavailable


class Gone(NamedTuple):
    """Somebody whose last entry in a room has run out."""

    room_id: UUID
    person: str


class Presence:
    def __init__(self, cache: Cache, ttl: timedelta, clock: Clock) -> None:
        self._cache = cache
        self._ttl = ttl
        self._clock = clock
        self._node = secrets.token_hex(4)
        self._sockets: dict[UUID, Counter[str]] = {}

    async def enter(self, room_id: UUID, person: str) -> bool:
        """A socket of ``person`` is in the room; whether they were not before, on any node."""
        here = self._sockets.setdefault(room_id, Counter())
        here[person] += 1
        if here[person] > 1:
            return False
        until = self._clock() + self._ttl
        return await self._cache.add_entry(_key(room_id), _entry(person, self._node), until, now=self._clock())

    async def leave(self, room_id: UUID, person: str) -> bool:
        """A socket has left; whether the person is in the room by no other, on any node."""
        here = self._sockets.get(room_id)
        if not here or not here[person]:
            return False
        here[person] -= 1
        if here[person]:
            return False
        del here[person]
        if not here:
            del self._sockets[room_id]
        return await self._cache.remove_entry(_key(room_id), _entry(person, self._node), now=self._clock())

    async def renew(self) -> list[Gone]:
        """Renews what this node knows, and finds those whose node has died."""
        now = self._clock()
        gone = []
        for room_id, here in list(self._sockets.items()):
            entries = [_entry(person, self._node) for person in here]
            run_out = await self._cache.renew_entries(_key(room_id), entries, now + self._ttl, now=now)
            gone += [Gone(room_id, person) for person in run_out]
        return gone

    async def people(self, room_id: UUID) -> set[str]:
        """Who is in the room; without Valkey those of this node."""
        try:
            entries = await self._cache.entries(_key(room_id), now=self._clock())
        except CacheUnavailable:
            return set(self._sockets.get(room_id, ()))
        return {entry.partition(" ")[0] for entry in entries}

    async def counts(self, room_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        found = await asyncio.gather(*(self.people(room_id) for room_id in room_ids))
        return {room_id: len(people) for room_id, people in zip(room_ids, found, strict=True)}


def _key(room_id: UUID) -> str:
    return f"chat:presence:{room_id}"


def _entry(person: str, node: str) -> str:
    return f"{person} {node}"
