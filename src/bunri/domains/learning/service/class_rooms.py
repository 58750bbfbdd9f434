"""The room of a class: chat has it, and learning says who is in it and when it is over."""

from typing import Final
from uuid import UUID

import structlog

from bunri.domains.chat.public import ChatPublic
from bunri.domains.learning.records import Role
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.repository.classes import PlaceInClass, RoomToLeave
from bunri.kit.errors import Unavailable
from bunri.platform.db import Transaction

BATCH: Final = 100
LONGEST_NAME: Final = 60
"""Of a room or a person, as chat takes them."""

log = structlog.get_logger(__name__)


class RoomsOfClasses:
    """Who leaves a class is noted by the database in the same transaction (``learning.rooms_to_leave``), and chat is
    told until it has answered: a worker that dies tells it once more, which does no harm."""

    def __init__(self, transaction: Transaction[LearningRepository], chat: ChatPublic) -> None:
        self._transaction = transaction
        self._chat = chat

    async def enter(self, place: PlaceInClass) -> None:
        """Raises what ``ChatPublic.enter_class_room`` does."""
        member, teaches = place.member, place.member.role == Role.OWNER
        room_name, name = place.deck.name[:LONGEST_NAME], member.name[:LONGEST_NAME]
        await self._chat.enter_class_room(place.school_class.id, room_name, member.person, name, teaches)

    async def leave(self, class_id: UUID) -> None:
        """At once for those who have just left a class; where chat does not answer, a little later."""
        try:
            await self._leave(class_id)
        except Unavailable as error:
            log.warning("class_room.later", class_id=str(class_id), reason=str(error))

    async def leave_all(self) -> None:
        """Raises Unavailable: what is left then is told the next time."""
        await self._leave(None)

    async def _leave(self, class_id: UUID | None) -> None:
        after: RoomToLeave | None = None
        while True:
            async with self._transaction() as repository:
                found = await repository.rooms_to_leave(class_id, after, BATCH)
            for each in found:
                if await self._left(each):
                    async with self._transaction() as repository:
                        await repository.left_room(each)
            if len(found) < BATCH:
                return
            after = found[-1]

    async def _left(self, one: RoomToLeave) -> bool:
        if not one.person:
            return await self._chat.erase_class_room(one.class_id)
        async with self._transaction() as repository:
            school_class = await repository.school_class(one.class_id)
            members = await repository.members(school_class.deck_id) if school_class else []
        if all(each.person != one.person for each in members):
            teacher = next((each for each in members if each.role == Role.OWNER), None)
            heir = (teacher.person, teacher.name[:LONGEST_NAME] or None) if teacher else (None, None)
            await self._chat.leave_class_room(one.class_id, one.person, *heir)
        return True
