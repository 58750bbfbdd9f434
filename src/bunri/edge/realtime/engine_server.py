"""Engine.IO 4 over HTTP and websockets: which requests open a session, and which belong to one.

What is answered to requests that are wrong follows the protocol's document; python-engineio differs in places
(docs/decisions/0023-engine-io.md).
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

import engineio
import orjson
from engineio.exceptions import EngineIOError
from engineio.packet import OPEN, Packet
from starlette.types import Receive, Scope, Send

from bunri.edge.http.addresses import address_of
from bunri.edge.realtime.engine_packets import encode_payload
from bunri.edge.realtime.engine_socket import EngineSocket, OutgoingQueue
from bunri.kit.networks import network_of

Answer = dict[str, Any]
"""As python-engineio's drivers take it: ``status``, ``headers``, ``response``."""

UNKNOWN_TRANSPORT: Final = (0, "Transport unknown")
UNKNOWN_SESSION: Final = (1, "Session ID unknown")
BAD_HANDSHAKE: Final = (2, "Bad handshake method")
BAD_REQUEST: Final = (3, "Bad request")
FORBIDDEN: Final = (4, "Forbidden")
TOO_MANY: Final = (4, "Too many sessions")
UNSUPPORTED_VERSION: Final = (5, "Unsupported protocol version")
"""Code and message, as clients of Engine.IO know them."""


_PROXYS_NUMBER: Final = re.compile("[0-9a-f]{32}")


class EngineServer(engineio.AsyncServer):  # type: ignore[misc]  # python-engineio has no types
    def __init__(
        self, *, most_sessions: int | None = None, most_per_address: int | None = None, **options: Any
    ) -> None:
        """``most_sessions`` may be open at once, polls and websockets together, ``most_per_address`` of them from one
        network; ``options`` are python-engineio's."""
        super().__init__(**options, monitor_clients=False)  # sessions watch over themselves
        self._most_sessions = most_sessions
        self._most_per_address = most_per_address
        self._by_network: Counter[str] = Counter()

    def create_queue(self, *_: Any, **__: Any) -> OutgoingQueue:
        return OutgoingQueue()

    async def handle_request(self, scope: Scope, receive: Receive, send: Send) -> Any:
        environ = await self._async["translate_request"](scope, receive, send)
        if not environ:
            return  # the client has gone
        answer = await self._answer(environ, scope["type"] == "websocket")
        if isinstance(answer, dict):
            await self._respond(answer, environ)

    async def _respond(self, answer: Answer, environ: Mapping[str, Any]) -> None:
        scope = environ["asgi.scope"]
        if scope["type"] == "websocket" and "websocket.http.response" in scope.get("extensions", {}):
            headers = [(name.encode(), value.encode()) for name, value in answer["headers"]]
            status = int(answer["status"].partition(" ")[0])
            await environ["asgi.send"]({"type": "websocket.http.response.start", "status": status, "headers": headers})
            await environ["asgi.send"]({"type": "websocket.http.response.body", "body": answer["response"]})
        else:
            await self._make_response(answer, environ)

    async def _answer(self, environ: Mapping[str, Any], websocket: bool) -> Answer | str | None:
        """None or a text for a websocket, which has had its answer."""
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return self._ok()  # a page of another origin asks first: the CORS middleware says what it may
        query = parse_qs(environ["QUERY_STRING"])
        transport = query.get("transport", [""])[0]
        if query.get("EIO") != ["4"]:
            return _refusal(UNSUPPORTED_VERSION)
        if transport not in self.transports or websocket != (transport == "websocket"):
            return _refusal(UNKNOWN_TRANSPORT)
        if "j" in query:  # JSONP went with version 3
            return _refusal(BAD_REQUEST)
        if "sid" not in query:
            return await self._open(environ, method, transport)
        socket = self.sockets.get(query["sid"][0])
        if socket is None or not socket.connected:
            return _refusal(UNKNOWN_SESSION)
        return await self._of_session(socket, environ, method, websocket)

    async def _of_session(
        self, socket: EngineSocket, environ: Mapping[str, Any], method: str, websocket: bool
    ) -> Answer | str | None:
        if socket.upgraded and not websocket:
            return _refusal(BAD_REQUEST)
        try:
            if method == "GET":
                found: list[Packet] | str | None = await socket.handle_get_request(environ)
                return self._ok(found) if isinstance(found, list) else found
            if method == "POST":
                await socket.handle_post_request(environ)
                return self._ok()
        except EngineIOError:
            pass  # the session is over
        return _refusal(BAD_REQUEST)

    async def _open(self, environ: Mapping[str, Any], method: str, transport: str) -> Answer | str | None:
        if method != "GET":
            return _refusal(BAD_HANDSHAKE)
        if self._most_sessions is not None and len(self.sockets) >= self._most_sessions:
            return _refusal(TOO_MANY, "503 SERVICE UNAVAILABLE")
        network = network_of(address_of(environ["asgi.scope"]))
        if self._most_per_address is not None and self._by_network[network] >= self._most_per_address:
            return _refusal(TOO_MANY, "429 TOO MANY REQUESTS")
        sid = self._new_id(environ)
        socket = self.sockets[sid] = EngineSocket(self, sid, network)
        self._by_network[network] += 1
        await socket.send(Packet(OPEN, self._handshake(sid, transport)))
        socket.schedule_ping()
        refused = await self._trigger_event("connect", sid, environ, run_async=False)
        if refused is not None and refused is not True:
            await socket.close(abort=True)
            return _refusal(FORBIDDEN, "403 FORBIDDEN")
        if transport == "websocket":
            answered: str | None = await socket.handle_get_request(environ)
            return answered
        socket.connected = True
        return self._ok(await socket.poll(environ["asgi.receive"]))

    def forget(self, socket: EngineSocket) -> None:
        """The session is over."""
        if self.sockets.pop(socket.sid, None):
            self._by_network[socket.network] -= 1
            if not self._by_network[socket.network]:
                del self._by_network[socket.network]

    def _new_id(self, environ: Mapping[str, Any]) -> str:
        """Begins with the number that a proxy has given to the request: by it the proxy finds this process again for
        the session's other requests, without a cookie (docs/operations/realtime.md)."""
        given = environ.get("HTTP_X_REQUEST_ID", "")
        return f"{given}.{self.generate_id()}" if _PROXYS_NUMBER.fullmatch(given) else str(self.generate_id())

    def _handshake(self, sid: str, transport: str) -> dict[str, Any]:
        return {
            "sid": sid,
            "upgrades": self._upgrades(sid, transport),
            "pingInterval": round(self.ping_interval * 1000),
            "pingTimeout": round(self.ping_timeout * 1000),
            "maxPayload": self.max_http_buffer_size,
        }

    def _ok(self, packets: list[Packet] | None = None, **_: Any) -> Answer:
        body = b"ok" if packets is None else encode_payload(packets)
        return {"status": "200 OK", "headers": [("Content-Type", "text/plain; charset=UTF-8")], "response": body}


def _refusal(why: tuple[int, str], status: str = "400 BAD REQUEST") -> Answer:
    code, message = why
    body = orjson.dumps({"code": code, "message": message})
    return {"status": status, "headers": [("Content-Type", "application/json")], "response": body}
