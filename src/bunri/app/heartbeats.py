"""The heartbeats that a worker leaves for each of its queues and an API process for its target. ``/ready`` looks for
those of queues, and ``bunri status`` for all."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, NamedTuple

import orjson

from bunri import __version__
from bunri.kit.errors import Unavailable
from bunri.platform.cache import Cache

TTL: Final = timedelta(seconds=45)
TARGET_EVERY_S: Final = 10.0


class QueueSilent(Unavailable):
    """No worker of the queue has left a heartbeat for a while."""

    code = "queue_silent"


class LastBeat(NamedTuple):
    """The newest heartbeat of a queue or of a target."""

    seconds_ago: float
    version: str | None
    """Of the process that left it; None: of one that did not say."""


async def beat(cache: Cache, queue: str, degraded_reason: str | None) -> None:
    """Says that a worker takes from ``queue``, and what it is missing."""
    content = {"degraded": degraded_reason, "version": __version__}
    await cache.set(_key(queue), orjson.dumps(content), TTL)


async def beat_target(cache: Cache, target: str) -> None:
    """Says every few seconds that a process serves ``target``. Cancelling it is the way to end it."""
    while True:
        with suppress(Unavailable):
            await cache.set(_target_key(target), orjson.dumps({"version": __version__}), TTL)
        await asyncio.sleep(TARGET_EVERY_S)


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


async def queues_heard(cache: Cache, queues: Iterable[str]) -> dict[str, LastBeat]:
    """Those of ``queues`` that are worked on, and when that was heard last."""
    return await _heard(cache, {queue: _key(queue) for queue in queues})


async def targets_heard(cache: Cache, targets: Iterable[str]) -> dict[str, LastBeat]:
    """Those of ``targets`` that a process serves."""
    return await _heard(cache, {target: _target_key(target) for target in targets})


async def _heard(cache: Cache, keys: dict[str, str]) -> dict[str, LastBeat]:
    """By the clock of Valkey alone: what has been of the time to live is how long ago it was."""
    found, left = await cache.get_many(*keys.values()), await cache.lifetimes(*keys.values())
    return {
        name: LastBeat(max(0.0, (TTL - remaining).total_seconds()), orjson.loads(raw).get("version"))
        for name, raw, remaining in zip(keys, found, left, strict=True)
        if raw is not None and remaining is not None
    }


def _key(queue: str) -> str:
    return f"heartbeat:{queue}"


def _target_key(target: str) -> str:
    return f"heartbeat:target:{target}"
