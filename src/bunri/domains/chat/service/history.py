"""What was said in a room: pages both ways from any point, searches, and what a socket has missed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.documents import message_out, pushed
from bunri.domains.chat.pushes import room_channel
from bunri.domains.chat.records import Message
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import MessageOut
from bunri.domains.chat.settings import ChatSettings
from bunri.kit import finding
from bunri.kit.ids import parse_id
from bunri.platform.db import Transaction
from bunri.platform.realtime.ordered import Numbered

_READERS: Final = 50
_LOOKED_THROUGH: Final = 500
"""Messages with all pieces of what is looked for that one search looks at."""


class Page(NamedTuple):
    """Messages in the order in which they were said; the numbers that the pages before and after it begin from."""

    messages: list[MessageOut]
    before: int | None
    after: int | None


class History:
    def __init__(self, transaction: Transaction[ChatRepository], settings: ChatSettings) -> None:
        self._transaction = transaction
        self.event = "newMessage"
        self.most = settings.resent

    async def before(self, caller: Caller, room_id: UUID, seq: int | datetime | None, limit: int) -> Page:
        """The last messages before number ``seq``, or before a time; of the whole room without. Raises RoomMissing,
        NotAMember."""
        async with self._transaction() as repository:
            rules.member_of(await repository.seat(room_id, caller.id))
            number = await repository.seq_at(room_id, seq) if isinstance(seq, datetime) else seq
            found = await repository.before(room_id, number, limit + 1)
            messages = await _shown(repository, room_id, found[limit - 1 :: -1] if len(found) >= limit else found[::-1])
        more = len(found) > limit
        return Page(messages, messages[0].seq if more else None, messages[-1].seq if messages else None)

    async def after(self, caller: Caller, room_id: UUID, seq: int, limit: int) -> Page:
        """The first messages after number ``seq``. Raises RoomMissing, NotAMember."""
        async with self._transaction() as repository:
            rules.member_of(await repository.seat(room_id, caller.id))
            found = await repository.after(room_id, seq, limit + 1)
            messages = await _shown(repository, room_id, found[:limit])
        return Page(messages, seq if seq else None, messages[-1].seq if len(found) > limit else None)

    async def around(self, caller: Caller, room_id: UUID, seq: int, limit: int) -> Page:
        """Messages before and after number ``seq``, itself included. Raises RoomMissing, NotAMember."""
        half = limit // 2
        async with self._transaction() as repository:
            rules.member_of(await repository.seat(room_id, caller.id))
            older = await repository.before(room_id, seq, half + 1)
            newer = await repository.after(room_id, seq - 1, limit - half + 1)
            found = [*older[:half][::-1], *newer[: limit - half]]
            messages = await _shown(repository, room_id, found)
        before = messages[0].seq if len(older) > half else None
        return Page(messages, before, messages[-1].seq if len(newer) > limit - half else None)

    async def search(self, caller: Caller, room_id: UUID, words: str, before: int | None, limit: int) -> Page:
        """The newest messages that have each of ``words`` in them, by letters or initial consonants. Raises
        RoomMissing, NotAMember."""
        sought = finding.sought(words)
        async with self._transaction() as repository:
            rules.member_of(await repository.seat(room_id, caller.id))
            if not (sought.grams or sought.initials):
                return Page([], None, None)
            candidates = await repository.found(room_id, sought, before, _LOOKED_THROUGH)
            found = [each for each in candidates if finding.matches(each.content, words)]
            messages = await _shown(repository, room_id, found[:limit][::-1])
        unseen = len(found) > limit or len(candidates) == _LOOKED_THROUGH
        last = messages[0].seq if messages else candidates[-1].seq if candidates else None
        return Page(messages, last if unseen else None, None)

    async def changed(self, caller: Caller, room_id: UUID, rev: int, up_to_seq: int) -> list[MessageOut] | None:
        """Messages up to a number that have changed after revision ``rev``; None: too many. Raises RoomMissing,
        NotAMember."""
        async with self._transaction() as repository:
            rules.member_of(await repository.seat(room_id, caller.id))
            found = await repository.changed(room_id, rev, up_to_seq, self.most + 1)
            if len(found) > self.most:
                return None
            by_number = sorted(found, key=lambda each: each.rev)
            return await _shown(repository, room_id, by_number)

    async def first_number(self, room_id: UUID) -> int:
        """Of the oldest message that a room may still have."""
        async with self._transaction() as repository:
            return await repository.first_number(room_id)

    # ── implements platform.realtime.ordered.OrderedSource ────────────────────────────────────────────────────────

    async def missed(self, room: str, seq: int, limit: int) -> Sequence[Numbered]:
        """What was pushed to the channel of a room after number ``seq``."""
        room_id = _room_id(room)
        async with self._transaction() as repository:
            found = await repository.after(room_id, seq, limit)
            shown = await _shown(repository, room_id, found)
        return [Numbered(each.seq, pushed(each)) for each in shown]

    async def newest(self, rooms: Sequence[str]) -> Mapping[str, int]:
        async with self._transaction() as repository:
            numbers = await repository.last_numbers([_room_id(room) for room in rooms])
        return {room_channel(room_id): seq for room_id, seq in numbers.items()}


class HistoryOfChannels:
    """``History`` as the source of ordered rooms, which know nothing but channels."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.event = history.event
        self.most = history.most

    async def after(self, room: str, seq: int, limit: int) -> Sequence[Numbered]:
        return await self._history.missed(room, seq, limit)

    async def newest(self, rooms: Sequence[str]) -> Mapping[str, int]:
        return await self._history.newest(rooms)


async def _shown(repository: ChatRepository, room_id: UUID, messages: Sequence[Message]) -> list[MessageOut]:
    """With reactions and a few readers."""
    if not messages:
        return []
    signs = await repository.reactions_of([each.id for each in messages])
    readers = await repository.readers_of(room_id, min(each.seq for each in messages), _READERS)
    return [message_out(each, signs.get(each.id), readers) for each in messages]


def _room_id(channel: str) -> UUID:
    found = parse_id(channel.partition(":")[2])
    assert found is not None, "channels are made by room_channel"  # noqa: S101
    return found
