"""What chat keeps of a person: rooms, messages, signs, files, browsers."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from bunri.domains.chat import rules
from bunri.domains.chat.files import file_key
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Question, Role, RoomFile
from bunri.domains.chat.repository import ChatRepository
from bunri.kit.clock import Clock
from bunri.kit.user_data import PersonalData
from bunri.platform.db import Transaction

BATCH: Final = 500


class ChatUserData:
    """Implements ``kit.user_data.UserData``."""

    def __init__(self, transaction: Transaction[ChatRepository], pushes: Pushes, clock: Clock) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._clock = clock

    async def export(self, owner: str) -> PersonalData:
        async with self._transaction() as repository:
            rooms = await repository.memberships_of(owner)
            signs = await repository.reactions_by(owner)
            questions = await repository.questions_by(owner)
            agreed, differed = await repository.agreement_of(owner)
            files = await repository.files_by(owner)
            browsers = await repository.subscriptions_of(owner)
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
                "questions": [_question(each) for each in questions],
                "votes": {"agreed": agreed, "differed": differed},
                "files": [_file(each) for each in files],
                "notified_browsers": [
                    {
                        "push_service": urlsplit(each.endpoint).hostname,
                        "language": each.language,
                        "shows_text": each.shows_text,
                        "seen_at": each.seen_at.isoformat(),
                    }
                    for each in browsers
                ],
            },
            tuple(file_key(each.id, each.kind) for each in files),
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
        """The places of messages stay, so that numbers have no gap; nothing of the person does. Objects of files follow
        (FileRemoval)."""
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
                await self._leave(repository, room_id, owner, now)
            await self._pushes.left(room_id, owner)
            await self._pushes.removed(room_id, owner)
        async with self._transaction() as repository:
            await repository.remove_signs_of(owner)
            await repository.forget_questions_of(owner)
            await repository.remove_files_by(owner, now)
            await repository.remove_subscriptions_of(owner)

    async def _leave(self, repository: ChatRepository, room_id: UUID, owner: str, now: datetime) -> None:
        """A room that loses its owner gets another one; one that nobody is left in is closed, and so
        is a class's without a moderator."""
        seat = await repository.seat(room_id, owner, lock=True)
        next_ = await repository.oldest_member(room_id, owner)
        owned = seat is not None and seat.member is not None and seat.member.role == Role.OWNER
        if seat and owned and next_ and rules.may_inherit(seat.room, next_):
            await repository.change_member(room_id, next_.person, role=Role.OWNER)
        elif seat and ((owned and next_) or (next_ is None and not seat.room.area)):
            await repository.change_room(room_id, closed_at=seat.room.closed_at or now)
        await repository.remove_member(room_id, owner)

    async def upgrade(self, old: str, new: str) -> None:
        """In a room that both were in, the older joining and the higher read mark stay."""
        async with self._transaction() as repository:
            await repository.hand_over_messages(old, new)
            await repository.hand_over_members(old, new)
            await repository.hand_over_signs(old, new)
            await repository.hand_over_subscriptions(old, new)
            await repository.hand_over_questions(old, new)
            await repository.hand_over_files(old, new)


def _question(question: Question) -> dict[str, Any]:
    return {
        "room_id": str(question.room_id),
        "job_id": str(question.job_id),
        "state": question.state,
        "choices": [each.label for each in question.choices],
        "answer": question.answer,
        "settled_by": question.settled_by,
        "asked_at": question.asked_at.isoformat(),
    }


def _file(file: RoomFile) -> dict[str, Any]:
    return {
        "file_id": str(file.id),
        "room_id": str(file.room_id),
        "message_id": str(file.message_id) if file.message_id else None,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "created_at": file.created_at.isoformat(),
        "object": file_key(file.id, file.kind),
    }
