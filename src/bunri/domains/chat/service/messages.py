"""Messages: posted once, edited, removed, signed, read. Each change is a row before anybody is told of it."""

from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.documents import last_message
from bunri.domains.chat.errors import MessageEmpty
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import MessageIn, MessageOut
from bunri.domains.chat.service.changing import emptied, locked, shown, signed
from bunri.domains.chat.service.posting import Posting
from bunri.domains.chat.service.refused_words import RefusedWords
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

MOST_SIGNS = 20
"""Different emojis on one message."""


class Messages:
    def __init__(
        self,
        transaction: Transaction[ChatRepository],
        posting: Posting,
        pushes: Pushes,
        refused: RefusedWords,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._posting = posting
        self._pushes = pushes
        self._refused = refused
        self._clock = clock

    async def post(self, caller: Caller, room_id: UUID, said: MessageIn) -> MessageOut:
        """The message as it is kept. With the ``client_id`` of one that is kept already, that one: a sender who has
        lost the answer asks again, however late.

        Raises RoomMissing, NotAMember, RoomClosed, Muted, QuietHours, SlowMode, MessageEmpty, WordRefused,
        MessageMissing, FileMissing, FileNotReady, FileUsed.
        """
        return await self._posting.post(caller, room_id, said)

    # ── changed ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def edit(self, caller: Caller, message_id: UUID, content: str) -> MessageOut:
        """Raises MessageMissing, NotAMember, NotYours, NotEditable, RoomClosed, Muted, MessageEmpty, WordRefused."""
        written = content.strip()
        now = self._clock()
        async with self._transaction() as repository:
            message, seat, member = await locked(repository, caller, message_id)
            if not written and not message.data.get("files"):
                raise MessageEmpty
            rules.check_may_change(message, member)
            rules.check_are_words(message)
            rules.check_may_edit(seat.room, member, now)
            self._refused.check([written], seat.room.words)
            rev = await repository.next_revision(seat.room)
            changed = await repository.change_message(message_id, content=written, edited_at=now, rev=rev)
            out = await shown(repository, changed)
        await self._pushes.updated(out)
        return out

    async def remove(self, caller: Caller, message_id: UUID) -> None:
        """Its place stays, so that numbers have no gap; what was in it goes. Once more does no harm.

        Raises MessageMissing, NotAMember, NotYours.
        """
        now = self._clock()
        async with self._transaction() as repository:
            message, seat, member = await locked(repository, caller, message_id, removed_too=True)
            rules.check_may_change(message, member, remove=True)
            if message.deleted_at:
                return
            message = await emptied(repository, seat.room, message, now)
            if message.sender != caller.id:
                about = (message.room_id, caller.id, "removed_message", message.sender, None, now)
                await repository.note_action(*about, {"messageId": str(message.id)})
            last = (await repository.newest([message.room_id])).get(message.room_id)
        newest = last_message(last) if last else None
        await self._pushes.deleted(message, newest)
        self._pushes.room_updated(seat.room, newest)

    async def react(self, caller: Caller, message_id: UUID, emoji: str, *, on: bool) -> MessageOut:
        """Raises MessageMissing, NotAMember, RoomClosed, Muted."""
        async with self._transaction() as repository:
            message, seat, member = await locked(repository, caller, message_id)
            rules.check_may_edit(seat.room, member, self._clock())
            if not on:
                changed = await repository.remove_reactions(message_id, caller.id, [emoji])
            elif await repository.count_signs(message_id) < MOST_SIGNS:
                changed = await repository.add_reaction(message_id, caller.id, emoji)
            else:
                changed = False
            out = await signed(repository, seat.room, message, changed=changed)
        if changed:
            await self._pushes.updated(out)
        return out

    # ── read ─────────────────────────────────────────────────────────────────────────────────────────

    async def mark_read(self, caller: Caller, room_id: UUID, seq: int | None, *, unread: bool = False) -> int:
        """Up to where the caller has read now. The mark moves forward only, unless it is put back on purpose: to before
        number ``seq`` with ``unread``. Raises RoomMissing, NotAMember."""
        async with self._transaction() as repository:
            seat = rules.known(await repository.seat(room_id, caller.id))
            member = rules.member_of(seat)
            to = seat.room.last_seq if seq is None else max(0, seq - 1) if unread else seq
            moved = await repository.read_up_to(room_id, caller.id, to, backwards=unread)
        if moved is None:
            return member.read_seq
        self._pushes.read(room_id, caller.id, moved)
        return moved
