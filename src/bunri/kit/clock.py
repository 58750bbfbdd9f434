"""The clock. Services get it as an argument, so that tests can set the time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present time as an aware datetime in UTC."""
    return datetime.now(UTC)
