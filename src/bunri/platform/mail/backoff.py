"""When a mail that was not taken over is tried again."""

from datetime import timedelta
from typing import Final

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
GIVE_UP_AFTER: Final = timedelta(hours=24)


def _waits() -> tuple[timedelta, ...]:
    """Each twice the one before, up to the longest; together GIVE_UP_AFTER."""
    waits: list[timedelta] = []
    left, wait = GIVE_UP_AFTER, FIRST_WAIT
    while left > timedelta():
        waits.append(min(wait, LONGEST_WAIT, left))
        left -= waits[-1]
        wait *= 2
    return tuple(waits)


WAITS: Final = _waits()
MOST_ATTEMPTS: Final = len(WAITS) + 1


def wait_after(attempts: int) -> timedelta | None:
    """The wait after the ``attempts``-th try (from 1 on) has failed; None after the last one."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None
