"""The mark that a worker leaves for each canary task of its queue, and that ``/ready`` looks for."""

from datetime import timedelta
from typing import Final

import orjson

from bunri.platform.cache import Cache

MARK_TTL: Final = timedelta(seconds=45)


def mark_key(queue: str) -> str:
    return f"canary:{queue}"


async def mark(cache: Cache, queue: str, remark: str | None) -> None:
    """What a worker does for the canary task: says that it works, and what it is missing."""
    await cache.set(mark_key(queue), orjson.dumps({"remark": remark}), MARK_TTL)
