"""Processes that hear each other by Valkey, and notice when they do not."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
import socketio
from tests.support.line import Line, line_to

from bunri.app.settings import Settings
from bunri.platform.cache import Cache
from bunri.platform.realtime import MISSED, Numbered, OrderedRooms, cluster
from bunri.platform.realtime.cluster import ClusterEmitter, ClusterManager, CutOff
from bunri.platform.realtime.remote import CHANNEL, LARGEST_PUBLISHED, RemoteEmitter

ROOM = "room:1"


class Kept:
    """Where numbered events are kept."""

    event = "said"
    most = 500

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def say(self, body: str = "") -> dict[str, Any]:
        self.bodies.append(body)
        return {"seq": len(self.bodies), "body": body}

    async def after(self, room: str, seq: int, limit: int) -> Sequence[Numbered]:
        return [Numbered(n + 1, {"seq": n + 1, "body": self.bodies[n]}) for n in range(len(self.bodies))][seq:][:limit]

    async def newest(self, rooms: Sequence[str]) -> Mapping[str, int]:
        return dict.fromkeys(rooms, len(self.bodies))


class Node:
    """A process with one socket in ROOM."""

    def __init__(self, url: str, kept: Kept) -> None:
        self.cache = Cache(url, timeout=0.3)
        self.manager = ClusterManager(self.cache)
        self.heard: list[int] = []
        self.others: list[str] = []
        self.manager.ordered = OrderedRooms(kept, self._deliver)
        self.manager.deliver = self._deliver  # type: ignore[method-assign]  # there is no server of Socket.IO
        self.manager.set_server(socketio.AsyncServer(async_mode="asgi", client_manager=self.manager))

    async def _deliver(self, event: str, data: Mapping[str, Any], room: str) -> None:
        if event == Kept.event:
            self.heard.append(data["seq"])
        else:
            self.others.append(event)

    async def start(self) -> "Node":
        async def enter() -> None: ...

        async def send(event: str, data: Mapping[str, Any]) -> None: ...

        self.manager.initialize()
        assert self.manager.ordered
        await self.manager.ordered.add(ROOM, "socket", None, enter, send)
        await until_it_hears(self)
        return self

    async def stop(self) -> None:
        await self.manager.stop()
        await self.cache.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.01)


async def hears_itself(node: Node) -> bool:
    try:
        await node.manager.check()
    except CutOff:
        return False
    return True


async def until_it_hears(node: Node, *, itself: bool = True) -> None:
    async with asyncio.timeout(10):
        while await hears_itself(node) is not itself:  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "BEAT_EVERY_S", 0.1)
    monkeypatch.setattr(cluster, "DEAF_AFTER_S", 0.5)
    monkeypatch.setattr(cluster, "RETRY_S", 0.1)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def line(settings: Settings) -> AsyncIterator[Line]:
    address = urlsplit(settings.cache_address("common"))
    async with line_to(address.hostname or "", address.port or 0) as made:
        yield made


@pytest.fixture
async def node(settings: Settings, line: Line, kept: Kept) -> AsyncIterator[Node]:
    """A process whose way to Valkey is ``line``."""
    address = urlsplit(settings.cache_address("common"))
    made = Node(address._replace(netloc=f":{address.password}@127.0.0.1:{line.port}").geturl(), kept)
    try:
        yield await made.start()
    finally:
        await made.stop()


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Cache]:
    """The way of another process, which nobody cuts."""
    cache = Cache(settings.cache_address("common"))
    yield cache
    await cache.close()


async def test_a_process_that_is_cut_off_without_a_word_notices_and_misses_nothing(
    node: Node, line: Line, other: Cache, kept: Kept
) -> None:
    """[7, 9]"""
    line.cut()
    await RemoteEmitter(other).emit("said", kept.say(), room=ROOM)
    await until_it_hears(node, itself=False)
    line.mend()
    await until(lambda: node.heard == [1])
    await until_it_hears(node)
    await RemoteEmitter(other).emit("said", kept.say(), room=ROOM)
    await until(lambda: node.heard == [1, 2])


async def test_whoever_pushes_does_not_wait_for_a_valkey_that_is_silent(
    node: Node, line: Line, other: Cache, kept: Kept
) -> None:
    line.cut()
    async with asyncio.timeout(5):  # one alone would wait for more than half a second
        for _ in range(100):
            await ClusterEmitter(node.manager).emit("said", kept.say(), room=ROOM)
    assert node.heard == list(range(1, 101))
    line.mend()


async def test_a_connection_that_is_made_anew_is_a_loss(node: Node, line: Line, kept: Kept, other: Cache) -> None:
    """The redis client makes it anew by itself, and says nothing."""
    with node.manager.listening(ROOM) as pushes:
        kept.say()
        await line.drop()
        pushed = await pushes.next(10)
        assert pushed is not None
        assert pushed.event == MISSED
        await until(lambda: node.heard == [1])
        await until_it_hears(node)
        await RemoteEmitter(other).emit("jobStatus", {}, room=ROOM)
        await until(lambda: node.others == ["jobStatus"])


async def test_one_that_valkey_cuts_off_for_reading_too_slowly_listens_anew(
    node: Node, line: Line, other: Cache, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[8]"""
    monkeypatch.setattr(cluster, "DEAF_AFTER_S", 60.0)  # it is told, and need not find out
    with node.manager.listening(ROOM) as pushes:
        line.cut()
        kept.say()
        ended = await overflows(other)
        for _ in range(20):
            await other.publish(CHANNEL, *[b"x" * 8192] * 200)
        assert await overflows(other) > ended
        line.mend()
        pushed = await pushes.next(10)
        assert pushed is not None
        assert pushed.event == MISSED
    await until(lambda: node.heard == [1])
    await RemoteEmitter(other).emit("said", kept.say(), room=ROOM)
    await until(lambda: node.heard == [1, 2])


async def overflows(cache: Cache) -> int:
    """Connections that Valkey has ended since their clients did not read."""
    found: int = (await cache._redis.info("stats"))["client_output_buffer_limit_disconnections"]
    return found


async def test_what_is_too_large_is_told_by_its_number(node: Node, other: Cache, kept: Kept) -> None:
    """[8]"""
    emitter = RemoteEmitter(other)
    with node.manager.listening(ROOM) as pushes:
        await emitter.emit("said", kept.say("x" * LARGEST_PUBLISHED), room=ROOM)
        await emitter.emit("jobStatus", {"body": "x" * LARGEST_PUBLISHED}, room=ROOM)  # lost: it is kept elsewhere
        await emitter.emit("said", kept.say("short"), room=ROOM)
        await until(lambda: node.heard == [1, 2])
        assert node.others == []
        told = [await pushes.next(1) for _ in range(3)]
        assert [each.event for each in told if each] == [MISSED, MISSED, "said"]


async def test_a_valkey_that_forgets_everything_is_not_noticed(node: Node, other: Cache, kept: Kept) -> None:
    await other._redis.flushall()
    await RemoteEmitter(other).emit("said", kept.say(), room=ROOM)
    await until(lambda: node.heard == [1])
    await node.manager.check()


async def test_who_stops_while_a_message_is_handled_listens_no_more(node: Node, other: Cache) -> None:
    handled = asyncio.Event()

    async def hang(event: str, data: Mapping[str, Any], room: str) -> None:
        handled.set()
        await asyncio.Event().wait()

    async def listeners() -> int:
        [(_, count)] = await other._redis.pubsub_numsub(node.manager._own_channel)
        return int(count)

    node.manager.deliver = hang  # type: ignore[method-assign]
    await RemoteEmitter(other).emit("hello", {}, room=ROOM)
    async with asyncio.timeout(10):
        await handled.wait()
        assert await listeners() == 1
        await node.manager.stop()
        followed = node.manager._followed
        assert followed
        with pytest.raises(StopAsyncIteration):  # it is over, and not left to the garbage collector
            await anext(followed)
        while await listeners():  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.01)
