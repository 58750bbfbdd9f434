"""Frames that are written as they are: what the protocol's library reads in them, and who does not keep up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import orjson
import pytest
from tests.conformance.raw import Frames, websocket
from tests.edge.realtime.test_server import KEY, Node, node, owner
from tests.support.tokens import access_token
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from bunri.app.settings import Settings
from bunri.edge.realtime.frames import frame
from bunri.edge.realtime.server import LOBBY, PREFIX
from bunri.kit.clock import now
from bunri.platform.realtime import NAMESPACE
from bunri.platform.realtime.cluster import ClusterEmitter


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("binary", [False, True], ids=["text", "bytes"])
def test_the_library_reads_them(size: int, binary: bool) -> None:
    client = ClientProtocol(parse_uri("ws://example"), state=OPEN, max_size=None)
    text = ("가" * size)[:size]
    data: str | bytes = b"\x00\xff" * (size // 2) if binary else text
    client.receive_data(frame(data) + frame("next"))
    first, second = client.events_received()
    assert isinstance(first, Frame)
    assert first.opcode == (Opcode.BINARY if binary else Opcode.TEXT)
    assert bytes(first.data) == (data if isinstance(data, bytes) else data.encode())
    assert isinstance(second, Frame)
    assert bytes(second.data) == b"next"


@asynccontextmanager
async def connected(to: Node) -> AsyncIterator[Frames]:
    """In the namespace, and so in the lobby; what comes is read by whoever asks for it, and not before."""
    async with websocket(to.url.removeprefix("http://"), f"{PREFIX}/") as socket:
        await socket.next()
        token = access_token(KEY, owner(), "초록이", now(), timedelta(hours=1))
        await socket.send(f"40{NAMESPACE}," + orjson.dumps({"token": token}).decode())
        assert str(await socket.next()).startswith(f"40{NAMESPACE}")
        yield socket


async def numbers(socket: Frames, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        event = str(await socket.next())
        if event.startswith("42"):  # and no ping
            found.append(orjson.loads(event.removeprefix(f"42{NAMESPACE},"))[1]["number"])
    return found


async def test_who_does_not_keep_up_gets_everything_in_order_and_holds_nobody_up(settings: Settings) -> None:
    """15 MB are more than the buffers between the two."""
    async with node(settings) as one, connected(one) as slow, connected(one) as quick:
        emitter = ClusterEmitter(one.manager)
        for number in range(250):
            await emitter.emit("news", {"number": number, "filler": "가" * 20_000}, room=LOBBY)
            await asyncio.sleep(0)
        assert await numbers(quick, 250) == list(range(250))
        await emitter.emit("news", {"number": 250, "filler": ""}, room=LOBBY)
        assert await numbers(slow, 251) == list(range(251))
