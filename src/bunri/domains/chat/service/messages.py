"""Messages: posted once, edited, removed, signed, read. Each change is a row before anybody is told of it."""

from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.documents import VOTE, last_message, message_out
from bunri.domains.chat.errors import MessageEmpty, MessageMissing, NoPoll, NotAMember
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Member, Message, MessageType, Room, Seat
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import MessageIn, MessageOut
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction

MOST_SIGNS = 20
"""Different emojis on one message."""


class Messages:
    def __init__(self, transaction: Transaction[ChatRepository], pushes: Pushes, clock: Clock) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._clock = clock

    async def post(self, caller: Caller, room_id: UUID, said: MessageIn) -> MessageOut:
        """The message as it is kept. With the ``client_id`` of one that is kept already, that one: a sender who has
        lost the answer asks again, however late.

        Raises RoomMissing, NotAMember, RoomClosed, Muted, QuietHours, SlowMode, MessageEmpty, MessageMissing.
        """
        now = self._clock()
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, caller.id, lock=True)
            member = rules.member_of(seat)
            if said.client_id:
                kept = await repository.message_by_client_id(room_id, caller.id, said.client_id)
                if kept:
                    return await self._out(repository, kept)
            room = rules.known(seat).room
            rules.check_may_write(room, member, now)
            message = await self._add(repository, room, caller, said)
            await repository.note_sent(room_id, caller.id, message.created_at)
        posted = message_out(message)
        await self._pushes.new_message(posted)
        await self._pushes.room_updated(room, last_message(message))
        return posted

    async def _add(self, repository: ChatRepository, room: Room, caller: Caller, said: MessageIn) -> Message:
        content = said.content.strip()
        if not content:
            raise MessageEmpty
        if said.reply_to and await self._in_room(repository, room.id, said.reply_to) is None:
            raise MessageMissing
        mentions = await repository.member_ids(room.id, said.mentions) if said.mentions else set()
        seq, rev, at = await repository.next_numbers(room, self._clock())
        message = Message(
            id=new_id(),
            room_id=room.id,
            seq=seq,
            rev=rev,
            client_id=said.client_id,
            sender=caller.id,
            sender_name=caller.name,
            type=MessageType.POLL if said.choices else MessageType.TEXT,
            content=content,
            created_at=at,
            reply_to=said.reply_to,
            mentions=sorted(mentions),
            data={"choices": said.choices} if said.choices else {},
        )
        await repository.add_message(message)
        return message

    async def _in_room(self, repository: ChatRepository, room_id: UUID, message_id: UUID) -> Message | None:
        found = await repository.message(message_id)
        return found if found and found.room_id == room_id and not found.deleted_at else None

    # ── changed ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def edit(self, caller: Caller, message_id: UUID, content: str) -> MessageOut:
        """Raises MessageMissing, NotAMember, NotYours, RoomClosed, Muted, QuietHours, MessageEmpty."""
        written = content.strip()
        if not written:
            raise MessageEmpty
        now = self._clock()
        async with self._transaction() as repository:
            message, seat, member = await self._locked(repository, caller, message_id)
            rules.check_may_change(message, member)
            rules.check_may_edit(seat.room, member, now)
            rev = await repository.next_revision(seat.room)
            changed = await repository.change_message(message_id, content=written, edited_at=now, rev=rev)
            out = await self._out(repository, changed)
        await self._pushes.updated(out)
        return out

    async def remove(self, caller: Caller, message_id: UUID) -> None:
        """Its place stays, so that numbers have no gap; what was in it goes. Once more does no harm.

        Raises MessageMissing, NotAMember, NotYours.
        """
        now = self._clock()
        async with self._transaction() as repository:
            message, seat, member = await self._locked(repository, caller, message_id, removed_too=True)
            rules.check_may_change(message, member, remove=True)
            if message.deleted_at:
                return
            rev = await repository.next_revision(seat.room)
            gone = {"content": "", "data": {}, "mentions": [], "deleted_at": now, "rev": rev}
            message = await repository.change_message(message_id, **gone)
            if message.sender != caller.id:
                await repository.note_action(message.room_id, caller.id, "removed_message", message.sender, None, now)
            last = (await repository.newest([message.room_id])).get(message.room_id)
        newest = last_message(last) if last else None
        await self._pushes.deleted(message, newest)
        await self._pushes.room_updated(seat.room, newest)

    async def react(self, caller: Caller, message_id: UUID, emoji: str, *, on: bool) -> MessageOut:
        """Raises MessageMissing, NotAMember, RoomClosed, Muted."""
        async with self._transaction() as repository:
            message, seat, member = await self._locked(repository, caller, message_id)
            rules.check_may_edit(seat.room, member, self._clock())
            if not on:
                changed = await repository.remove_reactions(message_id, caller.id, [emoji])
            elif await repository.count_signs(message_id) < MOST_SIGNS:
                changed = await repository.add_reaction(message_id, caller.id, emoji)
            else:
                changed = False
            out = await self._signed(repository, seat.room, message, changed=changed)
        if changed:
            await self._pushes.updated(out)
        return out

    async def vote(self, caller: Caller, message_id: UUID, choice: int) -> MessageOut:
        """One vote a person; another one takes its place. Raises MessageMissing, NotAMember, RoomClosed, NoPoll."""
        async with self._transaction() as repository:
            message, seat, member = await self._locked(repository, caller, message_id)
            rules.check_may_edit(seat.room, member, self._clock())
            choices = message.data.get("choices", ())
            if choice >= len(choices):
                raise NoPoll
            others = [f"{VOTE}{number}" for number in range(len(choices)) if number != choice]
            moved = await repository.remove_reactions(message_id, caller.id, others)
            added = await repository.add_reaction(message_id, caller.id, f"{VOTE}{choice}")
            out = await self._signed(repository, seat.room, message, changed=moved or added)
        await self._pushes.updated(out)
        return out

    async def _signed(self, repository: ChatRepository, room: Room, message: Message, *, changed: bool) -> MessageOut:
        if changed:
            message = await repository.change_message(message.id, rev=await repository.next_revision(room))
        return await self._out(repository, message)

    async def _locked(
        self, repository: ChatRepository, caller: Caller, message_id: UUID, *, removed_too: bool = False
    ) -> tuple[Message, Seat, Member]:
        """The message in its room, which nobody else changes until the transaction ends."""
        found = await repository.message(message_id)
        seat = await repository.seat(found.room_id, caller.id, lock=True) if found else None
        message = await repository.message(message_id) if seat else None  # as it is now
        if seat is None or message is None or (message.deleted_at and not removed_too):
            raise MessageMissing
        if seat.member is None:
            raise NotAMember if seat.room.kind.is_open else MessageMissing
        return message, seat, seat.member

    async def _out(self, repository: ChatRepository, message: Message) -> MessageOut:
        signs = (await repository.reactions_of([message.id])).get(message.id)
        return message_out(message, signs, await repository.readers_of(message.room_id, message.seq, 10))

    # ── read and reported ─────────────────────────────────────────────────────────────────────────────────────────

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
        await self._pushes.read(room_id, caller.id, moved)
        return moved

    async def report(self, caller: Caller, message_id: UUID, reason: str) -> None:
        """Raises MessageMissing, NotAMember."""
        async with self._transaction() as repository:
            message, _, _ = await self._locked(repository, caller, message_id)
            await repository.report(message.id, caller.id, reason, self._clock())
