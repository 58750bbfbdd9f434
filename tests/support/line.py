"""A line between a process and a server that can be cut: what a network does that nobody hears of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Line:
    """Carries TCP connections from ``port`` on the loopback to a server."""

    def __init__(self, host: str, port: int) -> None:
        self._to = host, port
        self._whole = asyncio.Event()
        self._whole.set()
        self._open: set[asyncio.Task[None]] = set()
        self.port = 0

    def cut(self) -> None:
        """Carries nothing from now on. Connections stay open, and new ones are taken."""
        self._whole.clear()

    def mend(self) -> None:
        """Goes on; what was sent meanwhile arrives late."""
        self._whole.set()

    async def drop(self) -> None:
        """Ends all connections."""
        ended = list(self._open)
        for each in ended:
            each.cancel()
        await asyncio.gather(*ended, return_exceptions=True)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        ends = [writer]
        ways: list[asyncio.Task[None]] = []
        try:
            await self._whole.wait()
            there, back = await asyncio.open_connection(*self._to)
            ends.append(back)
            ways += [asyncio.create_task(self._pass(reader, back)), asyncio.create_task(self._pass(there, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except (OSError, asyncio.CancelledError):
            pass  # nobody is there, or the line is dropped
        finally:
            for end in ends:
                end.close()
            for way in ways:
                way.cancel()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def line_to(host: str, port: int) -> AsyncIterator[Line]:
    line = Line(host, port)
    listener = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    line.port = listener.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        listener.close()
        line.mend()
        await line.drop()
        await listener.wait_closed()
