"""How many websockets one address may have, and all together."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bunri.edge.realtime.shares import SocketShare


async def _open_until_closed(_: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await receive()


class Client:
    """One websocket."""

    def __init__(self, app: ASGIApp, address: str) -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._events.put_nowait({"type": "websocket.connect"})
        extensions: dict[str, object] = {"websocket.http.response": {}}
        scope = {"type": "websocket", "client": (address, 1), "headers": [], "extensions": extensions}
        self._running = asyncio.ensure_future(app(scope, self._events.get, self.sent.put))

    async def answer(self) -> Message:
        async with asyncio.timeout(10):
            return await self.sent.get()

    async def close(self) -> None:
        self._events.put_nowait({"type": "websocket.disconnect"})
        await self._running


async def _status(app: ASGIApp, address: str, opened: AsyncExitStack) -> int:
    client = Client(app, address)
    opened.push_async_callback(client.close)
    answer = await client.answer()
    return 101 if answer["type"] == "websocket.accept" else int(answer["status"])


@pytest.mark.parametrize(
    ("addresses", "statuses"),
    [
        (["192.0.2.1"] * 3 + ["192.0.2.2"], [101, 101, 429, 101]),
        (["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"], [101, 101, 429, 101]),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"], [101, 101, 101, 503]),
    ],
)
async def test_of_an_address_and_of_all(addresses: list[str], statuses: list[int]) -> None:
    app = SocketShare(_open_until_closed, most=3, per_address=2)
    async with AsyncExitStack() as opened:
        assert [await _status(app, address, opened) for address in addresses] == statuses
    async with AsyncExitStack() as opened:  # all are closed: their places are free
        assert await _status(app, addresses[0], opened) == 101
