"""From what is stored to what clients read."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bunri.domains.auth.public import public_tag
from bunri.domains.chat.records import Action, Ban, FileKind, Invitation, Member, Message, Report, Seat
from bunri.domains.chat.schemas import (
    ActionOut,
    BanOut,
    BinOut,
    FileOut,
    InvitationOut,
    LastMessage,
    MemberOut,
    MessageOut,
    PollChoice,
    ReportedOut,
    ReportOut,
    RoomOut,
)
from bunri.domains.chat.verdicts import VerdictOut

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
        reported=message.reported,
        reply_to=message.reply_to,
        mentions=list(message.mentions),
        reactions={sign: list(people) for sign, people in signs.items() if not sign.startswith(VOTE)},
        poll=_poll(message, signs),
        read_by=read_by[:READERS_SHOWN],
        files=[file_out(each) for each in message.data.get("files", ())],
        verdict=VerdictOut.model_validate(message.data["verdict"]) if "verdict" in message.data else None,
        bin=BinOut.model_validate(message.data["bin"]) if "bin" in message.data else None,
    )


def file_out(described: Mapping[str, Any]) -> FileOut:
    """From what ``files.described`` gives."""
    url = f"/api/v1/chat/files/{described['id']}"
    is_picture = described["kind"] == FileKind.IMAGE
    return FileOut(**described, url=url, thumbnail_url=f"{url}/thumbnail" if is_picture else None)


def _poll(message: Message, signs: Mapping[str, Sequence[str]]) -> list[PollChoice] | None:
    if message.deleted_at or not message.data.get("choices"):
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
        first_seq=room.first_seq,
        last_seq=room.last_seq,
        last_rev=room.last_rev,
        role=member.role if member else None,
        read_seq=member.read_seq if member else room.last_seq,
        unread=room.last_seq - max(member.read_seq, room.first_seq - 1) if member else 0,
        notify=member.notify if member else False,
        online=online,
        slow_s=room.slow_s,
        quiet_from=room.quiet_from,
        quiet_until=room.quiet_until,
        keep_days=room.keep_days,
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


def ban_out(ban: Ban) -> BanOut:
    return BanOut(user_id=ban.person, username=ban.name, hash=public_tag(ban.person), until=ban.until)


def invitation_out(found: Invitation, seat: Seat, members: int) -> InvitationOut:
    return InvitationOut(
        room=found.room_id,
        name=seat.room.name,
        kind=seat.room.kind,
        members=members,
        invited_by=found.invited_by,
        expires_at=found.expires_at,
        joined=seat.member is not None,
    )


def reported_out(message: MessageOut, room_name: str, reports: Sequence[Report]) -> ReportedOut:
    told = [
        ReportOut(user_id=each.person, username=each.name, reason=each.reason, created_at=each.created_at)
        for each in reports
    ]
    return ReportedOut(message=message, room_name=room_name, reports=told)


def action_out(action: Action) -> ActionOut:
    return ActionOut(
        id=action.id,
        kind=action.kind,
        actor=action.actor,
        actor_username=action.actor_name,
        target=action.target,
        target_username=action.target_name,
        until=action.until,
        details=dict(action.details),
        created_at=action.created_at,
    )
