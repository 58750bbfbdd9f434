"""Time for what is scheduled, without the machine's wall clock: it may be set back, and another machine's differs.

Between two runs counts the monotonic clock. When a message is not worth doing any more says the broker's clock, the one
that whoever sends and whoever takes it have in common.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

import redis
from celery.schedules import schedule

_START: Final = datetime(2000, 1, 1, tzinfo=UTC)


def every(seconds: float) -> schedule:
    """A schedule of Celery's that no setting of the clock disturbs."""
    return schedule(timedelta(seconds=seconds), nowfun=_steady)


def _steady() -> datetime:
    return _START + timedelta(seconds=time.monotonic())


class BrokerClock:
    """The clock of the Valkey at ``url``."""

    def __init__(self, url: str) -> None:
        self._valkey: redis.Redis = redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3)

    def now(self) -> float:
        """Seconds. Raises redis.RedisError."""
        seconds, microseconds = self._valkey.time()
        return float(seconds) + float(microseconds) / 1e6

    def is_past(self, moment: float | None) -> bool:
        """Whether ``moment`` is over; never when there is none, or when nobody can say."""
        try:
            return moment is not None and self.now() > moment
        except redis.RedisError:
            return False
