"""When the next backup and drill are due."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bunri.platform.backup.due import backup_due, drill_due

NOW = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
AT = time(18, 0)


@pytest.mark.parametrize(
    ("newest", "due"),
    [
        (None, True),
        (NOW - timedelta(minutes=31), True),
        (NOW - timedelta(minutes=29), False),
        (NOW - timedelta(days=1), True),
    ],
)
def test_a_backup(newest: datetime | None, due: bool) -> None:
    assert backup_due(NOW, newest, AT) is due


def test_before_its_hour_yesterdays_is_enough() -> None:
    now = NOW - timedelta(hours=1)
    assert not backup_due(now, now - timedelta(hours=23), AT)
    assert backup_due(now, now - timedelta(hours=24), AT)


def test_a_failed_one_waits_a_little() -> None:
    assert not backup_due(NOW, None, AT, failed_at=NOW - timedelta(minutes=29))
    assert backup_due(NOW, None, AT, failed_at=NOW - timedelta(minutes=31))


@pytest.mark.parametrize(
    ("last", "newest", "due"),
    [
        (None, None, False),
        (None, NOW, True),
        (NOW - timedelta(days=6), NOW, False),
        (NOW - timedelta(days=7), NOW, True),
    ],
)
def test_a_drill(last: datetime | None, newest: datetime | None, due: bool) -> None:
    assert drill_due(NOW, last, timedelta(days=7), newest) is due
