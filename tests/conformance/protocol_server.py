"""A server for the suite of Socket.IO 5: ``python -m tests.conformance.protocol_server [--port 3000]``.

On connect it says ``auth`` with what the client sent along; ``message`` comes back as ``message-back``, and
``message-with-ack`` is acknowledged with its arguments.
"""

from typing import Any

import socketio
from starlette.types import ASGIApp
from tests.conformance.serving import OPTIONS, run

from bunri.edge.realtime.protocol import ProtocolOptions, app_of, create_server


def server(options: ProtocolOptions = OPTIONS) -> socketio.AsyncServer:
    made = create_server(options)
    for namespace in options.namespaces:
        _serve(made, namespace)
    return made


def _serve(made: socketio.AsyncServer, namespace: str) -> None:
    async def connect(sid: str, environ: dict[str, Any], auth: object = None) -> None:
        await made.emit("auth", auth or {}, to=sid, namespace=namespace)

    async def message(sid: str, *arguments: Any) -> None:
        await made.emit("message-back", arguments, to=sid, namespace=namespace)

    async def message_with_ack(sid: str, *arguments: Any) -> tuple[Any, ...]:
        return arguments

    made.on("connect", connect, namespace=namespace)
    made.on("message", message, namespace=namespace)
    made.on("message-with-ack", message_with_ack, namespace=namespace)


def app(options: ProtocolOptions = OPTIONS) -> ASGIApp:
    return app_of(server(options), "/socket.io")


if __name__ == "__main__":
    run(app())
