"""Limits counted in Valkey, for all processes together, in one round trip for a request.

The counting is that of ``limits`` (its sliding window counter). Its own classes ask once to count and once more to
learn how the window stands; here both of its scripts go out in one pipeline.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog
from limits.aio.storage.redis.bridge import RedisBridge
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoScriptError, RedisError

from bunri.platform.limits.classes import FAIL_CLOSED, LimitClass
from bunri.platform.limits.counting import Counted, Window, judge, windows
from bunri.platform.limits.errors import LimitsUnavailable
from bunri.platform.limits.limiter import Bucket, Standing
from bunri.platform.limits.settings import LimitsSettings
from bunri.platform.limits.windows import Counts, remaining

log = structlog.get_logger(__name__)

TIMEOUT_S: Final = 0.5
"""Seconds that a request waits for its count, at most."""
AT_ONCE: Final = 32
"""Connections to Valkey."""
REST_S: Final = 1.0
"""Seconds for which nobody is counted after Valkey failed: then one request asks it again."""

_ACQUIRE: Final[bytes] = RedisBridge.SCRIPT_ACQUIRE_SLIDING_WINDOW
_LOOK: Final[bytes] = RedisBridge.SCRIPT_SLIDING_WINDOW
_ACQUIRE_SHA: Final = hashlib.sha1(_ACQUIRE, usedforsecurity=False).hexdigest()
_LOOK_SHA: Final = hashlib.sha1(_LOOK, usedforsecurity=False).hexdigest()
"""By these Valkey knows scripts that it has run."""


class ValkeyRateLimiter:
    """A ``RateLimiter``. While Valkey is away it counts nothing and refuses only the classes in FAIL_CLOSED."""

    def __init__(
        self,
        url: str,
        settings: LimitsSettings,
        secret: str,
        *,
        timeout_s: float = TIMEOUT_S,
        rest_s: float = REST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``secret`` is that of all processes which count together, of up to 64 bytes: keys in Valkey are digests under
        it, so that whoever reads them learns nobody's address or account, by trying all of them neither."""
        # A server that came back has closed the connections to the one before it: that is tried again, silence is not.
        retry = Retry(NoBackoff(), 1, supported_errors=(Disconnected,))
        pool: ConnectionPool = ConnectionPool.from_url(
            url, max_connections=AT_ONCE, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=retry
        )
        self._redis: Redis = Redis.from_pool(pool)
        # A crowd waits here for as long as it takes: if it could wait too long for a connection, it would look as if
        # Valkey were away, and whoever brings a crowd along would not be counted.
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._settings = settings
        self._secret = secret.encode()
        self._rest_s = rest_s
        self._clock = clock
        self._failing = False
        self._rests_until = 0.0

    async def hit(self, limit_class: LimitClass, key: str, cost: int = 1) -> Standing | None:
        return await self.hit_all(Bucket(limit_class, key), cost=cost)

    async def check(self, limit_class: LimitClass, key: str) -> None:
        await self.check_all(Bucket(limit_class, key))

    async def check_all(self, *buckets: Bucket, cost: int = 1) -> None:
        await self._ask(buckets, cost, counting=False)

    async def hit_all(self, *buckets: Bucket, cost: int = 1) -> Standing | None:
        return await self._ask(buckets, cost, counting=True)

    async def _ask(self, buckets: Sequence[Bucket], cost: int, *, counting: bool) -> Standing | None:
        asked = windows(self._settings, buckets)
        if not asked:
            return None
        counted = await self._counted(asked, cost, counting=counting)
        if counted is not None:
            return judge(counted, cost)
        if any(window.bucket.limit_class in FAIL_CLOSED for window in asked):
            raise LimitsUnavailable
        return None

    async def close(self) -> None:
        await self._redis.aclose()

    # ── Valkey ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _counted(self, asked: Sequence[Window], cost: int, *, counting: bool) -> list[Counted] | None:
        """What Valkey says; None while it is away, which costs one request a second its patience and the others
        nothing."""
        if self._rests():
            return None
        async with self._slots:
            if self._rests():  # it has failed while this request waited
                return None
            if self._failing:
                self._rests_until = self._clock() + self._rest_s  # this request asks for all of them
            try:
                counted = await self._count(asked, cost, counting=counting)
            except (RedisError, OSError, TimeoutError) as error:
                self._note_failure(error)
                return None
        if self._failing:
            log.info("limits.counted_again")
        self._failing = False
        return counted

    def _rests(self) -> bool:
        return self._failing and self._clock() < self._rests_until

    def _note_failure(self, error: Exception) -> None:
        if not self._failing:
            log.warning("limits.not_counted", reason=repr(error))
        self._failing, self._rests_until = True, self._clock() + self._rest_s

    async def _count(self, asked: Sequence[Window], cost: int, *, counting: bool) -> list[Counted]:
        try:
            answers = await self._run(asked, cost, counting=counting)
        except NoScriptError:  # the first request after Valkey started
            await self._redis.script_load(_ACQUIRE)
            await self._redis.script_load(_LOOK)
            answers = await self._run(asked, cost, counting=counting)
        if not counting:
            looks = [(window, _counts(window, seen)) for window, seen in zip(asked, answers, strict=True)]
            return [Counted(window, remaining(window.rate, counts) >= cost, counts) for window, counts in looks]
        pairs = zip(asked, answers[::2], answers[1::2], strict=True)
        return [Counted(window, bool(taken), _counts(window, seen)) for window, taken, seen in pairs]

    async def _run(self, asked: Sequence[Window], cost: int, *, counting: bool) -> list[Any]:
        """For each window how it stands, and before that, when ``counting``, whether it has taken ``cost`` requests."""
        pipe = self._redis.pipeline(transaction=False)
        for window in asked:
            previous, current = self._keys(window)
            amount, window_s = window.rate
            if counting:
                pipe.evalsha(_ACQUIRE_SHA, 2, previous, current, amount, window_s, cost)
            pipe.evalsha(_LOOK_SHA, 2, previous, current, window_s)
        return await pipe.execute()

    def _keys(self, window: Window) -> tuple[str, str]:
        """Of the window before and of the current one."""
        (limit_class, key, per), (amount, window_s) = window
        digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16, key=self._secret).hexdigest()
        current = f"limits:{{{limit_class}:{per}:{amount}/{window_s}:{digest}}}"
        return f"{current}:before", current


def _counts(window: Window, seen: Sequence[Any]) -> Counts:
    """From what the script of ``limits`` answers: two counters, each with its time to live in ms. The current one
    lives for one window more than it is current."""
    previous, previous_ms, current, current_ms = (max(0, int(value or 0)) for value in seen)
    return Counts(previous, previous_ms / 1000, current, max(0.0, current_ms / 1000 - window.rate.window_s))
