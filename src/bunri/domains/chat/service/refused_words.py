"""Words that are refused: everywhere, and in one room, whose moderators keep a list of their own."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.errors import WordRefused
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.settings import ChatSettings
from bunri.domains.chat.words import Words, entries_of, words_of
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction


class RefusedWords:
    """A file of words is read once, when the process first needs it."""

    def __init__(self, transaction: Transaction[ChatRepository], settings: ChatSettings, clock: Clock) -> None:
        self._transaction = transaction
        self._everywhere = Words(_entries(settings.words))
        self._clock = clock

    def check(self, texts: Sequence[str], of_room: Sequence[str] = ()) -> None:
        """Raises WordRefused where a word that is refused everywhere, or one of ``of_room``, is in one of ``texts``."""
        lists = [self._everywhere, words_of(tuple(of_room))]
        if any(words.are_in(text) for words in lists for text in texts):
            raise WordRefused

    async def of_room(self, caller: Caller, room_id: UUID) -> list[str]:
        """Its own list, as moderators see it. Raises RoomMissing, NotAMember, ModeratorsOnly."""
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, caller.id)
            rules.moderator_of(seat)
            return list(rules.known(seat).room.words)

    async def set_of_room(self, caller: Caller, room_id: UUID, entries: Sequence[str]) -> list[str]:
        """Raises RoomMissing, NotAMember, ModeratorsOnly."""
        kept = list(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))
        async with self._transaction() as repository:
            rules.moderator_of(await repository.seat(room_id, caller.id, lock=True))
            await repository.change_room(room_id, words=kept)
            await repository.note_action(
                room_id, caller.id, "changed", None, None, self._clock(), {"settings": ["words"]}
            )
        return kept


def _entries(words: tuple[str, ...] | Path) -> tuple[str, ...]:
    return entries_of(words.read_text("utf-8")) if isinstance(words, Path) else words
