"""Small servers made of ``edge.realtime``, for the conformance tests here and for suites that are run from outside."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from tests.support.platform import free_port

from bunri.edge.realtime.frames import FramesProtocol
from bunri.edge.realtime.protocol import ProtocolOptions

OPTIONS: Final = ProtocolOptions(
    ping_interval_s=0.3,
    ping_timeout_s=0.2,
    max_payload=1_000_000,
    connect_timeout_s=1,
    namespaces=("/", "/custom"),
)
"""What the suites of the protocols' authors expect."""


def run(app: ASGIApp, arguments: Sequence[str] | None = None) -> None:
    """Serves ``app`` on the loopback until it is interrupted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=3000)
    uvicorn.run(app, port=parser.parse_args(arguments).port, ws=FramesProtocol, ws_ping_interval=None)


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """``app`` in this process; gives its address, ``host:port``."""
    port = free_port()
    config = uvicorn.Config(app, port=port, ws=FramesProtocol, ws_ping_interval=None, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(10):
            while not server.started:  # noqa: ASYNC110  # no event tells
                await asyncio.sleep(0.01)
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        await asyncio.wait([running], timeout=20)
