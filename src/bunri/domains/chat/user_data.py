"""What chat keeps of a person: rooms, messages, signs."""

from typing import Any, Final
from uuid import UUID

from bunri.domains.chat.records import Role
from bunri.domains.chat.repository import ChatRepository
from bunri.kit.clock import Clock
from bunri.kit.user_data import PersonalData
from bunri.platform.db import Transaction

BATCH: Final = 500


class ChatUserData:
    """Implements ``kit.user_data.UserData``."""

    def __init__(self, transaction: Transaction[ChatRepository], clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    async def export(self, owner: str) -> PersonalData:
        async with self._transaction() as repository:
            rooms = await repository.memberships_of(owner)
            signs = await repository.reactions_by(owner)
        return PersonalData(
            {
                "rooms": [
                    {
                        "room_id": str(member.room_id),
                        "name": name,
                        "role": member.role,
                        "joined_at": member.joined_at.isoformat(),
                    }
                    for member, name in rooms
                ],
                "messages": await self._messages(owner),
                "reactions": [{"message_id": str(message_id), "sign": sign} for message_id, sign in signs],
            }
        )

    async def _messages(self, owner: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: UUID | None = None
        while True:
            async with self._transaction() as repository:
                page = await repository.messages_by(owner, after, BATCH)
            found += [
                {
                    "message_id": str(each.id),
                    "room_id": str(each.room_id),
                    "content": each.content,
                    "choices": each.data.get("choices"),
                    "created_at": each.created_at.isoformat(),
                    "edited_at": each.edited_at.isoformat() if each.edited_at else None,
                }
                for each in page
            ]
            if len(page) < BATCH:
                return found
            after = page[-1].id

    async def erase(self, owner: str) -> None:
        """The places of messages stay, so that numbers have no gap; nothing of the person does."""
        now = self._clock()
        async with self._transaction() as repository:
            written_in = await repository.rooms_with_messages_by(owner)
            rooms = await repository.rooms_of(owner)
        for room_id in written_in:
            async with self._transaction() as repository:
                seat = await repository.seat(room_id, owner, lock=True)
                if seat:
                    rev = await repository.next_revision(seat.room)
                    await repository.empty_messages_by(owner, room_id, rev, now)
        for room_id in rooms:
            async with self._transaction() as repository:
                await self._leave(repository, room_id, owner)
        async with self._transaction() as repository:
            await repository.remove_signs_of(owner)

    async def _leave(self, repository: ChatRepository, room_id: UUID, owner: str) -> None:
        """A room that loses its owner gets another one."""
        seat = await repository.seat(room_id, owner, lock=True)
        next_ = await repository.oldest_member(room_id, owner)
        if seat and seat.member and seat.member.role == Role.OWNER and next_:
            await repository.change_member(room_id, next_.person, role=Role.OWNER)
        await repository.remove_member(room_id, owner)

    async def upgrade(self, old: str, new: str) -> None:
        """In a room that both were in, the older joining and the higher read mark stay."""
        async with self._transaction() as repository:
            await repository.hand_over_messages(old, new)
            await repository.hand_over_members(old, new)
            await repository.hand_over_signs(old, new)
