"""What all changes of a message have in common."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat.documents import message_out
from bunri.domains.chat.errors import MessageMissing, NotAMember
from bunri.domains.chat.public import RoomSpoke
from bunri.domains.chat.records import Member, Message, NewMessage, Room, Seat
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import MessageOut

LOOKED_FOR: Final = timedelta(minutes=1)
"""After so long whoever was asked to look whom to tell of a room is taken for lost."""


async def locked(
    repository: ChatRepository, caller: Caller, message_id: UUID, *, removed_too: bool = False
) -> tuple[Message, Seat, Member]:
    """The message in its room, which nobody else changes until the transaction ends. Raises MessageMissing,
    NotAMember."""
    found = await repository.message(message_id)
    seat = await repository.seat(found.room_id, caller.id, lock=True) if found else None
    message = await repository.message(message_id) if seat else None  # as it is now
    if seat is None or message is None or (message.deleted_at and not removed_too):
        raise MessageMissing
    if seat.member is None:
        raise NotAMember if seat.room.kind.is_open else MessageMissing
    return message, seat, seat.member


async def added(repository: ChatRepository, room: Room, new: Sequence[NewMessage], now: datetime) -> list[Message]:
    """Messages at the end of a locked room, of which people's devices are told."""
    messages, is_to_be_told = await repository.add_messages(room, new, now, LOOKED_FOR)
    if is_to_be_told:
        await repository.add_event(RoomSpoke(room_id=room.id))
    return messages


async def signed(repository: ChatRepository, room: Room, message: Message, *, changed: bool) -> MessageOut:
    """After somebody reacted or voted; the room is locked."""
    if changed:
        message = await repository.change_message(message.id, rev=await repository.next_revision(room))
    return await shown(repository, message)


async def emptied(repository: ChatRepository, room: Room, message: Message, now: datetime) -> Message:
    """The message's place without what was in it, in a locked room; nobody needs to look at it any more."""
    rev = await repository.next_revision(room)
    gone = {"content": "", "data": {}, "mentions": [], "deleted_at": now, "reported": False, "rev": rev}
    await repository.settle_reports(message.id, now)
    await repository.remove_question_of(message.id)
    await repository.remove_files_of_message(message.id, now)
    return await repository.change_message(message.id, **gone)


async def shown(repository: ChatRepository, message: Message) -> MessageOut:
    """With reactions and a few readers."""
    signs = (await repository.reactions_of([message.id])).get(message.id)
    return message_out(message, signs, await repository.readers_of(message.room_id, message.seq, 10))
