"""Clients that write each packet themselves: of what a library does by itself, nothing happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

WITHIN_S = 10


class Polls:
    """A session of Engine.IO by requests. ``path`` is where the server is mounted."""

    def __init__(self, http: httpx.AsyncClient, path: str) -> None:
        self._http = http
        self._path = path
        self.handshake: dict[str, Any] = {}

    async def open(self) -> "Polls":
        answer = await self.request("GET")
        assert answer.status_code == 200, answer.text
        assert answer.text[0] == "0"
        self.handshake = orjson.loads(answer.text[1:])
        return self

    @property
    def sid(self) -> str:
        found: str = self.handshake["sid"]
        return found

    async def request(self, method: str, body: str | bytes | None = None, **query: str | None) -> httpx.Response:
        """With what each request needs; a part of ``query`` that is None is left out."""
        given: dict[str, str | None] = {"EIO": "4", "transport": "polling", **query}
        if self.handshake:
            given = {"sid": self.sid, **given}
        params = {name: value for name, value in given.items() if value is not None}
        return await self._http.request(method, self._path, params=params, content=body)

    async def get(self) -> list[str]:
        """The packets of one poll."""
        answer = await self.request("GET")
        assert answer.status_code == 200, answer.text
        return answer.text.split("\x1e")

    async def post(self, *packets: str) -> None:
        answer = await self.request("POST", "\x1e".join(packets))
        assert (answer.status_code, answer.text) == (200, "ok")

    async def is_over(self) -> bool:
        return (await self.request("GET")).status_code == 400

    async def ends(self) -> None:
        """Returns once the session is over. What comes until then, such as pings, is thrown away."""
        async with asyncio.timeout(WITHIN_S):
            while not await self.is_over():
                pass


class Frames:
    """A websocket whose frames are read one by one."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, *frames: str | bytes) -> None:
        for each in frames:
            await self._socket.send(each)

    async def next(self) -> str | bytes:
        async with asyncio.timeout(WITHIN_S):
            return await self._socket.recv()

    async def stay(self) -> None:
        """Answers pings until the connection ends, for whatever reason."""
        with suppress(ConnectionClosed):
            async for frame in self._socket:
                if frame == "2":
                    await self._socket.send("3")

    async def ends(self) -> None:
        """Returns once the server has closed it."""
        with_end = asyncio.timeout(WITHIN_S)
        try:
            async with with_end:
                while True:
                    await self._socket.recv()
        except ConnectionClosed:
            return


@asynccontextmanager
async def polling(address: str, path: str) -> AsyncIterator[Polls]:
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=WITHIN_S) as http:
        yield Polls(http, path)


@asynccontextmanager
async def websocket(address: str, path: str, **query: str | None) -> AsyncIterator[Frames]:
    """Open, but for the handshake of Engine.IO, which is its first frame unless it has a ``sid``."""
    given = {"EIO": "4", "transport": "websocket", **query}
    words = "&".join(f"{name}={value}" for name, value in given.items() if value is not None)
    async with connect(f"ws://{address}{path}?{words}", compression=None, ping_interval=None) as socket:
        yield Frames(socket)


async def refused(address: str, path: str, **query: str | None) -> int:
    """The status with which a websocket is refused."""
    try:
        async with websocket(address, path, **query):
            return 101
    except InvalidStatus as error:
        return error.response.status_code
