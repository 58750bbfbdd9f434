"""One session of Engine.IO 4: packets that wait to be sent, a poll or a websocket that takes them, and its pings.

It takes the place of python-engineio's own ``AsyncSocket``, whose faults are listed in
docs/decisions/0023-engine-io.md.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import structlog
from engineio.async_socket import AsyncSocket
from engineio.exceptions import ContentTooLongError, EngineIOError, UnknownPacketError
from engineio.packet import CLOSE, MESSAGE, NOOP, PING, PONG, UPGRADE, Packet

from bunri.edge.realtime.engine_packets import decode, decode_payload, encode, framed
from bunri.edge.realtime.frames import EXTENSION, Write
from bunri.kit.tasks import cancel_all

log = structlog.get_logger(__name__)

UPGRADE_WITHIN_S: Final = 10.0
NOOP_AFTER_S: Final = 0.1
"""A poll that comes while its session moves to a websocket is held no longer than this."""
LINGER_S: Final = 2.0
"""What is left is written to a websocket that is being closed for no longer than this."""


class OutgoingQueue(asyncio.Queue[Packet | None]):
    """Packets on their way to a client; None is the end. While held, what is put into it is kept aside.

    Where a websocket takes frames, packets that nothing waits before are written without a task: those of one turn of
    the event loop together. To a room of a thousand that is a tenth of the work of waking a task for each."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[Packet | None] | None = None
        self.write: Write | None = None
        """Of the websocket; None while there is none that takes frames."""
        self.sending = False
        """A packet that was taken out of the queue is being sent: what follows waits for it."""
        self._soon: list[Packet] = []
        """What is written at the end of this turn. Nothing is in the queue meanwhile."""
        self._end_of_turn = asyncio.get_running_loop().call_soon

    def hold(self) -> None:
        self._held = self._held or []

    def release(self, *first: Packet) -> None:
        """What was kept aside follows ``first``."""
        held, self._held = self._held or [], None
        for each in (*first, *held):
            self.put_nowait(each)

    def put_nowait(self, item: Packet | None) -> None:
        if self._held is not None:
            self._held.append(item)
        elif item is None or self.write is None or self.sending or not self.empty():
            self._write_soon()
            super().put_nowait(item)
        else:
            self._soon.append(item)
            if len(self._soon) == 1:
                self._end_of_turn(self._write_soon)

    def _write_soon(self) -> None:
        packets, self._soon = self._soon, []
        if packets and not (self.write and self.write(b"".join(map(framed, packets)))):
            for each in packets:
                super().put_nowait(each)

    def take(self) -> list[Packet]:
        """All that waits, up to the end."""
        taken: list[Packet] = []
        while not self.empty():
            if (each := self.get_nowait()) is None:
                self.put_nowait(None)  # whoever looks next finds the end as well
                break
            taken.append(each)
        return taken


class EngineSocket(AsyncSocket):  # type: ignore[misc]  # python-engineio has no types
    queue: OutgoingQueue
    closing: bool
    upgraded: bool

    def __init__(self, server: Any, sid: str, network: str = "") -> None:
        """``network`` is whose session it is, for those that are counted."""
        super().__init__(server, sid)
        self.network = network
        self._loop = asyncio.get_running_loop()
        self._poll: asyncio.Future[list[Packet]] | None = None
        """Of the poll that waits now: what it is to be answered with."""
        self._posting = False
        self._probed = False
        """Its websocket has been tried out, and is about to take over from the polls."""
        self._writer: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = self._loop.time()
        self._pinged = False
        self._frames: Write | None = None
        """How its websocket takes frames, where it does."""

    # ── pings ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def schedule_ping(self) -> None:
        self._pinged = False
        self._wait(self._loop.time() + self.server.ping_interval, self._ping)

    def _ping(self) -> None:
        self._pinged = True
        self.queue.put_nowait(Packet(PING))
        # From when the ping was due: a session is over when its client says it is. But a process that stood still must
        # give its clients a chance to answer.
        timeout = self.server.ping_timeout
        self._wait(max(self._due + timeout, self._loop.time() + timeout / 2), self._time_out)

    def _time_out(self) -> None:
        self._ending = self._loop.create_task(self.close(reason=self.server.reason.PING_TIMEOUT))

    def _wait(self, until: float, then: Any) -> None:
        self._stop_waiting()
        if not self.closing:
            self._due = until
            self._timer = self._loop.call_at(until, then)

    def _stop_waiting(self) -> None:
        if self._timer:
            self._timer.cancel()

    async def check_ping_timeout(self) -> bool:
        """Whether the session is open; when it is not any more, its timer has closed it."""
        return not self.closing

    # ── packets ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def send(self, pkt: Packet) -> None:
        if not self.closing:
            self.queue.put_nowait(pkt)

    async def receive(self, pkt: Packet) -> None:
        """Raises UnknownPacketError for what a client may not send."""
        if pkt.packet_type == MESSAGE:
            await self.server._trigger_event("message", self.sid, pkt.data, run_async=self.server.async_handlers)
        elif pkt.packet_type == PONG:
            if self._pinged:
                self.schedule_ping()
        elif pkt.packet_type == CLOSE:
            await self.close(abort=True, reason=self.server.reason.CLIENT_DISCONNECT)
        elif pkt.packet_type not in (UPGRADE, NOOP):
            raise UnknownPacketError

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002
        """Ends the session; with ``abort`` without a word to the client. A poll that waits is answered, and nothing is
        waited for: python-engineio waits, with ``wait``, for a client that may never ask for the rest."""
        if self.closing:
            return
        self.closing, self.connected = True, False
        self._stop_waiting()
        if not abort:
            self.queue.put_nowait(Packet(CLOSE))
        self.queue.put_nowait(None)
        self._end_poll(NOOP if abort else None)
        if self._writer:
            self._loop.call_later(LINGER_S, self._writer.cancel)
        try:
            reason = reason or self.server.reason.SERVER_DISCONNECT
            await self.server._trigger_event("disconnect", self.sid, reason, run_async=False)
        finally:
            self.closed = True
            self.server.forget(self)

    # ── polls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def handle_get_request(self, environ: Mapping[str, Any]) -> Any:
        """The packets that answer a poll; of a websocket, nothing once it has ended. Raises EngineIOError when the
        session ended instead."""
        if environ["asgi.scope"]["type"] == "websocket":
            self._frames = environ["asgi.scope"].get("extensions", {}).get(EXTENSION, {}).get("write")
            ws = self.server._async["websocket"](self._websocket_handler, self.server)
            return await ws(environ)
        if self._poll:  # one may wait at a time
            self._end_poll(CLOSE)
            await self.close(abort=True, reason=self.server.reason.TRANSPORT_ERROR)
            raise EngineIOError
        return await self.poll(environ["asgi.receive"])

    async def poll(self, receive: Any = None) -> list[Packet]:
        """The packets that wait, or the next ones. A poll that its client gives up ends the session: what it might
        have been answered with cannot be sent again."""
        poll = self._poll = self._loop.create_future()
        try:
            return self.queue.take() or await self._answer(poll, receive)
        finally:
            self._poll = None

    async def _answer(self, poll: asyncio.Future[list[Packet]], receive: Any) -> list[Packet]:
        first = self._loop.create_task(self.queue.get())
        gone = self._loop.create_task(_gone(receive))
        try:
            within = NOOP_AFTER_S if self._probed else None
            await asyncio.wait((first, gone, poll), timeout=within, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                await self.close(abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
                raise EngineIOError
            if first.done() and (packet := first.result()) is not None:
                return [packet, *self.queue.take()]
            return poll.result() if poll.done() else [Packet(NOOP)]
        finally:
            await cancel_all([first, gone])

    def _end_poll(self, packet_type: int | None) -> None:
        """Answers a poll that waits with one packet, or for None with what is in the queue."""
        if self._poll and not self._poll.done():
            self._poll.set_result(self.queue.take() if packet_type is None else [Packet(packet_type)])

    async def handle_post_request(self, environ: Mapping[str, Any]) -> None:
        """Raises EngineIOError for anything but packets; the session is over then."""
        if self._posting:  # or their packets would be mixed
            await self.close(abort=True, reason=self.server.reason.TRANSPORT_ERROR)
            raise EngineIOError
        self._posting = True
        try:
            for packet in decode_payload(await self._body(environ)):
                if self.closing:
                    break
                await self.receive(packet)
        except (ValueError, EngineIOError) as error:
            await self.close(abort=True, reason=self.server.reason.TRANSPORT_ERROR)
            raise EngineIOError from error
        finally:
            self._posting = False

    async def _body(self, environ: Mapping[str, Any]) -> bytes:
        most = self.server.max_http_buffer_size
        body: bytes = await environ["wsgi.input"].read(most + 1)  # as long as it is: it may come in chunks
        if len(body) > most:
            raise ContentTooLongError
        return body

    # ── websockets ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _websocket_handler(self, ws: Any) -> None:
        if not self.connected:
            self.connected = self.upgraded = True
        elif self.upgrading or self.upgraded or not await self._take_over(ws):
            await ws.close()
            return
        await self._talk(ws)

    async def _take_over(self, ws: Any) -> bool:
        """Moves the session from polls to a websocket. Until its client says so, polls are answered as before: its
        first events need not wait for the move."""
        self.upgrading = True
        try:
            async with asyncio.timeout(UPGRADE_WITHIN_S):
                probe = await self._received(ws)
                if (probe.packet_type, probe.data) != (PING, "probe"):
                    return False
                await ws.send("3probe")
                self._probed = True
                self._end_poll(NOOP)
                self.upgraded = (await self._received(ws)).packet_type == UPGRADE and not self.closing
        except (OSError, TimeoutError, ValueError):
            return False  # it goes on by polls
        finally:
            self.upgrading = self._probed = False
        self._end_poll(NOOP)
        return self.upgraded

    async def _talk(self, ws: Any) -> None:
        reader = self._loop.create_task(self._read(ws))
        self._writer = self._loop.create_task(self._write(ws))
        self.queue.write = self._frames
        try:
            await asyncio.wait((reader, self._writer), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.queue.write = None
            if not self._writer.done() and not self.closing:
                self._writer.cancel()  # the client has gone
            await self.close(abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            await asyncio.wait((self._writer,))
            await cancel_all([reader])
            await ws.close()

    async def _read(self, ws: Any) -> None:
        try:
            while not self.closing:
                await self.receive(await self._received(ws))
        except OSError:
            pass  # the client has gone
        except (ValueError, EngineIOError):
            await self.close(reason=self.server.reason.TRANSPORT_ERROR)
        except Exception:
            log.exception("engine_socket.failed")

    async def _write(self, ws: Any) -> None:
        with suppress(Exception):  # whoever is gone cannot be written to: the reader knows
            while (packet := await self.queue.get()) is not None:
                self.queue.sending = True
                await ws.send(encode(packet))
                self.queue.sending = False

    async def _received(self, ws: Any) -> Packet:
        """Raises OSError when the client has gone, ValueError for what is no packet or too long."""
        data: str | bytes = await ws.wait()
        if len(data) > self.server.max_http_buffer_size:
            raise ValueError("the packet is too long")
        return decode(data)


async def _gone(receive: Any) -> None:
    """Returns when the client of an HTTP request has."""
    while (await receive())["type"] != "http.disconnect":
        pass
