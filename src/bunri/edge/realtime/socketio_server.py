"""Socket.IO 5 on ``EngineServer``, as its document has it, where python-socketio differs
(docs/decisions/0023-engine-io.md)."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import socketio
import structlog
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio.packet import ACK, CONNECT, CONNECT_ERROR, Packet

from bunri.edge.realtime.engine_server import EngineServer

log = structlog.get_logger(__name__)

RESERVED: Final = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
)
"""Names that no client may give to an event (socket.io-protocol, "Sending and receiving data")."""


class SocketIOServer(socketio.AsyncServer):  # type: ignore[misc]  # python-socketio has no types
    def __init__(self, *, connect_timeout_s: float, most_attachments: int, **options: Any) -> None:
        """A connection that is in no namespace for ``connect_timeout_s`` is closed, and so is one that announces more
        than ``most_attachments`` pieces of bytes for one event; ``options`` are python-socketio's."""
        super().__init__(**options)
        self._connect_timeout_s = connect_timeout_s
        self._most_attachments = most_attachments
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        """Of each connection that is in no namespace: when it is closed."""
        self._ending: set[asyncio.Future[None]] = set()

    def _engineio_server_class(self) -> type[EngineServer]:
        return EngineServer

    # ── coming and going ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        self._await_namespace(eio_sid)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        if waiting := self._waiting.pop(eio_sid, None):
            waiting.cancel()
        self._binary_packet.pop(eio_sid, None)
        await super()._handle_eio_disconnect(eio_sid, reason)

    def _await_namespace(self, eio_sid: str) -> None:
        if eio_sid not in self._waiting and eio_sid in self.eio.sockets and not self._namespaces_of(eio_sid):
            loop = asyncio.get_running_loop()
            self._waiting[eio_sid] = loop.call_later(self._connect_timeout_s, self._give_up, eio_sid)

    def _give_up(self, eio_sid: str) -> None:
        self._waiting.pop(eio_sid, None)
        if not self._namespaces_of(eio_sid):
            ending = asyncio.ensure_future(self.eio.disconnect(eio_sid))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    def _namespaces_of(self, eio_sid: str) -> Sequence[str]:
        return [name for name in self.manager.get_namespaces() if self.manager.sid_from_eio_sid(eio_sid, name)]

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        namespace = namespace or "/"
        if self.manager.sid_from_eio_sid(eio_sid, namespace):
            raise ValueError("the connection is in this namespace already")
        if not self._is_known(namespace):
            await self._refuse(eio_sid, namespace, "Invalid namespace")
            return
        socket = self.eio.sockets[eio_sid]
        socket.queue.hold()  # what the handler emits is sent after its CONNECT
        try:
            await super()._handle_connect(eio_sid, namespace, data)
        except Exception:
            log.exception("socket_connect.failed", namespace=namespace)
            if sid := self.manager.sid_from_eio_sid(eio_sid, namespace):
                await self.manager.disconnect(sid, namespace, ignore_queue=True)
            await self._refuse(eio_sid, namespace, "Connection refused by server")
        finally:
            socket.queue.release()
        if self._namespaces_of(eio_sid) and (waiting := self._waiting.pop(eio_sid, None)):
            waiting.cancel()

    def _is_known(self, namespace: str) -> bool:
        return namespace in self.handlers or namespace in self.namespace_handlers or namespace in self.namespaces

    async def _refuse(self, eio_sid: str, namespace: str, message: str) -> None:
        await self._send_packet(eio_sid, self.packet_class(CONNECT_ERROR, {"message": message}, namespace))

    async def _send_packet(self, eio_sid: str, pkt: Packet) -> None:
        """The answer to a CONNECT goes before what was put in the queue while it was being made."""
        if pkt.packet_type in (CONNECT, CONNECT_ERROR) and (socket := self.eio.sockets.get(eio_sid)):
            socket.queue.release(EnginePacket(MESSAGE, pkt.encode()))
        else:
            await super()._send_packet(eio_sid, pkt)

    async def _handle_disconnect(self, eio_sid: str, namespace: str | None, reason: str | None = None) -> None:
        await super()._handle_disconnect(eio_sid, namespace, reason)
        self._await_namespace(eio_sid)

    async def disconnect(self, sid: str, namespace: str | None = None, ignore_queue: bool = False) -> None:
        eio_sid = self.manager.eio_sid_from_sid(sid, namespace or "/")
        await super().disconnect(sid, namespace, ignore_queue)
        if eio_sid:
            self._await_namespace(eio_sid)

    # ── events ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        """A packet that is none, or that is out of place, ends the connection."""
        try:
            if isinstance(data, bytes) != (eio_sid in self._binary_packet):
                raise ValueError("bytes without an event that announces them, or the reverse")
            if data == "":
                raise ValueError("an empty packet")
            await super()._handle_eio_message(eio_sid, data)
            announced = self._binary_packet.get(eio_sid)
            if announced and not 0 < announced.attachment_count <= self._most_attachments:
                raise ValueError("too many attachments, or none")
        except Exception as error:
            log.info("socket_packet.refused", reason=repr(error))
            self._binary_packet.pop(eio_sid, None)
            await self.eio.disconnect(eio_sid)

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:  # noqa: A002
        """python-socketio would let a client call the handlers of ``connect`` and ``disconnect``."""
        if not (isinstance(data, list) and data and isinstance(data[0], str | int)) or data[0] in RESERVED:
            raise ValueError("no event")
        if not self.manager.sid_from_eio_sid(eio_sid, namespace or "/"):
            raise ValueError("an event for a namespace that the connection is not in")
        await super()._handle_event(eio_sid, namespace, id, data)

    async def _handle_event_internal(
        self,
        server: Any,  # noqa: ARG002  # itself
        sid: str,
        eio_sid: str,
        data: list[Any],
        namespace: str,
        id: int | None,  # noqa: A002
    ) -> None:
        """Acknowledges what a handler returns; ``()`` is an acknowledgement without arguments. None is no
        acknowledgement: a handler that failed, or was cancelled, has delivered nothing."""
        try:
            returned = await self._trigger_event(data[0], namespace, sid, *data[1:])
        except Exception:
            log.exception("socket_event.failed", socket_event=data[0])
            return
        if id is None or returned is None or returned is self.not_handled:
            return
        arguments = list(returned) if isinstance(returned, tuple) else [returned]
        await self._send_packet(eio_sid, self.packet_class(ACK, arguments, namespace, id))
