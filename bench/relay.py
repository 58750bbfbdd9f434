"""The edge's own Socket.IO with a room on it and nothing behind: what the peer of Node does, by our side's means.

Nobody is asked for and nothing is stored; what is said is numbered, passed on to the room, and published for other
processes, as the product does. ``python -m bench.relay VALKEY`` prints the port on which it listens.
"""

import asyncio
import sys
from contextlib import suppress
from itertools import count
from typing import Any

import socketio
import uvicorn
import uvloop

from bunri.edge.realtime.frames import FramesProtocol
from bunri.edge.realtime.protocol import app_of, create_server
from bunri.edge.realtime.server import OPTIONS, PREFIX
from bunri.kit.memory import frozen
from bunri.platform.cache import Cache
from bunri.platform.realtime import NAMESPACE
from bunri.platform.realtime.cluster import ClusterEmitter, ClusterManager, CutOff
from bunri.platform.telemetry.logs import configure_logs


def _serve(server: socketio.AsyncServer, emitter: ClusterEmitter) -> None:
    numbers = count(1)

    async def join(sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        await server.enter_room(sid, payload["roomId"], namespace=NAMESPACE)
        return {"status": "success"}

    async def send(_sid: str, message: dict[str, Any]) -> dict[str, Any]:
        said = {name: value for name, value in message.items() if name != "filler"}
        data = {**said, **message["filler"], "seq": next(numbers)}
        await emitter.emit("newMessage", data, room=message["room"])
        return {"status": "success"}

    server.on("joinRoom", join, namespace=NAMESPACE)
    server.on("sendMessage", send, namespace=NAMESPACE)


async def _run(valkey: str) -> None:
    cache = Cache(valkey)
    manager = ClusterManager(cache)
    server = create_server(OPTIONS, manager)
    _serve(server, ClusterEmitter(manager))
    server.manager_initialized = True  # now, and not with the first socket
    manager.initialize()
    config = uvicorn.Config(
        app_of(server, PREFIX),
        port=0,
        ws=FramesProtocol,
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    serving = uvicorn.Server(config)
    running = asyncio.create_task(serving.serve())
    while not (serving.started and await _hears(manager)):  # noqa: ASYNC110  # no event tells
        await asyncio.sleep(0.01)
    with frozen():  # as the product is
        print(serving.servers[0].sockets[0].getsockname()[1], flush=True)
        await running
    await manager.stop()
    await cache.close()


async def _hears(manager: ClusterManager) -> bool:
    """Whether what other processes publish reaches this one."""
    with suppress(CutOff):
        await manager.check()
        return True
    return False


if __name__ == "__main__":
    configure_logs("WARNING")  # to standard error: the port is all that is printed
    uvloop.run(_run(sys.argv[1]))
