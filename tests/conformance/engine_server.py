"""A server for the suite of Engine.IO 4: ``python -m tests.conformance.engine_server [--port 3000]``.

It sends back what it gets, below ``/engine.io/``.
"""

import logging

import engineio
from starlette.types import ASGIApp
from tests.conformance.serving import OPTIONS, run

from bunri.edge.realtime.engine_server import EngineServer
from bunri.edge.realtime.protocol import ProtocolOptions


def app(options: ProtocolOptions = OPTIONS) -> ASGIApp:
    server = EngineServer(
        **options.of_engine(),
        async_handlers=False,
        logger=logging.getLogger("engineio"),
        most_sessions=options.most_sessions,
        most_per_address=options.most_per_address,
    )

    async def echo(sid: str, data: str | bytes) -> None:
        await server.send(sid, data)

    server.on("message", echo)
    made: ASGIApp = engineio.ASGIApp(server, engineio_path="/engine.io")
    return made


if __name__ == "__main__":
    run(app())
