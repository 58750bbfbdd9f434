"""Pushes of a process without sockets: it publishes, and the API processes deliver.

The message is python-socketio's own (``AsyncPubSubManager.emit``), written here because that package brings its HTTP
clients along: some 10 MiB in every worker, for one JSON object.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson
import structlog

from bunri.platform.cache import Cache, CacheUnavailable
from bunri.platform.realtime.emitter import NAMESPACE

log = structlog.get_logger(__name__)

CHANNEL: Final = "realtime"
LARGEST_PUBLISHED: Final = 64 * 1024
"""Bytes of one message on the channel. The embedded Valkey keeps 8 MiB for a process that is slow to read
(``embedded.valkey``)."""
EXPEL: Final = "expel"
"""Between processes only: no socket sees it."""


class RemoteEmitter:
    """Implements Emitter."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def emit(self, event: str, data: Mapping[str, Any], *, room: str) -> None:
        await publish(
            self._cache, {"method": "emit", "event": event, "data": [data], "namespace": NAMESPACE, "room": room}
        )

    async def expel(self, person: str, room: str) -> None:
        await self.emit(EXPEL, {"person": person}, room=room)


async def publish(cache: Cache, *messages: Mapping[str, Any]) -> None:
    """Sends messages of python-socketio's to all API processes; they are lost while Valkey is away."""
    try:
        await cache.publish(CHANNEL, *(_encoded(each) for each in messages))
    except CacheUnavailable as error:
        log.warning("realtime.not_published", reason=str(error))


def _encoded(message: Mapping[str, Any]) -> bytes:
    """Of what is too large, only the number: whoever has sockets in the room reads it where it is kept (``ordered``).
    One that is larger than Valkey keeps for a listener would cost all listeners their connections."""
    encoded = orjson.dumps(message)
    if len(encoded) <= LARGEST_PUBLISHED:
        return encoded
    log.warning("realtime.too_large", pushed=message.get("event"), size=len(encoded))
    number = message["data"][0].get("seq") if message.get("method") == "emit" else None
    kept = {name: message.get(name) for name in ("method", "event", "namespace", "room", "host_id")}
    return orjson.dumps({**kept, "data": [{"seq": number}], "cut": True})
