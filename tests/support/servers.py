"""A local HTTP server that answers by script, faults included, for adapters of external services.

    async with serving(status(500), ok({"things": []})) as server:
        ...                         # point the adapter at server.url
    assert len(server.requests) == 2

Each request takes the next step of the script; the last step repeats.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client sent. Header names are lower-case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> object:
        return json.loads(self.body)


Step = Callable[[asyncio.StreamWriter], Awaitable[None]]


def status(code: int, body: object = None, headers: Mapping[str, str] | None = None) -> Step:
    """A whole response: ``body`` as JSON, or as it is when it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {code} {HTTPStatus(code).phrase}",
        f"Content-Length: {len(content)}",
        *(f"{name}: {value}" for name, value in {"Content-Type": "application/json", **(headers or {})}.items()),
    ]

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)

    return answer


def ok(body: object) -> Step:
    return status(200, body)


def too_many(retry_after: str) -> Step:
    return status(429, {"error": "slow down"}, {"Retry-After": retry_after})


def garbage() -> Step:
    """A gateway's page where JSON was due."""
    return status(200, b"<html>It works!</html>", {"Content-Type": "text/html"})


def slow(seconds: float, then: Step) -> Step:
    async def answer(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await then(writer)

    return answer


async def hang(writer: asyncio.StreamWriter) -> None:
    """Never answers; ends when the client, or the server, gives up."""
    await asyncio.Event().wait()


async def cut(writer: asyncio.StreamWriter) -> None:
    """Promises a body and breaks the connection in the middle of it."""
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"half":')
    await writer.drain()
    writer.close()


@dataclass
class Server:
    """A running server: where it listens, what it was asked, and what it says next."""

    script: list[Step]
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            while not writer.is_closing():
                self.requests.append(await _read(reader))
                step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                await step(writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client left, or the test is over
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()  # else it is closed by the garbage collector, in the middle of another test

    async def hang_up(self) -> None:
        """Ends every open connection."""
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    address = urlsplit(target)
    return Request(method, address.path, dict(parse_qsl(address.query)), headers, body)


@contextlib.asynccontextmanager
async def serving(*script: Step) -> AsyncIterator[Server]:
    """A server on a free loopback port that follows ``script``."""
    server = Server(list(script))
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listener.close()
        await server.hang_up()
        await listener.wait_closed()
