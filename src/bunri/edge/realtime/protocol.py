"""Which server speaks Socket.IO here: ours, as long as the libraries below it have what it leans on."""

import logging
from dataclasses import dataclass, field
from typing import Any

import orjson
import socketio
import structlog
from starlette.types import ASGIApp

from bunri.edge.realtime.answered import Answered
from bunri.edge.realtime.libraries import missing

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ProtocolOptions:
    """What a server of Engine.IO and Socket.IO tells its clients, and what it bears from them."""

    ping_interval_s: float = 25
    ping_timeout_s: float = 20
    max_payload: int = 128 * 1024
    """Bytes of one packet, or of one POST."""
    connect_timeout_s: float = 45
    """For how long a connection may be in no namespace."""
    most_sessions: int | None = None
    most_per_address: int | None = None
    """Sessions of one network."""
    most_attachments: int = 10
    namespaces: tuple[str, ...] = ("/",)
    """Those that may be connected to; others are refused."""
    transports: tuple[str, ...] = field(default=("polling", "websocket"))

    def of_engine(self) -> dict[str, Any]:
        """As python-engineio names them."""
        return {
            "async_mode": "asgi",
            "ping_interval": self.ping_interval_s,
            "ping_timeout": self.ping_timeout_s,
            "max_http_buffer_size": self.max_payload,
            "transports": list(self.transports),
            "http_compression": False,
            "cors_allowed_origins": [],  # it checks none and says nothing of it: OriginCheck and the CORS middleware do
        }


class Json:
    """What python-socketio wants of a JSON module."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(value: str | bytes, **_: Any) -> Any:
        return orjson.loads(value)


def create_server(options: ProtocolOptions, manager: Any = None) -> socketio.AsyncServer:
    """A server of Socket.IO; ``manager`` is python-socketio's way to other processes. Where the libraries have changed
    under it, theirs as it is: it lacks conformance, and no event."""
    # Given no logger, the libraries write to standard error themselves, past our format.
    common = options.of_engine() | {
        "client_manager": manager,
        "json": Json,
        "namespaces": list(options.namespaces),
        "logger": logging.getLogger("socketio"),
        "engineio_logger": logging.getLogger("engineio"),
    }
    if lacking := list(missing()):
        log.warning("realtime.plain_protocol", lacking=lacking)
        return socketio.AsyncServer(**common)
    from bunri.edge.realtime.socketio_server import SocketIOServer  # it may fail where something is lacking

    return SocketIOServer(
        **common,
        connect_timeout_s=options.connect_timeout_s,
        most_attachments=options.most_attachments,
        most_sessions=options.most_sessions,
        most_per_address=options.most_per_address,
    )


def app_of(server: socketio.AsyncServer, path: str) -> ASGIApp:
    """What answers below ``path``."""
    return Answered(socketio.ASGIApp(server, socketio_path=path.strip("/")))
