"""What kind of server a Valkey is, and how it is set up."""

from typing import Final, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bunri.platform.cache.valkey import CacheUnavailable

_BUFFERS: Final = "client-output-buffer-limit"


class ServerFacts(NamedTuple):
    name: str
    """``Valkey`` or ``Redis``."""
    version: tuple[int, ...]
    appends: bool
    """Each write goes to a file on its disk (AOF)."""
    policy: str
    """What it removes when its memory is full: ``maxmemory-policy``."""
    memory: int
    """Bytes that it may take; 0: all there are."""
    listener_buffer: int | None
    """Bytes that it keeps for a listener that does not read, 0: without end; None where it does not tell."""


async def server_facts(url: str, *, timeout: float = 3) -> ServerFacts:
    """Raises CacheUnavailable with the ``reason``."""
    server: Redis = Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout, decode_responses=True)
    try:
        told = await server.info("everything")
        valkey = told.get("valkey_version")
        return ServerFacts(
            name="Valkey" if valkey else "Redis",
            version=tuple(int(part) for part in str(valkey or told["redis_version"]).split(".")),
            appends=bool(told.get("aof_enabled")),
            policy=str(told.get("maxmemory_policy", "noeviction")),
            memory=int(told.get("maxmemory", 0)),
            listener_buffer=await _listener_buffer(server),
        )
    except (RedisError, OSError, TimeoutError) as error:
        raise CacheUnavailable(reason=str(error) or type(error).__name__) from error
    finally:
        await server.aclose()


async def _listener_buffer(server: Redis) -> int | None:
    """The hard limit of ``pubsub``. Servers that somebody else looks after often refuse CONFIG."""
    try:
        limits = str((await server.config_get(_BUFFERS)).get(_BUFFERS, "")).split()
    except ResponseError:
        return None
    return int(limits[limits.index("pubsub") + 1]) if "pubsub" in limits else None
