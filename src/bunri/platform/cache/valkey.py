"""A thin face on the ``redis`` client: bytes in, bytes out, a time to live on everything."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import OutOfMemoryError, RedisError

from bunri.kit.errors import Full, Unavailable

T = TypeVar("T")


class CacheUnavailable(Unavailable):
    """Valkey cannot be reached or refused. Callers that can do without it go on."""

    code = "cache_unavailable"


class CacheFull(CacheUnavailable, Full):
    """Valkey has no room left, on its disk or in its memory, and takes no writes. What it has can still be read."""

    code = Full.code


class Cache:
    """One concern's keys (sessions, jobs, LLM answers, common), at its own URL."""

    def __init__(self, url: str, *, timeout: float = 2.0) -> None:
        self._timeout = timeout
        # A burst waits for a connection instead of failing. One retry: a server that came back has closed the pooled
        # connections of the one before it.
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            url,
            max_connections=64,
            timeout=timeout,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 1),
        )
        self._redis: Redis = Redis.from_pool(pool)

    async def get(self, key: str) -> bytes | None:
        return cast("bytes | None", await self._guard(self._redis.get(key)))

    async def get_many(self, *keys: str) -> list[bytes | None]:
        return cast("list[bytes | None]", await self._guard(self._redis.mget(keys)))

    async def lifetimes(self, *keys: str) -> list[timedelta | None]:
        """How long each key still lives; None for one that is not there or has no end."""
        pipe = self._redis.pipeline(transaction=False)
        for key in keys:
            pipe.pttl(key)
        found = cast("list[int]", await self._guard(pipe.execute()))
        return [timedelta(milliseconds=left) if left >= 0 else None for left in found]

    async def set(self, key: str, value: bytes, ttl: timedelta, *, only_new: bool = False) -> bool:
        """Stores ``value``; with ``only_new`` answers False and changes nothing when the key is there."""
        return bool(await self._guard(self._redis.set(key, value, px=ttl, nx=only_new)))

    async def replace(self, key: str, old: bytes, new: bytes | None, ttl: timedelta) -> None:
        """Puts ``new`` in the place of ``old``, or removes it for None; nothing when somebody has changed it since."""
        arguments = (old, b"" if new is None else new, _ms(ttl))
        await self._guard(cast("Awaitable[object]", self._redis.eval(_REPLACE, 1, key, *arguments)))

    async def delete(self, *keys: str) -> None:
        await self._guard(self._redis.delete(*keys))

    async def get_field(self, key: str, field: str) -> bytes | None:
        return cast("bytes | None", await self._guard(cast("Awaitable[bytes | None]", self._redis.hget(key, field))))

    async def set_field(self, key: str, field: str, value: bytes, ttl: timedelta, *, most: int) -> None:
        """Stores one field of a hash; the whole hash lives ``ttl`` from now. A hash of ``most`` fields begins anew."""
        arguments = (field, value, _ms(ttl), most)
        await self._guard(cast("Awaitable[object]", self._redis.eval(_SET_FIELD, 1, key, *arguments)))

    async def set_new_of(
        self, group: str, key: str, value: bytes, ttl: timedelta, *, most: int, kept: timedelta
    ) -> bool:
        """Stores ``value`` unless the key is there (then False), and forgets the oldest of ``group`` beyond ``most``.
        The group remembers its keys for ``kept`` after the newest."""
        arguments = (value, _ms(ttl), most, _ms(kept))
        stored = self._redis.eval(_SET_NEW_OF, 2, key, group, *arguments)
        return bool(await self._guard(cast("Awaitable[object]", stored)))

    async def delete_of(self, group: str, key: str) -> None:
        """Forgets one key of ``group``."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(key)
        pipe.lrem(group, -1, key)
        await self._guard(pipe.execute())

    async def add_until(self, key: str, member: str, until: datetime, *, now: datetime) -> None:
        """Adds ``member`` to a set whose members run out one by one; those that have are removed. The set itself has no
        time to live, since it must not be evicted."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.zadd(key, {member: until.timestamp()}, gt=True)
        pipe.zremrangebyscore(key, "-inf", now.timestamp())
        pipe.persist(key)
        await self._guard(pipe.execute())

    async def members_until(self, key: str, *, now: datetime) -> list[bytes]:
        """The members that have not run out; the others are removed."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.zremrangebyscore(key, "-inf", now.timestamp())
        pipe.zrange(key, 0, -1)
        return cast("list[bytes]", (await self._guard(pipe.execute()))[1])

    # ── entries: members of a set, each ``<owner> <place>``, that run out unless they are renewed ─────────────────────

    async def add_entry(self, key: str, entry: str, until: datetime, *, now: datetime) -> bool:
        """Whether the owner had no entry before that has not run out."""
        added = self._redis.eval(_ADD_ENTRY, 1, key, entry, until.timestamp(), now.timestamp())
        return bool(await self._guard(cast("Awaitable[object]", added)))

    async def remove_entry(self, key: str, entry: str, *, now: datetime) -> bool:
        """Whether the owner has no entry left."""
        removed = self._redis.eval(_REMOVE_ENTRY, 1, key, entry, now.timestamp())
        return bool(await self._guard(cast("Awaitable[object]", removed)))

    async def renew_entries(self, key: str, entries: Sequence[str], until: datetime, *, now: datetime) -> list[str]:
        """The owners whose last entry has run out meanwhile; each is told once."""
        gone = self._redis.eval(_RENEW_ENTRIES, 1, key, until.timestamp(), now.timestamp(), *entries)
        return [owner.decode() for owner in cast("list[bytes]", await self._guard(cast("Awaitable[object]", gone)))]

    async def entries(self, key: str, *, now: datetime) -> list[str]:
        """Those that have not run out."""
        found = self._redis.zrange(key, f"({now.timestamp()}", "+inf", byscore=True)
        return [entry.decode() for entry in cast("list[bytes]", await self._guard(found))]

    async def count(self, key: str, ttl: timedelta) -> int:
        """How often it was counted under ``key`` since ``ttl`` ago at most, this time included."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.set(key, 0, px=ttl, nx=True)
        pipe.incr(key)
        return int((await self._guard(pipe.execute()))[1])

    async def publish(self, channel: str, *messages: bytes) -> None:
        """Tells whoever listens now, in one round trip."""
        pipe = self._redis.pipeline(transaction=False)
        for message in messages:
            pipe.publish(channel, message)
        await self._guard(pipe.execute())

    @asynccontextmanager
    async def subscribed(self, *channels: str) -> AsyncIterator["Messages"]:
        """What is published from now on. Raises CacheUnavailable, also later, when the connection is lost."""
        listener = self._redis.pubsub()
        try:
            await self._guard(listener.subscribe(*channels))
            messages = Messages(listener)
            await messages.confirm(len(channels), self._timeout)
            yield messages
        finally:
            with suppress(RedisError, OSError):
                await listener.aclose()  # type: ignore[no-untyped-call]  # redis types it nowhere

    async def check(self) -> None:
        """Really writes and reads."""
        await self._guard(self._redis.set("check", b"1", px=timedelta(seconds=10)))
        if await self.get("check") != b"1":
            raise CacheUnavailable

    async def close(self) -> None:
        await self._redis.aclose()

    @staticmethod
    async def _guard(call: Awaitable[T]) -> T:
        try:
            return await call
        except (RedisError, OSError, TimeoutError) as error:
            raise (CacheFull if _is_full(error) else CacheUnavailable) from error


def _is_full(error: Exception) -> bool:
    """The redis client has a class for the second only."""
    return isinstance(error, OutOfMemoryError) or "MISCONF" in str(error)


class Messages:
    """What is published on channels (Cache.subscribed)."""

    def __init__(self, listener: PubSub) -> None:
        self._listener = listener
        self._early: deque[bytes] = deque()

    async def confirm(self, channels: int, within_s: float) -> None:
        """Returns once the server has confirmed all ``channels``. Raises CacheUnavailable."""
        while channels:
            message = await self._take(within_s)
            if message is None:
                raise CacheUnavailable
            if message["type"] == "message":
                self._early.append(message["data"])
            else:
                channels -= 1

    async def next(self, within_s: float) -> bytes | None:
        """The next message, or None when none came in time. Raises CacheUnavailable.

        The redis client makes a lost connection anew without a word, and what was published meanwhile is missed. That
        the server confirms again gives it away.
        """
        if self._early:
            return self._early.popleft()
        message = await self._take(within_s)
        if message and message["type"] != "message":
            raise CacheUnavailable
        return cast("bytes", message["data"]) if message else None

    async def _take(self, within_s: float) -> dict[str, Any] | None:
        try:
            return cast("dict[str, Any] | None", await self._listener.get_message(timeout=within_s))
        except (RedisError, OSError) as error:
            raise CacheUnavailable from error


def _ms(duration: timedelta) -> int:
    return int(duration.total_seconds() * 1000)


_SET_FIELD = """
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
    redis.call('DEL', KEYS[1])
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])
"""
_SET_NEW_OF = """
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
redis.call('RPUSH', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
while redis.call('LLEN', KEYS[2]) > tonumber(ARGV[3]) do
    redis.call('DEL', redis.call('LPOP', KEYS[2]))
end
return 1
"""
_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
return redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
"""
_ENTRIES_FOR_S = 3600
_OWNER = """
local function owner(entry) return string.match(entry, '^%S+') end
local function has(key, who, now)
    for _, entry in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. now, '+inf')) do
        if owner(entry) == who then return true end
    end
    return false
end
"""
_ADD_ENTRY = f"""{_OWNER}
local before = has(KEYS[1], owner(ARGV[1]), ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], {_ENTRIES_FOR_S})
return before and 0 or 1
"""
_REMOVE_ENTRY = f"""{_OWNER}
redis.call('ZREM', KEYS[1], ARGV[1])
return has(KEYS[1], owner(ARGV[1]), ARGV[2]) and 0 or 1
"""
_RENEW_ENTRIES = f"""{_OWNER}
for at = 3, #ARGV do redis.call('ZADD', KEYS[1], ARGV[1], ARGV[at]) end
redis.call('EXPIRE', KEYS[1], {_ENTRIES_FOR_S})
local gone, seen = {{}}, {{}}
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])) do
    redis.call('ZREM', KEYS[1], entry)
    local who = owner(entry)
    if not seen[who] and not has(KEYS[1], who, ARGV[2]) then
        seen[who] = true
        gone[#gone + 1] = who
    end
end
return gone
"""
