"""What moderators do with members: mute, send out, keep out, make moderators. Each is noted."""

from datetime import datetime, timedelta
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.documents import ban_out
from bunri.domains.chat.errors import NotAMember
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Ban, Member, Role
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import BanOut, ModerationIn
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction


class Moderation:
    def __init__(self, transaction: Transaction[ChatRepository], pushes: Pushes, clock: Clock) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._clock = clock

    async def act(self, caller: Caller, room_id: UUID, person: str, said: ModerationIn) -> None:
        """Raises RoomMissing, NotAMember, ModeratorsOnly."""
        lasting, now = timedelta(minutes=said.minutes), self._clock()
        async with self._transaction() as repository:
            actor = rules.moderator_of(await repository.seat(room_id, caller.id, lock=True))
            target = await self._target(repository, room_id, person)
            if target is None and said.action not in ("ban", "unban"):
                raise NotAMember
            rules.check_may_moderate(actor, target, roles=said.action in ("promote", "demote"))
            until = now + lasting if said.action in ("mute", "ban") else None
            if said.action == "ban":
                await repository.ban(room_id, Ban(person, target.name if target else "", now + lasting))
            await _do(repository, room_id, person, said.action, until)
            await repository.note_action(room_id, caller.id, said.action, person, until, now)
        if said.action in ("kick", "ban"):
            await self._pushes.left(room_id, person)
            await self._pushes.removed(room_id, person)

    async def bans(self, caller: Caller, room_id: UUID, after: str, limit: int) -> list[BanOut]:
        """Who may not come back for now. Raises RoomMissing, NotAMember, ModeratorsOnly."""
        async with self._transaction() as repository:
            rules.moderator_of(await repository.seat(room_id, caller.id))
            found = await repository.bans_of(room_id, self._clock(), after=after, limit=limit)
        return [ban_out(each) for each in found]

    async def _target(self, repository: ChatRepository, room_id: UUID, person: str) -> Member | None:
        seat = await repository.seat(room_id, person)
        return seat.member if seat else None


async def _do(repository: ChatRepository, room_id: UUID, person: str, action: str, until: datetime | None) -> None:
    match action:
        case "mute" | "unmute":
            await repository.change_member(room_id, person, muted_until=until)
        case "kick" | "ban":
            await repository.remove_member(room_id, person)
        case "unban":
            await repository.lift_ban(room_id, person)
        case "promote" | "demote":
            role = Role.MODERATOR if action == "promote" else Role.MEMBER
            await repository.change_member(room_id, person, role=role)
