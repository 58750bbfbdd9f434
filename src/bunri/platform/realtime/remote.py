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


async def publish(cache: Cache, message: Mapping[str, Any]) -> None:
    """Sends a message of python-socketio's to all API processes; it is lost while Valkey is away."""
    try:
        await cache.publish(CHANNEL, orjson.dumps(message))
    except CacheUnavailable as error:
        log.warning("realtime.not_published", reason=str(error))
