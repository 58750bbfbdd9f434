"""Socket.IO's rooms across API processes, by a channel of Valkey.

An API process delivers to its own sockets at once and publishes for the others; a worker only publishes (``remote``). A
message that meets no listener, or a Valkey that is away, is lost: whoever needs it asks for the state again when it
reconnects.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import structlog
from socketio.async_pubsub_manager import AsyncPubSubManager

from bunri.kit.tasks import cancel_all
from bunri.platform.cache import Cache, CacheUnavailable
from bunri.platform.realtime.emitter import MISSED, NAMESPACE, Pushed
from bunri.platform.realtime.remote import CHANNEL, publish

log = structlog.get_logger(__name__)

RETRY_S: Final = 1.0
_WAIT_S: Final = 30.0
MOST_UNREAD: Final = 100
"""Events that one listener may be behind; older ones are dropped."""


class ClusterManager(AsyncPubSubManager):  # type: ignore[misc]  # python-socketio has no types
    """python-socketio's manager on our own cache: its time-outs, and a listener that is back a second after Valkey."""

    name = "realtime"

    def __init__(self, cache: Cache) -> None:
        super().__init__(channel=CHANNEL, logger=log)
        self._cache = cache
        self._listeners: dict[str, set[_Listener]] = {}

    @contextmanager
    def listening(self, room: str) -> Iterator["_Listener"]:
        """Implements Subscriber."""
        queue = _Listener()
        self._listeners.setdefault(room, set()).add(queue)
        try:
            yield queue
        finally:
            self._listeners[room].discard(queue)
            if not self._listeners[room]:
                del self._listeners[room]

    async def stop(self) -> None:
        """Ends the task that ``initialize`` has started."""
        await cancel_all([self.thread])

    async def _handle_emit(self, message: dict[str, Any]) -> None:
        for queue in self._listeners.get(message.get("room") or "", ()):
            queue.put(Pushed(message["event"], message["data"][0]))
        await super()._handle_emit(message)

    def _tell_of_loss(self) -> None:
        """Whoever listened before may have missed something."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.put(Pushed(MISSED, {}))

    async def _publish(self, data: dict[str, Any]) -> None:
        await publish(self._cache, data)

    async def _listen(self) -> AsyncIterator[bytes]:
        while True:
            try:
                async with self._cache.subscribed(CHANNEL) as messages:
                    self._tell_of_loss()
                    while True:
                        if (message := await messages.next(_WAIT_S)) is not None:
                            yield message
            except CacheUnavailable as error:
                log.warning("realtime.not_followed", reason=str(error))
                await asyncio.sleep(RETRY_S)


class ClusterEmitter:
    """Implements Emitter on a ClusterManager."""

    def __init__(self, manager: ClusterManager) -> None:
        self._manager = manager

    async def emit(self, event: str, data: Mapping[str, Any], *, room: str) -> None:
        await self._manager.emit(event, data, namespace=NAMESPACE, room=room)


class _Listener:
    """Implements RoomListener; a listener that does not keep up misses the oldest."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Pushed] = asyncio.Queue(MOST_UNREAD)

    def put(self, pushed: Pushed) -> None:
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(pushed)

    async def next(self, within_s: float) -> Pushed | None:
        try:
            async with asyncio.timeout(within_s):
                return await self._waiting.get()
        except TimeoutError:
            return None
