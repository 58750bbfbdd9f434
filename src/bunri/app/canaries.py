"""What ``/ready`` tries: each part a target needs, for real."""

import orjson

from bunri.app import rooms
from bunri.app.house import House
from bunri.app.marks import mark_key
from bunri.app.targets import DOMAINS, Target
from bunri.edge.http.health import Canary
from bunri.kit.errors import Unavailable


class QueueSilent(Unavailable):
    """No worker of the queue has done its canary for a while."""

    code = "queue_silent"


def of_target(house: House, this: Target) -> dict[str, Canary]:
    """A canary for each database role, cache, store and queue that ``this`` needs."""
    found: dict[str, Canary] = {}
    for domain in (one for one in this.domains if one in DOMAINS):
        found[f"database:{domain}"] = _database(house, domain)
    for concern in ("jobs", "llm_cache", "common", "broker"):
        if concern in this.needs or (this.needs and concern == "common"):
            found[f"valkey:{concern}"] = _cache(house, concern)
    for domain in ("recycling", "locations"):
        if domain in this.needs:
            found[domain] = _sibling(house, domain)
    if "storage" in this.needs:
        found["storage"] = _storage(house)
    if "detection" in this.domains:
        # Beside others it must not load the eyes just to show that it could.
        found["detection"] = _detection(house, thorough=not this.needs)
    for queue in this.queues:
        found[f"queue:{queue}"] = _queue(house, queue)
    return found


def _database(house: House, domain: str) -> Canary:
    async def ask() -> None:
        await house.database(domain).check()

    return ask


def _cache(house: House, concern: str) -> Canary:
    async def write_and_read() -> None:
        await house.cache(concern).check()

    return write_and_read


def _sibling(house: House, domain: str) -> Canary:
    async def ask() -> None:
        if domain == "recycling":
            await rooms.recycling_public(house).version()
        else:
            await rooms.locations_public(house).nearby(37.5663, 126.9779, [], 1)

    return ask


def _detection(house: House, *, thorough: bool) -> Canary:
    async def look() -> str | None:
        return await rooms.detection_remark(house, thorough=thorough)

    return look


def _storage(house: House) -> Canary:
    async def write_and_read() -> None:
        await house.storage.check()

    return write_and_read


def _queue(house: House, queue: str) -> Canary:
    async def look_for_mark() -> str | None:
        raw = await house.cache("common").get(mark_key(queue))
        if raw is None:
            raise QueueSilent(queue=queue)
        remark: str | None = orjson.loads(raw)["remark"]
        return remark

    return look_for_mark
