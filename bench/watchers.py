"""People who watch their jobs over websockets, and a worker that pushes each one's progress, in a process of its own.

Each watcher speaks just enough Socket.IO 5 on a websocket to connect and to answer pings. What is pushed carries the
moment it left, on the clock that all processes of a machine share.
"""

import asyncio
import gc
import time
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench import worker_processes
from bench.stats import ms
from bunri.platform.cache import Cache
from bunri.platform.realtime import NAMESPACE, user_room
from bunri.platform.realtime.remote import RemoteEmitter

_WARMUP_SHARE: Final = 0.2
_EVENT: Final = f'42{NAMESPACE},["jobStatus",'
_CONNECTING_AT_ONCE: Final = 50


class Watcher:
    """One person's socket."""

    def __init__(self, owner: str, token: str) -> None:
        self.owner = owner
        self._token = token
        self.received: list[tuple[float, float]] = []
        """When each push left and when it came, in seconds."""

    async def connect(self, netloc: str) -> None:
        self._socket: ClientConnection = await connect(
            f"ws://{netloc}/socket.io/?EIO=4&transport=websocket", compression=None, ping_interval=None
        )
        await self._socket.recv()  # Engine.IO's handshake
        await self._socket.send(f"40{NAMESPACE}," + orjson.dumps({"token": self._token}).decode())
        answer = str(await self._socket.recv())
        if not answer.startswith(f"40{NAMESPACE}"):
            raise RuntimeError(answer)

    async def watch(self) -> None:
        async for message in self._socket:
            came, text = time.monotonic(), str(message)
            if text == "2":
                await self._socket.send("3")
            elif text.startswith(_EVENT):
                self.received.append((orjson.loads(text[len(_EVENT) : -1])["sent"], came))

    async def close(self) -> None:
        await self._socket.close()


async def _run(plan: worker_processes.Plan) -> dict[str, Any]:
    watchers = [Watcher(owner, token) for owner, token in plan["people"]]
    gate, netloc = asyncio.Semaphore(_CONNECTING_AT_ONCE), urlsplit(plan["url"]).netloc

    async def arrive(watcher: Watcher) -> None:
        async with gate:
            await watcher.connect(netloc)

    await asyncio.gather(*map(arrive, watchers))
    watching = [asyncio.create_task(watcher.watch()) for watcher in watchers]
    cache = Cache(plan["valkey"])
    emitter = RemoteEmitter(cache)
    counted_from, pushed = await _push(emitter, watchers, plan)
    await asyncio.sleep(1)
    for watcher in watchers:
        await watcher.close()
    await asyncio.gather(*watching, return_exceptions=True)
    await cache.close()
    received = [each for watcher in watchers for each in watcher.received]
    took = [came - sent for sent, came in received if sent >= counted_from]
    return {"p50": ms(took, 0.5), "p99": ms(took, 0.99), "lost": pushed - len(received), "pushed": pushed}


async def _push(emitter: RemoteEmitter, watchers: list[Watcher], plan: worker_processes.Plan) -> tuple[float, int]:
    """Every watcher is pushed something once a period, evenly spread; returns from when on that counts, and how many
    pushes there were."""
    began, pushed = time.monotonic(), 0
    step = plan["period"] / len(watchers)
    while (due := began + pushed * step) < began + plan["seconds"]:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        data = {**plan["document"], "sent": time.monotonic()}
        await emitter.emit("jobStatus", data, room=user_room(watchers[pushed % len(watchers)].owner))
        pushed += 1
    return began + plan["seconds"] * _WARMUP_SHARE, pushed


def _prepare(plan: worker_processes.Plan) -> Any:
    gc.disable()  # a pause here would be measured as one of the server; the run is short
    return lambda: uvloop.run(_run(plan))


if __name__ == "__main__":
    worker_processes.serve(_prepare)
