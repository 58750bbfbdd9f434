"""Time is an argument. This is where it enters."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)
