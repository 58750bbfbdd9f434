"""When the next backup and the next drill are due. It follows from what lies at the target, so that neither a restart
nor a second process makes one too many or too few."""

from datetime import UTC, datetime, time, timedelta

RETRY_AFTER = timedelta(minutes=30)
"""A backup that failed is tried again, but not at once."""


def backup_due(now: datetime, newest: datetime | None, at: time, failed_at: datetime | None = None) -> bool:
    """Whether there is none since the last moment at which one was due (``at``, in UTC)."""
    if failed_at and now - failed_at < RETRY_AFTER:
        return False
    return newest is None or newest < _last(now, at)


def drill_due(now: datetime, last: datetime | None, every: timedelta, newest: datetime | None) -> bool:
    """Whether there is a backup, and no drill for so long."""
    return newest is not None and (last is None or now - last >= every)


def _last(now: datetime, at: time) -> datetime:
    today = datetime.combine(now.astimezone(UTC).date(), at.replace(tzinfo=UTC))
    return today if today <= now else today - timedelta(days=1)
