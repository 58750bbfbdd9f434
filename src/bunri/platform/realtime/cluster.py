"""Socket.IO's rooms across API processes, by a channel of Valkey.

An API process delivers to its own sockets at once and publishes for the others; a worker only publishes (``remote``). A
message that meets no listener, or a Valkey that is away, is lost: whoever needs it asks for the state again when it
reconnects. A process listens to itself, too: when it does not hear itself any more, it subscribes anew.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from typing import Any, Final

import structlog
from engineio.packet import MESSAGE, Packet
from socketio.async_pubsub_manager import AsyncPubSubManager
from socketio.packet import EVENT

from bunri.kit.errors import Unavailable
from bunri.kit.tasks import cancel_all
from bunri.platform.cache import Cache, CacheUnavailable
from bunri.platform.cache.valkey import Messages
from bunri.platform.realtime.emitter import MISSED, NAMESPACE, Pushed
from bunri.platform.realtime.ordered import OrderedRooms
from bunri.platform.realtime.remote import CHANNEL, EXPEL, publish

log = structlog.get_logger(__name__)

RETRY_S: Final = 1.0
BEAT_EVERY_S: Final = 2.0
DEAF_AFTER_S: Final = 8.0
"""A process that has heard nothing for so long, not even itself, is cut off."""
_BEAT: Final = b""
MOST_UNSENT: Final = 1000
"""Messages that wait for a Valkey that is slow; older ones are lost."""
_AT_ONCE: Final = 100
MOST_UNREAD: Final = 100
"""Events that one listener may be behind; older ones are dropped."""


class CutOff(Unavailable):
    """This process does not hear what others publish: its sockets miss pushes, and get numbered ones late."""

    code = "realtime_cut_off"


class ClusterManager(AsyncPubSubManager):  # type: ignore[misc]  # python-socketio has no types
    """python-socketio's manager on our own cache: its time-outs, and a listener that is back a second after Valkey."""

    name = "realtime"

    def __init__(self, cache: Cache) -> None:
        super().__init__(channel=CHANNEL, logger=log)
        self._cache = cache
        self._listeners: dict[str, set[_Listener]] = {}
        self._heard: float | None = None
        """When something was heard for the last time, in the loop's seconds."""
        self._unsent: deque[dict[str, Any]] = deque(maxlen=MOST_UNSENT)
        self._has_unsent = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._followed: AsyncGenerator[bytes, None] | None = None
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

    def initialize(self) -> None:
        super().initialize()
        self._tasks = [asyncio.create_task(self._beat()), asyncio.create_task(self._send())]

    async def stop(self) -> None:
        """Ends the tasks that ``initialize`` has started."""
        await cancel_all([self.thread, *self._tasks])
        self._tasks = []
        if self._unsent:
            await publish(self._cache, *self._unsent)

    async def check(self) -> None:
        """Raises CutOff when this process does not hear itself, and so nothing of what others publish."""
        if self._heard is None or asyncio.get_running_loop().time() - self._heard > DEAF_AFTER_S + BEAT_EVERY_S:
            raise CutOff

    async def _handle_emit(self, message: dict[str, Any]) -> None:
        for queue in self._listeners.get(message.get("room") or "", ()):
            queue.put(Pushed(MISSED, {}) if message.get("cut") else Pushed(message["event"], message["data"][0]))
        event, room, data = message["event"], message.get("room") or "", message["data"][0]
        if message.get("cut"):
            if self.ordered and event == self.ordered.event:
                await self.ordered.announce(room, data["seq"])
            return
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

    # ── to and from other processes ───────────────────────────────────────────────────────────────────────────────────

    async def _publish(self, data: dict[str, Any]) -> None:
        """Whoever pushes does not wait for Valkey, which may be slow to say that it is away."""
        if self._tasks:
            self._unsent.append(data)
            self._has_unsent.set()
        else:
            await publish(self._cache, data)

    async def _send(self) -> None:
        while True:
            await self._has_unsent.wait()
            self._has_unsent.clear()
            while self._unsent:
                batch = [self._unsent.popleft() for _ in range(min(_AT_ONCE, len(self._unsent)))]
                await publish(self._cache, *batch)

    async def _beat(self) -> None:
        while True:
            with suppress(CacheUnavailable):
                await self._cache.publish(self._own_channel, _BEAT)
            await asyncio.sleep(BEAT_EVERY_S)

    @property
    def _own_channel(self) -> str:
        return f"{CHANNEL}:{self.host_id}"

    async def _thread(self) -> None:
        """Ends what it listens to, too. python-socketio leaves it behind where it is cancelled while it handles a
        message; the garbage collector would end it at some time, perhaps after the loop and the cache."""
        try:
            await super()._thread()
        finally:
            if self._followed:
                await self._followed.aclose()

    def _listen(self) -> AsyncGenerator[bytes, None]:
        self._followed = self._follow()
        return self._followed

    async def _follow(self) -> AsyncGenerator[bytes, None]:
        while True:
            try:
                async with (
                    self._cache.subscribed(CHANNEL, self._own_channel) as messages,
                    aclosing(self._heard_in(messages)) as heard,
                ):
                    await self._begin()
                    async for message in heard:
                        yield message
            except (CacheUnavailable, CutOff) as error:
                log.warning("realtime.not_followed", reason=repr(error))
                await asyncio.sleep(RETRY_S)

    async def _heard_in(self, messages: Messages) -> AsyncGenerator[bytes, None]:
        """What others publish. Raises CutOff, CacheUnavailable."""
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while True:
            message = await messages.next(BEAT_EVERY_S)
            now = loop.time()
            if message is not None:
                self._heard = heard = now
            if now - heard > DEAF_AFTER_S:
                raise CutOff
            if message:
                yield message

    async def _begin(self) -> None:
        """Whoever listened before may have missed something."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.put(Pushed(MISSED, {}))
        if self.ordered:
            await self.ordered.look()
        await self._cache.publish(self._own_channel, _BEAT)


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
