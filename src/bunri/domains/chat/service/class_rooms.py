"""Rooms of classes, which learning opens, fills and erases."""

from typing import Final
from uuid import UUID

from bunri.domains.chat import rules
from bunri.domains.chat.errors import RoomMissing, TooManyRooms
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Member, Role, Room, RoomKind, Seat
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.service.refused_words import RefusedWords
from bunri.domains.chat.settings import ChatSettings
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

MOST_TOLD: Final = 10_000
"""Members whose sockets are told that the room is gone; what is gone is gone for all."""


class ClassRooms:
    """``ChatPublic`` says what each does."""

    def __init__(
        self,
        transaction: Transaction[ChatRepository],
        pushes: Pushes,
        refused: RefusedWords,
        settings: ChatSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._refused = refused
        self._settings = settings
        self._clock = clock

    async def enter_class_room(self, room_id: UUID, room_name: str, person: str, name: str, teaches: bool) -> None:
        """As ``ChatPublic``."""
        self._refused.check([room_name, name])
        now = self._clock()
        async with self._transaction() as repository:
            if teaches:
                await repository.add_class_room(Room(room_id, RoomKind.CLASS, room_name, None, person, now, now))
            seat = _class_room(await repository.seat(room_id, person, lock=True))
            if seat.member:
                return
            rules.check_may_come(seat, now, invited=True)
            if await repository.count_rooms_of(person) >= self._settings.most_rooms:
                raise TooManyRooms(most=self._settings.most_rooms)
            role = Role.OWNER if teaches else Role.MEMBER
            await repository.add_member(Member(room_id, person, name, role, now, seat.room.last_seq))

    async def leave_class_room(self, room_id: UUID, person: str, teacher: str | None, name: str | None) -> None:
        """As ``ChatPublic``. Its owner stays without another: nobody would look after it."""
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, person, lock=True)
            if seat is None or seat.member is None or seat.room.kind != RoomKind.CLASS:
                return
            if seat.member.role == Role.OWNER:
                if teacher is None or teacher == person:
                    return
                heir = Member(room_id, teacher, name or "", Role.OWNER, self._clock(), seat.room.last_seq)
                if not await repository.add_member(heir):
                    await repository.change_member(room_id, teacher, role=Role.OWNER)
            await repository.remove_member(room_id, person)
        await self._pushes.left(room_id, person)
        await self._pushes.removed(room_id, person)

    async def erase_class_room(self, room_id: UUID) -> bool:
        """As ``ChatPublic``."""
        async with self._transaction() as repository:
            room = await repository.lock_room(room_id)
            if room is None or room.kind != RoomKind.CLASS:
                return True
            members = await repository.members_of(room_id, limit=MOST_TOLD)
            await repository.remove_files_of_room(room_id, self._clock())
            gone = await repository.erase_room(room, self._clock())
        for each in members:
            await self._pushes.removed(room_id, each.person)
        return gone


def _class_room(seat: Seat | None) -> Seat:
    """Raises RoomMissing."""
    if seat is None or seat.room.kind != RoomKind.CLASS:
        raise RoomMissing
    return seat
