"""The Socket.IO server of an API process: path ``/socket.io/``, namespace ``/chat``, websocket and polling.

A socket says who it is by an access token and joins its person's room and the lobby. It ends with its token, and soon
after its session; the client takes a fresh token and connects again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import structlog
from pydantic import ValidationError
from socketio.exceptions import ConnectionRefusedError as Refused
from starlette.types import ASGIApp

from bunri.domains.auth.public import AccessVerifier, Caller, SessionEndings, TokenInvalid
from bunri.edge.http.settings import HttpSettings
from bunri.edge.realtime.origins import OriginCheck
from bunri.edge.realtime.protocol import ProtocolOptions, app_of, create_server
from bunri.edge.realtime.shares import SocketShare, TooManySockets
from bunri.edge.realtime.sockets import ConnectedSocket, ConnectedSockets
from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError, Invalid
from bunri.kit.languages import Language, negotiate, text
from bunri.kit.sentences import sentence
from bunri.platform.limits import RateLimiter
from bunri.platform.providers import Providers
from bunri.platform.realtime import (
    NAMESPACE,
    OrderedRooms,
    OrderedSource,
    SocketHandler,
    SocketWatcher,
    user_room,
)
from bunri.platform.realtime.cluster import ClusterManager
from bunri.platform.telemetry.metrics import SOCKET_EVENTS
from bunri.platform.telemetry.traces import span

log = structlog.get_logger(__name__)

PREFIX: Final = "/socket.io"
LOBBY: Final = "lobby"
LARGEST_MESSAGE: Final = 128 * 1024
"""Bytes of one packet: a message of 64 KiB and what JSON makes of it."""
OPTIONS: Final = ProtocolOptions(max_payload=LARGEST_MESSAGE, namespaces=(NAMESPACE,))
LOOK_EVERY_S: Final = 8.0
"""Seconds between two looks for tokens that have run out, for people whose server has died, and for lost pushes."""


class RealtimeServer:
    def __init__(
        self,
        manager: ClusterManager,
        verifier: AccessVerifier,
        endings: SessionEndings,
        handlers: Sequence[SocketHandler],
        providers: Providers,
        clock: Clock,
        limits: HttpSettings,
        limiter: RateLimiter,
        watchers: Sequence[SocketWatcher] = (),
        ordered: OrderedSource | None = None,
        options: ProtocolOptions = OPTIONS,
    ) -> None:
        """``limiter`` counts the events of each person; ``ordered`` keeps what is pushed to rooms in order."""
        self._limits = limits
        self._limiter = limiter
        self._manager = manager
        self._verifier = verifier
        self._providers = providers
        self._clock = clock
        self._sockets = ConnectedSockets()
        self._loop: asyncio.AbstractEventLoop | None = None
        options = replace(options, most_sessions=limits.sockets, most_per_address=limits.sockets_of_address)
        self._server = create_server(options, manager)
        self._ordered = OrderedRooms(ordered, manager.deliver) if ordered else None
        manager.ordered, manager.on_expelled = self._ordered, self._expel
        self._watchers = watchers
        self._server.on("connect", self._connect, namespace=NAMESPACE)
        self._server.on("disconnect", self._disconnected, namespace=NAMESPACE)
        for handler in handlers:
            self._server.on(handler.event, self._bound(handler), namespace=NAMESPACE)
        endings.on_ended(self._on_session_ended)

    @property
    def app(self) -> ASGIApp:
        """To be mounted at PREFIX."""
        made, limits = app_of(self._server, PREFIX), self._limits
        shared = SocketShare(made, most=limits.sockets, per_address=limits.sockets_of_address)
        return OriginCheck(shared, self._limits.origins)

    async def run(self) -> None:
        """Follows the other processes and ends sockets whose token has run out, until it is cancelled."""
        self._loop = asyncio.get_running_loop()
        # By itself it would follow them from the first socket on only, and event streams listen too.
        self._server.manager_initialized = True
        self._manager.initialize()
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                await self.look()
        finally:
            await self._manager.stop()

    # ── who is there ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        language = negotiate(environ.get("HTTP_ACCEPT_LANGUAGE"))
        try:
            caller = self._verifier.verify(_token(environ, auth))
            if self._sockets.count_of(caller.id) >= self._limits.sockets_per_person:
                raise TooManySockets(limit=self._limits.sockets_per_person, retry_after=10)
        except BunriError as error:
            # Socket.IO's client shows ``message`` and hands ``data`` on.
            raise Refused(sentence(error, language), {"code": error.code}) from None
        self._sockets.add(sid, caller, language)
        await self._server.enter_room(sid, user_room(caller.id), namespace=NAMESPACE)
        await self._server.enter_room(sid, LOBBY, namespace=NAMESPACE)

    async def _disconnected(self, sid: str, *_: object) -> None:
        socket, rooms = self._socket(sid), self._sockets.rooms_of(sid)
        self._sockets.remove(sid)  # first: what it has asked for may still be being done, and must not bring it back
        if socket:
            for room in rooms:
                self._forget_order(room, sid)
            for watcher in self._watchers:
                await watcher.gone(socket)

    async def look(self) -> None:
        """What is done from time to time."""
        await self.end_expired()
        if self._ordered:
            await self._ordered.look()
        for watcher in self._watchers:
            await watcher.beat()

    def _socket(self, sid: str) -> "_Socket | None":
        found = self._sockets.get(sid)
        return _Socket(self, sid, found.caller) if found else None

    # ── rooms ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def follow(self, sid: str, room: str, since: int | None) -> bool:
        """As ``Socket.follow``."""

        async def enter() -> None:
            if self._sockets.get(sid):  # it may have gone meanwhile
                await self._server.enter_room(sid, room, namespace=NAMESPACE)
                self._sockets.note_room(sid, room)

        if self._ordered is None:
            await enter()
            return True
        complete = await self._ordered.add(room, sid, since, enter, lambda event, data: self.emit(sid, event, data))
        if self._sockets.get(sid) is None:
            self._ordered.remove(room, sid)
        return complete

    def follows(self, sid: str, room: str) -> bool:
        return room in self._sockets.rooms_of(sid)

    async def unfollow(self, sid: str, room: str) -> None:
        self._sockets.forget_room(sid, room)
        self._forget_order(room, sid)
        await self._server.leave_room(sid, room, namespace=NAMESPACE)

    def _forget_order(self, room: str, sid: str) -> None:
        if self._ordered:
            self._ordered.remove(room, sid)

    async def _expel(self, person: str, room: str) -> None:
        for sid in self._sockets.of_person(person):
            await self.unfollow(sid, room)
            if socket := self._socket(sid):
                for watcher in self._watchers:
                    await watcher.expelled(socket, room)

    async def emit(self, sid: str, event: str, data: Mapping[str, Any]) -> None:
        """To one socket of this process."""
        await self._manager.deliver(event, data, sid)

    def _on_session_ended(self, session_id: Any) -> None:
        loop = self._loop
        if loop is not None:
            for sid in self._sockets.of_session(session_id):
                loop.create_task(self._end(sid))

    async def end_expired(self) -> None:
        """Ends the sockets whose token has run out."""
        for sid in self._sockets.expired(self._clock()):
            await self._end(sid)

    async def _end(self, sid: str) -> None:
        with suppress(KeyError):  # it has gone by itself
            await self._server.disconnect(sid, namespace=NAMESPACE)

    # ── what they send ────────────────────────────────────────────────────────────────────────────────────────────

    def _bound(self, handler: SocketHandler) -> Any:
        async def handle(sid: str, payload: object = None, *_: object) -> dict[str, Any]:
            found = self._sockets.get(sid)
            if found is None:
                return _failed(TokenInvalid(), "ko")
            with span(f"socket {handler.event}", "server") as traced:
                answer = await self._handle(handler, _Socket(self, sid, found.caller), found, payload)
                outcome = _outcome(answer)
                if outcome == "failed":
                    traced.fail("internal")
            SOCKET_EVENTS.labels(handler.event, outcome).inc()
            return answer

        return handle

    async def _handle(
        self, handler: SocketHandler, socket: "_Socket", sent_by: ConnectedSocket, payload: object
    ) -> dict[str, Any]:
        """The acknowledgement: ``{status: "success", data}`` or ``{status: "error", code, message}``,
        with ``retry_after`` where it can be sent again."""
        language = sent_by.language
        try:
            await self._limiter.hit(handler.limit, f"{handler.event} {socket.caller.id}")
            given = handler.payload.model_validate(payload)
            async with sent_by.turn:
                data = await handler.call(self._providers.get(handler.service), socket, given)
        except ValidationError:
            return _failed(Invalid(), language)
        except BunriError as error:
            return _failed(error, language)
        except Exception:
            log.exception("socket_event.failed", socket_event=handler.event)
            return {"status": "error", "code": "internal", "message": text("errors.internal", language)}
        return {"status": "success", "data": data}


class _Socket:
    """Implements platform.realtime.Socket."""

    def __init__(self, server: RealtimeServer, sid: str, caller: Caller) -> None:
        self._server = server
        self.id = sid
        self.caller = caller

    async def emit(self, event: str, data: Mapping[str, Any]) -> None:
        await self._server.emit(self.id, event, data)

    async def follow(self, room: str, since: int | None = None) -> bool:
        return await self._server.follow(self.id, room, since)

    async def unfollow(self, room: str) -> None:
        await self._server.unfollow(self.id, room)

    def follows(self, room: str) -> bool:
        return self._server.follows(self.id, room)


def _outcome(answer: Mapping[str, Any]) -> str:
    if answer["status"] == "success":
        return "done"
    return "failed" if answer["code"] == "internal" else "refused"


def _failed(error: BunriError, language: Language) -> dict[str, Any]:
    """``retry_after``: seconds until the same may be sent again, where that is known."""
    known = {name: error.data[name] for name in ("retry_after",) if name in error.data}
    return {"status": "error", "code": error.code, "message": sentence(error, language), **known}


def _token(environ: dict[str, Any], auth: object) -> str:
    """From the handshake's ``auth: {token}``, else from the header ``Authorization``."""
    if isinstance(auth, dict) and isinstance(auth.get("token"), str):
        token: str = auth["token"]
        return token.removeprefix("Bearer ")
    return str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")[2]
