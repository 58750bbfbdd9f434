"""Many sockets of one room that count what reaches them, in a process of its own that spends little on each.

A listener reads no frame: it counts how often the beginning of the event stands in what arrives. That takes a hundredth
of what a real client needs, so that two cores measure the server and not its audience. A frame that two reads cut in
the middle of that beginning is counted by the second.
"""

import asyncio
import base64
import gc
import os
import time
from itertools import cycle
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import uvloop

from bench import worker_processes
from bench.stats import ms
from bunri.platform.realtime import NAMESPACE

_EVENT: Final = f'42{NAMESPACE},["newMessage",'.encode()
_AT_ONCE: Final = 25


class Listener(asyncio.Protocol):
    """One person's socket: speaks just enough Socket.IO 5 to come into a room."""

    def __init__(self) -> None:
        self.heard = 0
        self.last = 0.0
        self.own = b""
        """What stands in its own words, while it waits for them."""
        self._tail = b""
        self._transport: Any = None  # uvloop's is no asyncio.Transport
        self._waiting: asyncio.Future[bytes] | None = None
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._waiting:
            self._read += data
            if self._awaited in self._read:
                self._waiting.set_result(self._read)
                self._waiting, self._read = None, b""
            return
        joined = self._tail + data
        if self.own and self.own in joined:
            self.own = b""
        found = joined.count(_EVENT)
        if found:
            self.heard += found
            self.last = time.monotonic()
        self._tail = joined[-(len(_EVENT) - 1) :]
        if data == b"\x81\x012":  # a ping alone
            self.send("3")

    async def expect(self, awaited: bytes) -> bytes:
        self._awaited = awaited
        self._waiting = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(30):
            return await self._waiting

    def send(self, text: str) -> None:
        """As one masked text frame (RFC 6455 §5.2)."""
        assert self._transport
        data = text.encode()
        head = bytes([0x81, 0x80 | len(data)]) if len(data) < 126 else b"\x81\xfe" + len(data).to_bytes(2, "big")
        self._transport.write(head + b"\0\0\0\0" + data)

    @property
    def is_closed(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    async def come(self, netloc: str, token: str, room: str) -> None:
        """Connects, and comes into ``room``."""
        await self.connect(netloc, token)
        self.send(f'42{NAMESPACE},1["joinRoom",{{"roomId":"{room}"}}]')
        await self.expect(f"43{NAMESPACE},1[".encode())

    async def connect(self, netloc: str, token: str) -> None:
        assert self._transport
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await self.expect(b'"maxPayload"')
        self.send(f"40{NAMESPACE}," + orjson.dumps({"token": token}).decode())
        await self.expect(f"40{NAMESPACE}".encode())

    def say(self, number: int, message: dict[str, Any]) -> None:
        self.send(f'42{NAMESPACE},{number}["sendMessage",{orjson.dumps(message).decode()}]')


async def _run(plan: worker_processes.Plan) -> dict[str, Any]:
    """Their sockets are shared out over all ``plan["urls"]``."""
    nodes, room = [urlsplit(url).netloc for url in plan["urls"]], plan["room"]
    loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE)

    async def arrive(netloc: str, token: str) -> Listener:
        host, _, port = netloc.partition(":")
        async with gate:
            _, listener = await loop.create_connection(Listener, host, int(port))
            await listener.come(netloc, token, room)
            return listener

    listeners = await asyncio.gather(*map(arrive, cycle(nodes), plan["tokens"]))
    await asyncio.sleep(1)
    for listener in listeners:
        listener.heard = 0
    return await _talk(listeners, plan)


async def _talk(listeners: list[Listener], plan: worker_processes.Plan) -> dict[str, Any]:
    """A few say something as soon as what they said before has come back; all hear it."""
    speakers, said = listeners[: plan["speakers"]], 0
    waits: list[float] = []
    began = time.monotonic()
    until = began + plan["seconds"]

    async def speak(speaker: Listener, number: int) -> None:
        nonlocal said
        while time.monotonic() < until:
            said += 1
            mark = f"<{number}-{said}>"
            speaker.own = f'"{mark}"'.encode()
            sent = time.monotonic()
            speaker.say(said + 1, {**plan["message"], "clientId": mark})
            while speaker.own and time.monotonic() < sent + 5:  # noqa: ASYNC110  # an event costs more
                await asyncio.sleep(0.0005)
            waits.append(time.monotonic() - sent)

    await asyncio.gather(*(speak(speaker, number) for number, speaker in enumerate(speakers)))
    deadline = time.monotonic() + 10
    while any(each.heard < said for each in listeners) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    ended = max(listener.last for listener in listeners)
    heard = sum(listener.heard for listener in listeners)
    return {
        "per_second": heard / (ended - began),
        "messages_per_second": said / (ended - began),
        "p99_ms": ms(waits, 0.99),
        "missing": said * len(listeners) - heard,
    }


def _prepare(plan: worker_processes.Plan) -> Any:
    gc.disable()
    return lambda: uvloop.run(_run(plan))


if __name__ == "__main__":
    worker_processes.serve(_prepare)
