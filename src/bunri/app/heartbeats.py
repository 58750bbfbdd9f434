"""The heartbeat that a worker leaves for each of its queues, and that ``/ready`` looks for."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import orjson

from bunri.kit.errors import Unavailable
from bunri.platform.cache import Cache

TTL: Final = timedelta(seconds=45)


class QueueSilent(Unavailable):
    """No worker of the queue has left a heartbeat for a while."""

    code = "queue_silent"


async def beat(cache: Cache, queue: str, degraded_reason: str | None) -> None:
    """Says that a worker takes from ``queue``, and what it is missing."""
    await cache.set(_key(queue), orjson.dumps({"degraded": degraded_reason}), TTL)


async def last_beat(cache: Cache, queue: str) -> str | None:
    """What the queue's workers are missing. Raises QueueSilent."""
    raw = await cache.get(_key(queue))
    if raw is None:
        raise QueueSilent(queue=queue)
    degraded: str | None = orjson.loads(raw)["degraded"]
    return degraded


async def silent(cache: Cache, queues: Sequence[str]) -> list[str]:
    """Those of ``queues`` whose workers have not left a heartbeat for a while."""
    found = await cache.get_many(*map(_key, queues)) if queues else []
    return [queue for queue, raw in zip(queues, found, strict=True) if raw is None]


def _key(queue: str) -> str:
    return f"heartbeat:{queue}"
