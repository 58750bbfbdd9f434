"""Who may do what in a room, and when. Pure rules."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bunri.domains.chat.errors import (
    Banned,
    ModeratorsOnly,
    Muted,
    NotAMember,
    NotYours,
    QuietHours,
    RoomClosed,
    RoomMissing,
    SlowMode,
)
from bunri.domains.chat.records import Member, Message, Role, Room, Seat

SEOUL: Final = ZoneInfo("Asia/Seoul")


def known(seat: Seat | None) -> Seat:
    """A room that the caller may know of. Raises RoomMissing."""
    if seat is None or not (seat.member or seat.room.kind.is_open):
        raise RoomMissing
    return seat


def member_of(seat: Seat | None) -> Member:
    """Raises RoomMissing, NotAMember."""
    member = known(seat).member
    if member is None:
        raise NotAMember
    return member


def moderator_of(seat: Seat | None) -> Member:
    """Raises RoomMissing, NotAMember, ModeratorsOnly."""
    member = member_of(seat)
    if not member.role.moderates:
        raise ModeratorsOnly
    return member


def check_may_come(seat: Seat, now: datetime, *, invited: bool) -> None:
    """Raises RoomMissing, Banned, RoomClosed."""
    if not invited:
        known(seat)
    if seat.banned_until and seat.banned_until > now:
        raise Banned(until=seat.banned_until.isoformat())
    if seat.room.closed_at:
        raise RoomClosed


def check_may_write(room: Room, member: Member, now: datetime) -> None:
    """Raises RoomClosed, Muted, QuietHours, SlowMode."""
    if room.closed_at:
        raise RoomClosed
    if member.role.moderates:
        return
    if member.muted_until and member.muted_until > now:
        raise Muted(until=member.muted_until.isoformat())
    if is_quiet(room, now):
        raise QuietHours(until=room.quiet_until.isoformat("minutes") if room.quiet_until else "")
    since = now - member.last_sent_at if member.last_sent_at else None
    if room.slow_s and since is not None and since < (wait := timedelta(seconds=room.slow_s)):
        raise SlowMode(retry_after=max(1, round((wait - since).total_seconds())))


def check_may_edit(room: Room, member: Member, now: datetime) -> None:
    """What is there already may be changed whatever the hour. Raises RoomClosed, Muted."""
    if room.closed_at:
        raise RoomClosed
    if member.muted_until and member.muted_until > now and not member.role.moderates:
        raise Muted(until=member.muted_until.isoformat())


def is_quiet(room: Room, now: datetime) -> bool:
    """Whether nobody but moderators writes now; the hours may go past midnight."""
    start, end = room.quiet_from, room.quiet_until
    if start is None or end is None or start == end:
        return False
    at = now.astimezone(SEOUL).time()
    return start <= at < end if start < end else at >= start or at < end


def check_may_change(message: Message, member: Member, *, remove: bool = False) -> None:
    """A sender edits and removes what is theirs; a moderator removes anybody's. Raises NotYours."""
    if message.sender != member.person and not (remove and member.role.moderates):
        raise NotYours


def check_may_moderate(actor: Member, target: Member | None, *, roles: bool = False) -> None:
    """A moderator acts on members, the owner on moderators too, nobody on the owner; roles are the owner's to give.
    Raises ModeratorsOnly."""
    if not actor.role.moderates or (roles and actor.role != Role.OWNER):
        raise ModeratorsOnly
    if target and target.role != Role.MEMBER and actor.role != Role.OWNER:
        raise ModeratorsOnly
    if target and target.role == Role.OWNER:
        raise ModeratorsOnly
