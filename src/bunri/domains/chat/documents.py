"""From what is stored to what clients read."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bunri.domains.auth.public import public_tag
from bunri.domains.chat.records import Member, Message, MessageType, Seat
from bunri.domains.chat.schemas import LastMessage, MemberOut, MessageOut, PollChoice, RoomOut

VOTE: Final = "vote:"
"""Signs that are votes: ``vote:0`` is the first choice of a poll."""
READERS_SHOWN: Final = 10


def message_out(
    message: Message,
    reactions: Mapping[str, Sequence[str]] | None = None,
    readers: Sequence[tuple[str, int]] = (),
) -> MessageOut:
    """``readers``: who has read up to where. A removed message has nothing but its place."""
    signs = {} if message.deleted_at else dict(reactions or {})
    read_by = [person for person, seq in readers if seq >= message.seq and person != message.sender]
    return MessageOut(
        id=message.id,
        room=message.room_id,
        seq=message.seq,
        rev=message.rev,
        client_id=message.client_id,
        content=message.content,
        type=message.type,
        sender=message.sender,
        sender_username=message.sender_name,
        sender_hash=public_tag(message.sender),
        created_at=message.created_at,
        edited_at=message.edited_at,
        deleted=message.deleted_at is not None,
        reply_to=message.reply_to,
        mentions=list(message.mentions),
        reactions={sign: list(people) for sign, people in signs.items() if not sign.startswith(VOTE)},
        poll=_poll(message, signs),
        read_by=read_by[:READERS_SHOWN],
        files=list(message.data.get("files", [])),
        verdict=message.data.get("verdict"),
    )


def _poll(message: Message, signs: Mapping[str, Sequence[str]]) -> list[PollChoice] | None:
    if message.type != MessageType.POLL or message.deleted_at:
        return None
    return [
        PollChoice(text=text, votes=list(signs.get(f"{VOTE}{number}", ())))
        for number, text in enumerate(message.data["choices"])
    ]


def pushed(message: MessageOut) -> dict[str, Any]:
    """As JSON knows it, for a socket."""
    return message.model_dump(mode="json", by_alias=True)


def last_message(message: Message) -> LastMessage:
    return LastMessage(
        id=message.id,
        seq=message.seq,
        content=message.content,
        type=message.type,
        sender=message.sender,
        sender_username=message.sender_name,
        created_at=message.created_at,
    )


def room_out(seat: Seat, last: Message | None, online: int) -> RoomOut:
    """What is unread follows from two numbers, so no counter can go wrong."""
    room, member = seat.room, seat.member
    return RoomOut(
        id=room.id,
        name=room.name,
        kind=room.kind,
        area=room.area,
        last_message=last_message(last) if last else None,
        created_at=room.created_at,
        updated_at=room.updated_at,
        closed_at=room.closed_at,
        last_seq=room.last_seq,
        last_rev=room.last_rev,
        role=member.role if member else None,
        read_seq=member.read_seq if member else room.last_seq,
        unread=room.last_seq - member.read_seq if member else 0,
        notify=member.notify if member else False,
        online=online,
        slow_s=room.slow_s,
        quiet_from=room.quiet_from,
        quiet_until=room.quiet_until,
    )


def member_out(member: Member, online: bool) -> MemberOut:
    return MemberOut(
        user_id=member.person,
        username=member.name,
        hash=public_tag(member.person),
        role=member.role,
        joined_at=member.joined_at,
        muted_until=member.muted_until,
        online=online,
    )
