"""A thin face on the ``redis`` client: bytes in, bytes out, a time to live on everything."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TypeVar, cast

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

    async def set(self, key: str, value: bytes, ttl: timedelta, *, only_new: bool = False) -> bool:
        """Stores ``value``; with ``only_new`` answers False and changes nothing when the key is there."""
        return bool(await self._guard(self._redis.set(key, value, px=ttl, nx=only_new)))

    async def replace(self, key: str, old: bytes, new: bytes | None, ttl: timedelta) -> None:
        """Puts ``new`` in the place of ``old``, or removes it for None; nothing when somebody has changed it since."""
        arguments = (old, b"" if new is None else new, int(ttl.total_seconds() * 1000))
        await self._guard(cast("Awaitable[object]", self._redis.eval(_REPLACE, 1, key, *arguments)))

    async def delete(self, *keys: str) -> None:
        await self._guard(self._redis.delete(*keys))

    async def get_field(self, key: str, field: str) -> bytes | None:
        return cast("bytes | None", await self._guard(cast("Awaitable[bytes | None]", self._redis.hget(key, field))))

    async def set_field(self, key: str, field: str, value: bytes, ttl: timedelta) -> None:
        """Stores one field of a hash; the whole hash lives ``ttl`` from now."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(key, field, value)
        pipe.pexpire(key, ttl)
        await self._guard(pipe.execute())

    async def add_until(self, key: str, member: str, until: datetime, *, now: datetime) -> None:
        """Adds ``member`` to a set whose members run out one by one; those that have are removed."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.zadd(key, {member: until.timestamp()}, gt=True)
        pipe.zremrangebyscore(key, "-inf", now.timestamp())
        pipe.expire(key, until - now)
        await self._guard(pipe.execute())

    async def members_until(self, key: str, *, now: datetime) -> list[bytes]:
        """The members that have not run out."""
        return cast("list[bytes]", await self._guard(self._redis.zrangebyscore(key, f"({now.timestamp()}", "+inf")))

    async def count(self, key: str, ttl: timedelta) -> int:
        """How often it was counted under ``key`` since ``ttl`` ago at most, this time included."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.set(key, 0, px=ttl, nx=True)
        pipe.incr(key)
        return int((await self._guard(pipe.execute()))[1])

    async def publish(self, channel: str, message: bytes) -> None:
        """Tells whoever listens now."""
        await self._guard(self._redis.publish(channel, message))

    @asynccontextmanager
    async def subscribed(self, channel: str) -> AsyncIterator["Messages"]:
        """What is published from now on. Raises CacheUnavailable, also later, when the connection is lost."""
        listener = self._redis.pubsub(ignore_subscribe_messages=True)
        try:
            await self._guard(listener.subscribe(channel))
            yield Messages(listener)
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
    """What is published on a channel (Cache.subscribed)."""

    def __init__(self, listener: PubSub) -> None:
        self._listener = listener

    async def next(self, within_s: float) -> bytes | None:
        """The next message, or None when none came in time. Raises CacheUnavailable."""
        try:
            message = await self._listener.get_message(ignore_subscribe_messages=True, timeout=within_s)
        except (RedisError, OSError) as error:
            raise CacheUnavailable from error
        return cast("bytes", message["data"]) if message else None


_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
return redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
"""
