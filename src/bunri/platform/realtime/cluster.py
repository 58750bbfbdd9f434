"""Socket.IO's rooms across API processes, by a channel of Valkey.

An API process delivers to its own sockets at once and publishes for the others; a worker only publishes (``remote``). A
message that meets no listener, or a Valkey that is away, is lost: whoever needs it asks for the state again when it
reconnects.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import structlog
from engineio.packet import MESSAGE, Packet
from socketio.async_pubsub_manager import AsyncPubSubManager
from socketio.packet import EVENT

from bunri.kit.tasks import cancel_all
from bunri.platform.cache import Cache, CacheUnavailable
from bunri.platform.realtime.emitter import MISSED, NAMESPACE, Pushed
from bunri.platform.realtime.ordered import OrderedRooms
from bunri.platform.realtime.remote import CHANNEL, EXPEL, publish

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
        self.ordered: OrderedRooms | None = None
        """Rooms whose events come in order (set by the socket server)."""
        self.on_expelled: Callable[[str, str], Awaitable[None]] | None = None
        """Takes a person's sockets out of a room (set by the socket server)."""

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
        event, room, data = message["event"], message.get("room") or "", message["data"][0]
        if event == EXPEL:
            if self.on_expelled:
                await self.on_expelled(data["person"], room)
        elif self.ordered and event == self.ordered.event:
            await self.ordered.push(room, data)
        else:
            await self.deliver(event, data, room)

    async def deliver(self, event: str, data: Mapping[str, Any], room: str) -> None:
        """To the sockets of this process alone. One packet, whose text is made once, is put into the queues of all;
        python-socketio's own way makes a task for each."""
        sockets = self.server.eio.sockets
        packets: list[Packet] = []
        for _, eio_sid in self.get_participants(NAMESPACE, room):
            socket = sockets.get(eio_sid)
            if socket is None or socket.closed:
                continue
            packets = packets or self._encoded(event, data)
            for packet in packets:
                socket.queue.put_nowait(packet)

    def _encoded(self, event: str, data: Mapping[str, Any]) -> list[Packet]:
        encoded = self.server.packet_class(EVENT, namespace=NAMESPACE, data=[event, data]).encode()
        return [Packet(MESSAGE, each) for each in (encoded if isinstance(encoded, list) else [encoded])]

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

    async def expel(self, person: str, room: str) -> None:
        await self._manager.emit(EXPEL, {"person": person}, namespace=NAMESPACE, room=room)


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
