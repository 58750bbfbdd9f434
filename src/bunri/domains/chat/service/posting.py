"""Messages on their way into a room.

A room's messages are numbered without a gap, so one is stored after the other, and a busy room would be as quick as one
transaction is. Therefore those that arrive while a transaction of their room is under way are stored together by the
next one: whoever speaks alone waits for nobody, and where many speak, each waits for two transactions at most. Those
who answer each other would take turns, one alone and all the others after it, so a busy room waits a moment for them
to come together.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.documents import last_message, message_out
from bunri.domains.chat.errors import MessageEmpty, MessageMissing
from bunri.domains.chat.files import described, type_of_message
from bunri.domains.chat.public import CoachAddressed
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Member, Message, MessageType, NewMessage, Room, RoomFile, Seat
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.repository.adding import SaidBefore
from bunri.domains.chat.schemas import MessageIn, MessageOut
from bunri.domains.chat.service.attaching import attachable
from bunri.domains.chat.service.changing import added, shown
from bunri.domains.chat.service.refused_words import RefusedWords
from bunri.domains.chat.verdicts import asked_in
from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError, Unavailable
from bunri.platform.db import Transaction

AT_ONCE: Final = 64
"""Messages of one transaction."""
TOGETHER_S: Final = 0.002
"""How long a room in which several have just spoken waits for what they say next."""


@dataclass(eq=False, slots=True)
class _Post:
    """A message that waits for its transaction, and what becomes of it there."""

    caller: Caller
    said: MessageIn
    answer: asyncio.Future[MessageOut]
    new: NewMessage | None = None
    files: Sequence[RoomFile] = ()
    posted: MessageOut | None = None
    refused: BunriError | None = None
    again: "_Post | None" = None
    """The same message, further ahead in the same transaction."""

    @property
    def key(self) -> tuple[str, str] | None:
        """By which it is known again."""
        return (self.caller.id, self.said.client_id) if self.said.client_id else None

    def settle(self, error: Exception | None = None) -> None:
        first = self.again or self
        if self.answer.done():
            return  # whoever sent it has gone
        if error := error or first.refused:
            self.answer.set_exception(error)
        elif first.posted:
            self.answer.set_result(first.posted)


class Posting:
    def __init__(
        self, transaction: Transaction[ChatRepository], pushes: Pushes, refused: RefusedWords, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._refused = refused
        self._clock = clock
        self._waiting: dict[UUID, deque[_Post]] = {}
        """Of each room that is being written to."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def post(self, caller: Caller, room_id: UUID, said: MessageIn) -> MessageOut:
        """As ``Messages.post``."""
        post = _Post(caller, said, asyncio.get_running_loop().create_future())
        if room_id in self._waiting:
            self._waiting[room_id].append(post)
        else:
            self._waiting[room_id] = deque([post])
            task = asyncio.create_task(self._work(room_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await post.answer

    async def _work(self, room_id: UUID) -> None:
        """Until nobody waits any more."""
        while batch := _next(self._waiting[room_id]):
            await self._store(room_id, batch)
            if len(batch) > 1:
                await asyncio.sleep(TOGETHER_S)
        del self._waiting[room_id]

    async def _store(self, room_id: UUID, batch: Sequence[_Post]) -> None:
        """What happens to one message, or to all of them, does not stop those that come after."""
        try:
            room, messages = await self._kept(room_id, batch)
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, Unavailable):  # one that breaks shall break alone
                for each in batch:
                    await self._store(room_id, [replace(each)])
                return
            for each in batch:
                each.settle(error)
            return
        for each in batch:
            if each.new and each.posted:
                await self._pushes.new_message(each.posted)
        if room and messages:
            self._pushes.room_updated(room, last_message(messages[-1]))
        for each in batch:
            each.settle()

    async def _kept(self, room_id: UUID, batch: Sequence[_Post]) -> tuple[Room | None, list[Message]]:
        """The room, and what is new in it. Hardly any message was stored before, and the database takes none twice, so
        it is asked for those only where one may be among them."""
        if not any(each.said.file_ids for each in batch):  # a file that a message has cannot be had again
            with suppress(SaidBefore):
                return await self._put(room_id, batch, may_be_known=False)
        return await self._put(room_id, batch, may_be_known=True)

    async def _put(
        self, room_id: UUID, batch: Sequence[_Post], *, may_be_known: bool
    ) -> tuple[Room | None, list[Message]]:
        """As ``_kept``. Raises SaidBefore only where none ``may_be_known``."""
        async with self._transaction() as repository:
            seats = await repository.seats(room_id, {each.caller.id for each in batch})
            keys = [each.key for each in batch if each.key and may_be_known]
            known = await repository.messages_by_client_ids(room_id, keys)
            await self._look_at(repository, known, seats, batch)
            if not may_be_known and any(each.refused and each.key for each in batch):
                raise SaidBefore  # perhaps: what is refused now may have been taken when it first came
            new = [each for each in batch if each.new]
            room = seats[new[0].caller.id].room if new else None
            return room, await self._add(repository, room, new) if room else []

    async def _look_at(
        self,
        repository: ChatRepository,
        known: Mapping[tuple[str, str] | None, Message],
        seats: Mapping[str, Seat],
        batch: Sequence[_Post],
    ) -> None:
        """Says of each message whether it is new, was stored before, or is refused. The room is locked."""
        ahead: dict[tuple[str, str], _Post] = {}
        sent: dict[str, datetime] = {}
        for each in batch:
            each.new = each.posted = each.refused = each.again = None
            try:
                if each.key and each.key in ahead:
                    each.again = ahead[each.key]
                elif each.key and each.key in known:
                    rules.member_of(seats.get(each.caller.id))
                    each.posted = await shown(repository, known[each.key])
                else:
                    each.new = await self._new(repository, seats.get(each.caller.id), sent, each)
                    if each.key:
                        ahead[each.key] = each
            except BunriError as error:
                each.refused = error

    async def _new(
        self, repository: ChatRepository, seat: Seat | None, sent: dict[str, datetime], post: _Post
    ) -> NewMessage:
        """``sent``: when who said something in this transaction, which slow mode counts as well."""
        member, now = rules.member_of(seat), self._clock()
        room = rules.known(seat).room
        last = sent.get(member.person, member.last_sent_at)
        rules.check_may_write(room, replace(member, last_sent_at=last), now)
        new = await self._made(repository, room, member, post)
        sent[member.person] = now
        return new

    async def _made(self, repository: ChatRepository, room: Room, member: Member, post: _Post) -> NewMessage:
        caller, said, content = post.caller, post.said, post.said.content.strip()
        if not content and not said.file_ids:
            raise MessageEmpty
        self._refused.check([content, *(said.choices or ())], room.words)
        if said.reply_to and await self._in_room(repository, room.id, said.reply_to) is None:
            raise MessageMissing
        post.files = await attachable(repository, caller, room.id, said.file_ids)
        mentions = await repository.member_ids(room.id, said.mentions) if said.mentions else set()
        return NewMessage(
            sender=caller.id,
            sender_name=rules.name_in(room, member, caller.name),
            type=_type_of(said, post.files),
            content=content,
            client_id=said.client_id,
            reply_to=said.reply_to,
            mentions=sorted(mentions),
            data=_data_of(said, post.files),
        )

    async def _in_room(self, repository: ChatRepository, room_id: UUID, message_id: UUID) -> Message | None:
        found = await repository.message(message_id)
        return found if found and found.room_id == room_id and not found.deleted_at else None

    async def _add(self, repository: ChatRepository, room: Room, posts: Sequence[_Post]) -> list[Message]:
        messages = await added(repository, room, [post.new for post in posts if post.new], self._clock())
        for post, message in zip(posts, messages, strict=True):
            post.posted = message_out(message)
            if post.files:
                await repository.attach_files([each.id for each in post.files], message.id)
            if asked_in(message.content) is not None:
                await repository.add_event(CoachAddressed(message_id=message.id))
        return messages


def _next(waiting: deque[_Post]) -> list[_Post]:
    """Those that go into one transaction. One with files goes alone: a file belongs to one message."""
    batch: list[_Post] = []
    while waiting and len(batch) < AT_ONCE and not (batch and (batch[0].said.file_ids or waiting[0].said.file_ids)):
        batch.append(waiting.popleft())
    return batch


def _type_of(said: MessageIn, files: Sequence[RoomFile]) -> MessageType:
    if said.choices:
        return MessageType.POLL
    return type_of_message(files) if files else MessageType.TEXT


def _data_of(said: MessageIn, files: Sequence[RoomFile]) -> dict[str, Any]:
    data: dict[str, Any] = {"choices": said.choices} if said.choices else {}
    return data | {"files": [described(each) for each in files]} if files else data
