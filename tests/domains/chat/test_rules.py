"""Who may write when, and who may do what to whom."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bunri.domains.chat import rules
from bunri.domains.chat.errors import ModeratorsOnly, Muted, QuietHours, RoomClosed, SlowMode
from bunri.domains.chat.records import Member, Role, Room, RoomKind
from bunri.kit.ids import new_id

NOW = datetime(2026, 11, 20, 14, tzinfo=UTC)  # 23:00 in Seoul


def room(**more: object) -> Room:
    return Room(new_id(), RoomKind.PUBLIC, "방", None, "a", NOW, NOW, **more)  # type: ignore[arg-type]


def member(role: Role = Role.MEMBER, **more: object) -> Member:
    return Member(new_id(), "a", "하나", role, NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [
        (time(22), time(7), True),
        (time(23), time(7), True),
        (time(7), time(23), False),
        (time(0), time(7), False),
        (time(22), time(22), False),
        (None, time(7), False),
    ],
)
def test_quiet_hours_go_past_midnight(start: time | None, end: time, quiet: bool) -> None:
    asked = room(quiet_from=start, quiet_until=end)
    assert rules.is_quiet(asked, NOW) is quiet
    rules.check_may_write(asked, member(Role.MODERATOR), NOW)
    if quiet:
        with pytest.raises(QuietHours):
            rules.check_may_write(asked, member(), NOW)


def test_slow_mode_says_how_long() -> None:
    slow = room(slow_s=30)
    rules.check_may_write(slow, member(), NOW)
    rules.check_may_write(slow, member(last_sent_at=NOW - timedelta(seconds=30)), NOW)
    with pytest.raises(SlowMode) as refused:
        rules.check_may_write(slow, member(last_sent_at=NOW - timedelta(seconds=10)), NOW)
    assert refused.value.data == {"retry_after": 20}


def test_who_is_muted_reads_on_until_it_is_over() -> None:
    muted = member(muted_until=NOW + timedelta(minutes=1))
    with pytest.raises(Muted):
        rules.check_may_write(room(), muted, NOW)
    rules.check_may_write(room(), muted, NOW + timedelta(minutes=1))


def test_nobody_writes_in_a_closed_room() -> None:
    with pytest.raises(RoomClosed):
        rules.check_may_write(room(closed_at=NOW), member(Role.OWNER), NOW)


@pytest.mark.parametrize(
    ("actor", "target", "roles", "may"),
    [
        (Role.MEMBER, Role.MEMBER, False, False),
        (Role.MODERATOR, Role.MEMBER, False, True),
        (Role.MODERATOR, Role.MODERATOR, False, False),
        (Role.MODERATOR, Role.OWNER, False, False),
        (Role.MODERATOR, Role.MEMBER, True, False),
        (Role.OWNER, Role.MODERATOR, False, True),
        (Role.OWNER, Role.MEMBER, True, True),
        (Role.OWNER, Role.OWNER, False, False),
    ],
)
def test_who_may_act_on_whom(actor: Role, target: Role, roles: bool, may: bool) -> None:
    if may:
        rules.check_may_moderate(member(actor), member(target), roles=roles)
    else:
        with pytest.raises(ModeratorsOnly):
            rules.check_may_moderate(member(actor), member(target), roles=roles)
