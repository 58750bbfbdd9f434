"""A local clamd: it takes streams as the real one does, finds EICAR's test file, and can be told to misbehave.

async with clamd() as server:
    ...                       # point the adapter at server.address
assert server.scanned == [b"…"]
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""Every scanner takes these bytes for a virus; they do nothing."""
LARGEST = 100 * 2**20

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


async def honest(data: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0")


def saying(line: bytes) -> Answer:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(line)

    return answer


async def hang(_: bytes, __: asyncio.StreamWriter) -> None:
    """Never answers."""
    await asyncio.Event().wait()


async def trickle(_: bytes, writer: asyncio.StreamWriter) -> None:
    """Answers a letter at a time, and never to the end."""
    while True:
        writer.write(b"s")
        await writer.drain()
        await asyncio.sleep(0.02)


async def hang_up(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"stream: O")


async def endless(_: bytes, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(b"stream: " * 1000)
            await writer.drain()


@dataclass
class Server:
    answer: Answer = honest
    largest: int = LARGEST
    """Bytes of a stream that it takes (StreamMaxLength)."""
    address: str = ""
    scanned: list[bytes] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """A stream has come to its end, and the answer is due."""
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the test is over
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if command == b"zPING\0":
            writer.write(b"PONG\0")
        elif command == b"zINSTREAM\0":
            await self._scan(reader, writer)
        else:
            writer.write(b"UNKNOWN COMMAND\0")
        await writer.drain()

    async def _scan(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = bytearray()
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            data += await reader.readexactly(length)
            if len(data) > self.largest:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.scanned.append(bytes(data))
        self.reached.set()
        await self.answer(bytes(data), writer)

    async def stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def clamd(path: Path | None = None, *, answer: Answer = honest, largest: int = LARGEST) -> AsyncIterator[Server]:
    """On the socket ``path``, or on a free port of this machine."""
    server = Server(answer, largest)
    if path:
        listener = await asyncio.start_unix_server(server.handle, path)
        server.address = f"unix://{path}"
    else:
        listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
        server.address = f"tcp://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        await server.stop()
        await listener.wait_closed()
