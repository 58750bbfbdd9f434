"""Messages that somebody found wrong: reported, folded when several did, looked at and settled."""

from collections.abc import Sequence
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.documents import action_out, last_message, message_out, reported_out
from bunri.domains.chat.errors import MessageMissing, ModeratorsOnly
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Message, Room
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import ActionOut, MessageOut, ReportCounts, ReportedOut
from bunri.domains.chat.service.changing import emptied, locked, shown
from bunri.domains.chat.settings import ChatSettings
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

MOST_SHOWN = 50
"""Reports of one message that a moderator is shown."""

MOST_COUNTED = 100
"""Who has more to look at than that needs no exact number."""


class Reports:
    def __init__(
        self, transaction: Transaction[ChatRepository], pushes: Pushes, settings: ChatSettings, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._settings = settings
        self._clock = clock

    async def report(self, caller: Caller, message_id: UUID, reason: str) -> None:
        """Once more by the same person says nothing new. Raises MessageMissing, NotAMember."""
        async with self._transaction() as repository:
            message, seat, _ = await locked(repository, caller, message_id)
            await repository.report(message.id, caller.id, reason, self._clock())
            count = await repository.count_open_reports(message.id)
            fold = not message.reported and count >= self._settings.hide_after_reports
            out = await self._fold(repository, seat.room, message, reported=True) if fold else None
        if out:
            await self._pushes.updated(out)

    async def _fold(self, repository: ChatRepository, room: Room, message: Message, *, reported: bool) -> MessageOut:
        rev = await repository.next_revision(room)
        return await shown(repository, await repository.change_message(message.id, reported=reported, rev=rev))

    # ── looked at ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def of_room(self, caller: Caller, room_id: UUID, before: UUID | None, limit: int) -> list[ReportedOut]:
        """What nobody has looked at yet, the newest messages first; ``before``: the last message of the page before.
        Raises RoomMissing, NotAMember, ModeratorsOnly."""
        async with self._transaction() as repository:
            rules.check_may_look_after(await repository.seat(room_id, caller.id), caller.roles)
            return await _listed(repository, await repository.reported_in(room_id, before, limit))

    async def everywhere(self, caller: Caller, before: UUID | None, limit: int) -> list[ReportedOut]:
        """The same of all open rooms, for the platform's moderators. Raises ModeratorsOnly."""
        if not rules.looks_after_all(caller.roles):
            raise ModeratorsOnly
        async with self._transaction() as repository:
            return await _listed(repository, await repository.reported_in_open_rooms(before, limit))

    async def counts(self, caller: Caller) -> ReportCounts:
        """How much there is to look at, for who looks after rooms."""
        async with self._transaction() as repository:
            rooms = await repository.count_reported_for(caller.id, MOST_COUNTED)
            looks_after_all = rules.looks_after_all(caller.roles)
            everywhere = await repository.count_reported_in_open_rooms(MOST_COUNTED) if looks_after_all else None
        return ReportCounts(everywhere=everywhere, rooms=rooms)

    async def settle(self, caller: Caller, room_id: UUID, message_id: UUID, *, remove: bool) -> None:
        """Somebody has looked: the message goes, or it stays and is folded no more; what is reported later counts anew.
        It is noted. Once more does no harm.

        Raises RoomMissing, NotAMember, ModeratorsOnly, MessageMissing, NotYours.
        """
        now = self._clock()
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, caller.id, lock=True)
            rules.check_may_look_after(seat, caller.roles)
            room = rules.known(seat).room
            message = await repository.message(message_id)
            if message is None or message.room_id != room_id:
                raise MessageMissing
            if message.deleted_at:
                return
            rules.check_may_settle(message, caller.id, remove=remove)
            settled = await repository.settle_reports(message_id, now)
            if not (settled or remove):
                return
            if remove:
                message = await emptied(repository, room, message, now)
                out = message_out(message)
            else:
                out = await self._fold(repository, room, message, reported=False)
            kind = "removed_message" if remove else "kept_message"
            about = (room_id, caller.id, kind, message.sender, None, now)
            await repository.note_action(*about, {"messageId": str(message_id), "reports": settled})
            last = (await repository.newest([room_id])).get(room_id)
        if not remove:
            await self._pushes.updated(out)
            return
        newest = last_message(last) if last else None
        await self._pushes.deleted(message, newest)
        self._pushes.room_updated(room, newest)

    async def actions(self, caller: Caller, room_id: UUID, before: UUID | None, limit: int) -> list[ActionOut]:
        """What its moderators did, the newest first; ``before``: the last one of the page before. Raises RoomMissing,
        NotAMember, ModeratorsOnly."""
        async with self._transaction() as repository:
            rules.check_may_look_after(await repository.seat(room_id, caller.id), caller.roles)
            return [action_out(each) for each in await repository.actions_of(room_id, before, limit)]


async def _listed(repository: ChatRepository, found: Sequence[tuple[Message, str]]) -> list[ReportedOut]:
    """With who reported each and why; ``found``: messages and the names of their rooms."""
    ids = [message.id for message, _ in found]
    signs, reports = await repository.reactions_of(ids), await repository.open_reports_of(ids, MOST_SHOWN)
    return [
        reported_out(message_out(message, signs.get(message.id)), name, reports.get(message.id, ()))
        for message, name in found
    ]
