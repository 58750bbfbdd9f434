"""Limits counted in one process: where there is no Valkey, or what is counted is not worth a round trip."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from bunri.platform.limits.classes import LimitClass
from bunri.platform.limits.counting import Counted, Window, judge, windows
from bunri.platform.limits.limiter import Bucket, Standing
from bunri.platform.limits.rates import Rate
from bunri.platform.limits.settings import LimitsSettings
from bunri.platform.limits.windows import Counts, remaining, used

MOST: Final = 50_000
"""Buckets remembered; beyond it the one that was used least recently begins anew."""


class _Counters:
    """Those of the current window and of the one before, as the scripts of ``limits`` have them in Valkey."""

    __slots__ = ("_current", "_previous", "_since")

    def __init__(self, now: float) -> None:
        self._since = now
        self._previous = self._current = 0

    def take(self, rate: Rate, cost: int, now: float) -> bool:
        """Counts ``cost`` requests, unless they are too many."""
        self._move(rate.window_s, now)
        taken = used(rate, self.counts(rate.window_s, now)) + cost <= rate.amount
        if taken:
            self._current += cost
        return taken

    def look(self, rate: Rate, cost: int, now: float) -> bool:
        """Whether ``cost`` more would be taken."""
        self._move(rate.window_s, now)
        return remaining(rate, self.counts(rate.window_s, now)) >= cost

    def counts(self, window_s: int, now: float) -> Counts:
        left = self._since + window_s - now
        return Counts(self._previous, left, self._current, left)

    def _move(self, window_s: int, now: float) -> None:
        """On to the window that ``now`` is in. The first one after a pause begins with its first request."""
        age = now - self._since
        if age >= 2 * window_s:
            self._since, self._previous, self._current = now, 0, 0
        elif age >= window_s:
            self._since, self._previous, self._current = self._since + window_s, self._current, 0


class MemoryRateLimiter:
    """A ``RateLimiter`` that can always count."""

    def __init__(
        self, settings: LimitsSettings, *, clock: Callable[[], float] = time.monotonic, most: int = MOST
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._most = most
        self._counters: OrderedDict[Window, _Counters] = OrderedDict()

    async def hit(self, limit_class: LimitClass, key: str, cost: int = 1) -> Standing | None:
        return await self.hit_all(Bucket(limit_class, key), cost=cost)

    async def check(self, limit_class: LimitClass, key: str) -> None:
        await self.check_all(Bucket(limit_class, key))

    async def check_all(self, *buckets: Bucket, cost: int = 1) -> None:
        self._ask(buckets, cost, counting=False)

    async def hit_all(self, *buckets: Bucket, cost: int = 1) -> Standing | None:
        return self._ask(buckets, cost, counting=True)

    def _ask(self, buckets: Sequence[Bucket], cost: int, *, counting: bool) -> Standing | None:
        asked = windows(self._settings, buckets)
        now = self._clock()
        counted = [self._count(window, cost, now, counting=counting) for window in asked]
        return judge(counted, cost) if asked else None

    def _count(self, window: Window, cost: int, now: float, *, counting: bool) -> Counted:
        counters = self._counters.setdefault(window, _Counters(now))
        self._counters.move_to_end(window)
        if len(self._counters) > self._most:
            self._counters.popitem(last=False)
        taken = (counters.take if counting else counters.look)(window.rate, cost, now)
        return Counted(window, taken, counters.counts(window.rate.window_s, now))
