"""Who may do what in a room, and when. Pure rules."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bunri.domains.chat.errors import (
    Banned,
    InviteInvalid,
    ModeratorsOnly,
    Muted,
    NotAMember,
    NotEditable,
    NotYours,
    QuietHours,
    RoomClosed,
    RoomMissing,
    SlowMode,
)
from bunri.domains.chat.records import Member, Message, MessageType, Role, Room, RoomKind, Seat

PLATFORM_MODERATORS: Final = frozenset({"moderator", "admin"})
"""Roles of accounts that look after open rooms, whoever is in them."""
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


def name_in(room: Room, member: Member, name: str) -> str:
    """What the others of a room see. In a class it is the nickname, whatever else somebody is called: ``name``."""
    return member.name if room.kind == RoomKind.CLASS else name


def may_inherit(room: Room, next_: Member) -> bool:
    """Whether ``next_`` becomes the owner when the one before has gone. A class is not left to a pupil."""
    return room.kind != RoomKind.CLASS or next_.role.moderates


def moderator_of(seat: Seat | None) -> Member:
    """Raises RoomMissing, NotAMember, ModeratorsOnly."""
    member = member_of(seat)
    if not member.role.moderates:
        raise ModeratorsOnly
    return member


def check_may_look_after(seat: Seat | None, roles: frozenset[str]) -> None:
    """What is reported in a room is looked at by its moderators, and in an open one by those of the platform.
    ``roles``: of the caller's account. Raises RoomMissing, NotAMember, ModeratorsOnly."""
    if not (seat and seat.room.kind.is_open and looks_after_all(roles)):
        moderator_of(seat)


def looks_after_all(roles: frozenset[str]) -> bool:
    return bool(roles & PLATFORM_MODERATORS)


def check_may_come(seat: Seat, now: datetime, *, invited: bool) -> None:
    """Raises RoomMissing, Banned, RoomClosed."""
    if not invited:
        known(seat)
    if seat.banned_until and seat.banned_until > now:
        raise Banned(until=seat.banned_until.isoformat())
    if seat.room.closed_at:
        raise RoomClosed


def check_may_be_invited(seat: Seat, now: datetime) -> None:
    """Who comes in later cannot read a closed room: a link into one is over. Raises InviteInvalid, Banned."""
    if seat.room.closed_at:
        raise InviteInvalid
    check_may_come(seat, now, invited=True)


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


def days_kept(room: Room, of_service: int | None) -> int | None:
    """For how many days messages are kept: the fewer of what the room and the service say. None: for ever."""
    return min((days for days in (room.keep_days, of_service) if days is not None), default=None)


def check_may_attach(room: Room, member: Member, now: datetime) -> None:
    """Before a file is sent ahead of its message: slow mode counts when the message comes. Raises RoomClosed, Muted,
    QuietHours."""
    check_may_edit(room, member, now)
    if is_quiet(room, now) and not member.role.moderates:
        raise QuietHours(until=room.quiet_until.isoformat("minutes") if room.quiet_until else "")


def is_quiet(room: Room, now: datetime) -> bool:
    """Whether nobody but moderators writes now; the hours may go past midnight."""
    start, end = room.quiet_from, room.quiet_until
    if start is None or end is None or start == end:
        return False
    at = now.astimezone(SEOUL).time()
    return start <= at < end if start < end else at >= start or at < end


def check_are_words(message: Message) -> None:
    """Of one that somebody wants to edit. Raises NotEditable."""
    if message.type in (MessageType.VERDICT, MessageType.BIN):
        raise NotEditable


def check_may_change(message: Message, member: Member, *, remove: bool = False) -> None:
    """A sender edits and removes what is theirs; a moderator removes anybody's. Raises NotYours."""
    if message.sender != member.person and not (remove and member.role.moderates):
        raise NotYours


def check_may_settle(message: Message, person: str, *, remove: bool) -> None:
    """Nobody says of their own message that there is nothing wrong with it. Raises NotYours."""
    if message.sender == person and not remove:
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
