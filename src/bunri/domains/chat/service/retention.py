"""How long messages are kept: the service and each room may say so, and the shorter time counts."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from bunri.domains.chat import rules
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.settings import ChatSettings
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

ROOMS: Final = 100
"""Rooms that are looked up at once."""
BATCH: Final = 500
"""Messages that are removed while nobody else writes in their room."""


class Retention:
    def __init__(
        self, transaction: Transaction[ChatRepository], pushes: Pushes, settings: ChatSettings, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._settings = settings
        self._clock = clock

    async def expire(self) -> None:
        """Removes messages that are older than they may be, and links and bans that are over."""
        async with self._transaction() as repository:
            await repository.remove_old_invites(self._clock())
            await repository.remove_old_bans(self._clock())
        more = True
        while more:
            async with self._transaction() as repository:
                rooms = await repository.rooms_with_old_messages(self._clock(), self._settings.keep_messages, ROOMS)
            forgotten = [await self._forget(room_id) for room_id in rooms]
            more = len(rooms) == ROOMS and any(forgotten)

    async def _forget(self, room_id: UUID) -> bool:
        """Whether there was anything too old in the room."""
        first = None
        while (begins := await self._forget_some(room_id)) is not None:
            first = begins
        if first is not None:
            await self._pushes.forgotten(room_id, first)
        return first is not None

    async def _forget_some(self, room_id: UUID) -> int | None:
        """The number that the room begins with afterwards; None where nothing was too old."""
        async with self._transaction() as repository:
            room = await repository.lock_room(room_id)
            days = rules.days_kept(room, self._settings.keep_messages) if room else None
            if room is None or days is None:
                return None
            return await repository.forget_messages(room, self._clock() - timedelta(days=days), BATCH)
