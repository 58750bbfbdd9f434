"""Rooms: made, found, entered, left, changed, closed."""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.documents import invitation_out, member_out, room_out
from bunri.domains.chat.errors import InviteInvalid, RoomMissing, TooManyRooms
from bunri.domains.chat.presence import Presence
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Member, Role, Room, RoomKind, Seat
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import InvitationOut, InviteOut, MemberOut, RoomChange, RoomIn, RoomOut
from bunri.domains.chat.service.refused_words import RefusedWords
from bunri.domains.chat.settings import ChatSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction


class Rooms:
    def __init__(
        self,
        transaction: Transaction[ChatRepository],
        presence: Presence,
        pushes: Pushes,
        refused: RefusedWords,
        settings: ChatSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._presence = presence
        self._pushes = pushes
        self._refused = refused
        self._settings = settings
        self._clock = clock

    # ── made and found ────────────────────────────────────────────────────────────────────────────────────────────

    async def make(self, caller: Caller, said: RoomIn) -> RoomOut:
        """The caller owns it. A neighbourhood has one room: whoever asks for it comes in. Raises TooManyRooms,
        WordRefused."""
        self._refused.check([said.name])
        now = self._clock()
        area = said.area if said.kind == RoomKind.AREA else None
        async with self._transaction() as repository:
            await self._check_count(repository, caller.id)
            found = await repository.room_of_area(area) if area else None
            room = found or Room(new_id(), said.kind, said.name, area, caller.id, now, now)
            if found is None:
                await repository.add_room(room)
            role = Role.MEMBER if area else Role.OWNER
            await repository.add_member(Member(room.id, caller.id, caller.name, role, now, room.last_seq))
            seat = await repository.seat(room.id, caller.id)
        return room_out(rules.known(seat), None, 0)

    async def listed(
        self,
        caller: Caller,
        *,
        words: str | None = None,
        area: str | None = None,
        after: tuple[datetime, UUID] | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[RoomOut]:
        """The rooms that the caller is in or may come into, the liveliest first."""
        async with self._transaction() as repository:
            seats = await repository.listed(caller.id, words=words, area=area, after=after, before=before, limit=limit)
            newest = await repository.newest([seat.room.id for seat in seats])
        online = await self._presence.counts([seat.room.id for seat in seats])
        return [room_out(seat, newest.get(seat.room.id), online.get(seat.room.id, 0)) for seat in seats]

    async def get(self, caller: Caller, room_id: UUID) -> RoomOut:
        """Raises RoomMissing."""
        async with self._transaction() as repository:
            seat = rules.known(await repository.seat(room_id, caller.id))
            newest = await repository.newest([room_id])
        online = await self._presence.counts([room_id])
        return room_out(seat, newest.get(room_id), online.get(room_id, 0))

    async def members(self, caller: Caller, room_id: UUID, after: str, limit: int) -> list[MemberOut]:
        """Raises RoomMissing, NotAMember."""
        async with self._transaction() as repository:
            rules.member_of(await repository.seat(room_id, caller.id))
            members = await repository.members_of(room_id, after=after, limit=limit)
        here = await self._presence.people(room_id)
        return [member_out(member, member.person in here) for member in members]

    async def name_in(self, caller: Caller, room_id: UUID) -> str | None:
        """What others of the room see of the caller; None for who is no member."""
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, caller.id)
        return rules.name_in(seat.room, seat.member, caller.name) if seat and seat.member else None

    async def online(self, caller: Caller, room_id: UUID, most: int) -> tuple[list[tuple[str, str]], int]:
        """Who of its members is in the room now, with their names, the caller among them, and how many there are in
        all. Raises RoomMissing, NotAMember."""
        here = await self._presence.people(room_id)
        async with self._transaction() as repository:
            rules.member_of(await repository.seat(room_id, caller.id))
            shown = sorted(here, key=lambda person: (person != caller.id, person))[:most]
            return await repository.names_of(room_id, shown), len(here)

    async def online_anywhere(self, caller: Caller) -> list[tuple[str, str]]:
        """Who is in one of the caller's rooms now, each once."""
        async with self._transaction() as repository:
            rooms = await repository.rooms_of(caller.id)
        found: dict[str, str] = {}
        for room_id in rooms:
            people, _ = await self.online(caller, room_id, 500)
            found.update(dict(people))
        return sorted(found.items())

    # ── entered and left ──────────────────────────────────────────────────────────────────────────────────────────

    async def join(self, caller: Caller, room_id: UUID, invite: str | None = None) -> Seat:
        """Once more does no harm. Raises RoomMissing, InviteInvalid, Banned, RoomClosed, TooManyRooms."""
        now = self._clock()
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, caller.id)
            if seat is None:
                raise RoomMissing
            if seat.member:
                return seat
            invited = invite is not None and await repository.use_invite(_hash(invite), now) == room_id
            if invite is not None and not invited and not seat.room.kind.is_open:
                raise InviteInvalid
            rules.check_may_come(seat, now, invited=invited)
            await self._check_count(repository, caller.id)
            member = Member(room_id, caller.id, caller.name, Role.MEMBER, now, seat.room.last_seq)
            await repository.add_member(member)
        return replace(seat, member=member)

    async def join_by_invite(self, caller: Caller, invite: str) -> RoomOut:
        """Raises InviteInvalid, Banned, RoomClosed, TooManyRooms."""
        async with self._transaction() as repository:
            found = await repository.invitation(_hash(invite), self._clock())
        if found is None:
            raise InviteInvalid
        await self.join(caller, found.room_id, invite)
        return await self.get(caller, found.room_id)

    async def invitation(self, caller: Caller, invite: str) -> InvitationOut:
        """What a link leads to, before the caller comes in. Raises InviteInvalid, also where the room is closed, and
        Banned."""
        now = self._clock()
        async with self._transaction() as repository:
            found = await repository.invitation(_hash(invite), now)
            seat = await repository.seat(found.room_id, caller.id) if found else None
            if found is None or seat is None:
                raise InviteInvalid
            if seat.member is None:
                rules.check_may_be_invited(seat, now)
            members = await repository.count_members(found.room_id)
        return invitation_out(found, seat, members)

    async def leave(self, caller: Caller, room_id: UUID) -> None:
        """Gives up membership; once more does no harm. Of an owner who leaves, the oldest moderator or member takes the
        place; a room that nobody is left in is closed, and so is a class's room without a moderator."""
        now = self._clock()
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, caller.id, lock=True)
            if seat is None or seat.member is None:
                return
            await repository.remove_member(room_id, caller.id)
            next_ = await repository.oldest_member(room_id, caller.id)
            owned = seat.member.role == Role.OWNER
            if (next_ is None and not seat.room.area) or (next_ and owned and not rules.may_inherit(seat.room, next_)):
                await repository.change_room(room_id, closed_at=seat.room.closed_at or now)
            elif next_ and owned:
                await repository.change_member(room_id, next_.person, role=Role.OWNER)
        await self._pushes.left(room_id, caller.id)
        await self._pushes.removed(room_id, caller.id)

    async def _check_count(self, repository: ChatRepository, person: str) -> None:
        if await repository.count_rooms_of(person) >= self._settings.most_rooms:
            raise TooManyRooms(most=self._settings.most_rooms)

    # ── changed ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def change(self, caller: Caller, room_id: UUID, said: RoomChange) -> RoomOut:
        """Raises RoomMissing, NotAMember, ModeratorsOnly, WordRefused."""
        self._refused.check([said.name or ""])
        async with self._transaction() as repository:
            rules.moderator_of(await repository.seat(room_id, caller.id, lock=True))
            if changes := said.changes():
                await repository.change_room(room_id, **changes)
                details = {"settings": sorted(changes)}
                await repository.note_action(room_id, caller.id, "changed", None, None, self._clock(), details)
        return await self.get(caller, room_id)

    async def close(self, caller: Caller, room_id: UUID) -> None:
        """It can be read from now on, and nothing added. Raises RoomMissing, NotAMember, ModeratorsOnly."""
        async with self._transaction() as repository:
            rules.moderator_of(await repository.seat(room_id, caller.id, lock=True))
            await repository.change_room(room_id, closed_at=self._clock())
            await repository.note_action(room_id, caller.id, "closed", None, None, self._clock())

    async def invite(self, caller: Caller, room_id: UUID, uses: int) -> InviteOut:
        """Raises RoomMissing, NotAMember, ModeratorsOnly."""
        token, now = secrets.token_urlsafe(24), self._clock()
        expires_at = now + self._settings.invite_ttl
        async with self._transaction() as repository:
            rules.moderator_of(await repository.seat(room_id, caller.id))
            await repository.add_invite(_hash(token), room_id, caller.id, expires_at, uses)
        return InviteOut(token=token, path=f"/chat/join#{token}", expires_at=expires_at)

    async def set_notify(self, caller: Caller, room_id: UUID, notify: bool) -> None:
        """Raises RoomMissing, NotAMember."""
        async with self._transaction() as repository:
            rules.member_of(await repository.seat(room_id, caller.id))
            await repository.change_member(room_id, caller.id, notify=notify)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
