"""Sockets as clients see them: a real server, a real client, a real Valkey between two nodes."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import socketio
import uvicorn
from prometheus_client import REGISTRY
from pydantic import BaseModel
from socketio.exceptions import ConnectionError as NotConnected
from tests.support.api import bare_app
from tests.support.collector import Collector
from tests.support.platform import free_port
from tests.support.providers import Only
from tests.support.tokens import access_token

from bunri.app.settings import Settings
from bunri.domains.auth.revocation import EndedSessions
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Verifier
from bunri.edge.http.settings import HttpSettings
from bunri.edge.realtime import server as realtime
from bunri.edge.realtime.frames import FramesProtocol
from bunri.edge.realtime.server import PREFIX, RealtimeServer
from bunri.kit.clock import now
from bunri.kit.errors import Conflict
from bunri.kit.ids import new_id
from bunri.kit.tasks import cancel_all
from bunri.platform.cache import Cache
from bunri.platform.limits import LimitsSettings
from bunri.platform.limits.memory import MemoryRateLimiter
from bunri.platform.realtime import NAMESPACE, Socket, SocketHandler, user_room
from bunri.platform.realtime.cluster import ClusterEmitter, ClusterManager, CutOff
from bunri.platform.realtime.remote import RemoteEmitter
from bunri.platform.telemetry.traces import stop_traces

KEY = SigningKeys("a seed for tests only, and long enough")
HOUR = timedelta(hours=1)
FRIEND = "https://app.example"
LIMITS = LimitsSettings.model_validate({"person": {"socket_event": "10/minute", "message": "2/minute"}})


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.01)


class Order(BaseModel):
    cups: int


class Shop:
    async def serve(self, socket: Socket, order: Order) -> dict[str, Any]:
        if order.cups > 3:
            raise Conflict
        if order.cups == 0:
            raise ZeroDivisionError
        return {"for": socket.caller.name, "cups": order.cups}


class Table(BaseModel):
    pass


class Seats:
    """Watches who comes and goes."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.free = asyncio.Event()
        self.left: list[str] = []
        self.seated: list[bool] = []

    async def sit(self, socket: Socket, _: Table) -> None:
        self.asked.set()
        await self.free.wait()
        await socket.follow("table")
        self.seated.append(socket.follows("table"))

    async def gone(self, socket: Socket) -> None:
        self.left.append(socket.caller.id)

    async def expelled(self, socket: Socket, room: str) -> None:
        self.left.append(f"{socket.caller.id} {room}")

    async def beat(self) -> None: ...


class Node:
    """An API process in small."""

    def __init__(self, cache: Cache) -> None:
        self.late = timedelta()
        self.ended = EndedSessions(cache, HOUR, self.now)
        self.manager = ClusterManager(cache)
        verifier = Verifier(KEY, self.now, self.ended.contains)
        handlers = [SocketHandler(event, Order, Shop, Shop.serve) for event in ("order", "takeAway")]
        handlers.append(SocketHandler("sit", Table, Seats, Seats.sit))
        self.seats = Seats()
        handlers.append(SocketHandler("shout", Order, Shop, Shop.serve, "message"))
        http = HttpSettings(origins=[FRIEND])
        limiter = MemoryRateLimiter(LIMITS)
        self.server = RealtimeServer(
            self.manager,
            verifier,
            self.ended,
            handlers,
            Only(Shop(), self.seats),
            self.now,
            http,
            limiter,
            [self.seats],
        )
        self.url = ""

    def now(self) -> datetime:
        return now() + self.late

    async def hears_itself(self) -> bool:
        try:
            await self.manager.check()
        except CutOff:
            return False
        return True


@asynccontextmanager
async def node(settings: Settings) -> AsyncIterator[Node]:
    cache = Cache(settings.cache_address("common"))
    made = Node(cache)
    app = bare_app()
    app.mount(PREFIX, made.server.app)
    port = free_port()
    made.url = f"http://127.0.0.1:{port}"
    config = uvicorn.Config(app, port=port, ws=FramesProtocol, log_config=None, lifespan="off")
    served = uvicorn.Server(config)
    tasks = [asyncio.create_task(job) for job in (served.serve(), made.server.run(), made.ended.follow())]
    try:
        await until(lambda: served.started)
        async with asyncio.timeout(10):
            while not await made.hears_itself():  # noqa: ASYNC110  # no event tells
                await asyncio.sleep(0.01)
        yield made
    finally:
        served.should_exit = served.force_exit = True  # nobody is waited for: not all sockets have been closed
        await cancel_all(tasks[1:], within_s=20)
        await asyncio.wait(tasks[:1], timeout=20)
        await cache.close()


class Client(socketio.AsyncClient):  # type: ignore[misc]  # python-socketio has no types
    """Remembers what was pushed to it."""

    def __init__(self) -> None:
        super().__init__(reconnection=False)
        self.pushed: list[Any] = []
        self.refusals: list[Any] = []
        self.gone = asyncio.Event()
        self.on("jobStatus", self._note, namespace=NAMESPACE)
        self.on("disconnect", self._end, namespace=NAMESPACE)
        self.on("connect_error", self._refuse, namespace=NAMESPACE)

    async def _note(self, data: Any) -> None:
        self.pushed.append(data)

    async def _refuse(self, reason: Any = None) -> None:
        self.refusals.append(reason)

    async def _end(self, *_: object) -> None:
        self.gone.set()

    async def sees(self, count: int) -> list[Any]:
        await until(lambda: len(self.pushed) >= count)
        return self.pushed

    async def close(self) -> None:
        """Also after a refusal, when the library leaves its HTTP session open."""
        if self.eio.current_transport == "polling":
            await self.eio.disconnect(abort=True)  # or the poll that is under way would be waited for: half a minute
        else:
            await self.disconnect()
        if self.eio.http:
            await self.eio.http.close()


Connect = Callable[..., Any]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """``await connect(node, owner)``: a client, closed with the test."""
    async with AsyncExitStack() as closing:

        async def opened(
            to: Node, owner: str, *, session_id: UUID | None = None, transport: str = "websocket"
        ) -> Client:
            client = Client()
            closing.push_async_callback(client.close)
            token = access_token(KEY, owner, "초록이", now(), HOUR, session_id=session_id)
            await client.connect(to.url, auth={"token": token}, namespaces=[NAMESPACE], transports=[transport])

            return client

        yield opened


@pytest.fixture
async def one(settings: Settings) -> AsyncIterator[Node]:
    async with node(settings) as made:
        yield made


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Node]:
    async with node(settings) as made:
        yield made


def owner() -> str:
    return f"guest_{new_id()}"


class TestConnecting:
    @pytest.mark.parametrize("transport", ["websocket", "polling"])
    async def test_a_good_token_gets_what_is_pushed_to_its_person(
        self, one: Node, connect: Connect, transport: str
    ) -> None:
        me, somebody = owner(), owner()
        client = await connect(one, me, transport=transport)
        emitter = ClusterEmitter(one.manager)
        await emitter.emit("jobStatus", {"n": 0}, room=user_room(somebody))
        await emitter.emit("jobStatus", {"n": 1}, room=user_room(me))
        assert await client.sees(1) == [{"n": 1}]

    @pytest.mark.parametrize(
        ("auth", "code"),
        [
            (None, "token_invalid"),
            ({}, "token_invalid"),
            ({"token": 5}, "token_invalid"),
            ({"token": "a.b.c"}, "token_invalid"),
            ({"token": access_token(KEY, "guest_1", "a", now() - 2 * HOUR, HOUR)}, "token_expired"),
        ],
    )
    async def test_any_other_is_refused_with_its_code(self, one: Node, auth: Any, code: str) -> None:
        client = Client()
        with pytest.raises(NotConnected):
            await client.connect(one.url, auth=auth, namespaces=[NAMESPACE], transports=["websocket"])
        await client.close()
        assert [each["data"]["code"] for each in client.refusals] == [code]
        assert client.refusals[0]["message"]

    @pytest.mark.parametrize("name", ["token", "access_token", "auth"])
    async def test_a_token_in_the_address_counts_for_nothing(self, one: Node, name: str) -> None:
        """Proxies log addresses (ASVS 5.0, 14.2.1)."""
        token = access_token(KEY, owner(), "a", now(), HOUR)
        client = Client()
        with pytest.raises(NotConnected):
            await client.connect(f"{one.url}?{name}={token}", namespaces=[NAMESPACE], transports=["websocket"])
        await client.close()
        assert [each["data"]["code"] for each in client.refusals] == ["token_invalid"]

    async def test_a_token_in_the_header_is_as_good(self, one: Node) -> None:
        token = access_token(KEY, owner(), "a", now(), HOUR)
        client = Client()
        headers = {"Authorization": f"Bearer {token}"}
        await client.connect(one.url, headers=headers, namespaces=[NAMESPACE], transports=["websocket"])
        assert client.connected
        await client.close()

    @pytest.mark.parametrize("transport", ["websocket", "polling"])
    @pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", f"{FRIEND}.example"])
    async def test_a_page_of_another_origin_is_refused(self, one: Node, transport: str, origin: str) -> None:
        client = Client()
        auth = {"token": access_token(KEY, owner(), "a", now(), HOUR)}
        headers = {"Origin": origin}
        with pytest.raises(NotConnected):
            await client.connect(one.url, headers=headers, auth=auth, namespaces=[NAMESPACE], transports=[transport])
        await client.close()

    async def test_and_told_why(self, one: Node) -> None:
        headers = {"Origin": "https://elsewhere.example", "Accept-Language": "en"}
        url = f"{one.url}{PREFIX}/?EIO=4&transport=polling"
        refused = await asyncio.to_thread(httpx.get, url, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "foreign_origin")

    @pytest.mark.parametrize("transport", ["websocket", "polling"])
    @pytest.mark.parametrize("origin", [FRIEND, None])
    async def test_a_page_of_ours_or_of_the_list_is_not(self, one: Node, transport: str, origin: str | None) -> None:
        client = Client()
        auth = {"token": access_token(KEY, owner(), "a", now(), HOUR)}
        headers = {"Origin": origin or one.url}
        await client.connect(one.url, headers=headers, auth=auth, namespaces=[NAMESPACE], transports=[transport])
        assert client.connected
        await client.close()


async def test_the_libraries_write_past_no_format_of_ours(one: Node) -> None:
    refused = await asyncio.to_thread(httpx.get, f"{one.url}{PREFIX}/?EIO=3&transport=polling")
    assert refused.status_code == 400
    assert [logging.getLogger(name).handlers for name in ("engineio.server", "socketio.server")] == [[], []]


class TestAcrossNodes:
    async def test_what_another_process_publishes_arrives(self, one: Node, other: Node, connect: Connect) -> None:
        me = owner()
        client = await connect(other, me)
        await ClusterEmitter(one.manager).emit("jobStatus", {"n": 1}, room=user_room(me))
        assert await client.sees(1) == [{"n": 1}]

    async def test_a_worker_publishes_without_sockets(self, one: Node, connect: Connect, settings: Settings) -> None:
        me = owner()
        client = await connect(one, me)
        cache = Cache(settings.cache_address("common"))
        await RemoteEmitter(cache).emit("jobStatus", {"n": 1}, room=user_room(me))
        assert await client.sees(1) == [{"n": 1}]
        await cache.close()

    async def test_nobody_gets_it_twice(self, one: Node, other: Node, connect: Connect) -> None:
        me = owner()
        clients = [await connect(one, me), await connect(other, me)]
        for number in range(5):
            await ClusterEmitter(one.manager).emit("jobStatus", {"n": number}, room=user_room(me))
        for client in clients:
            assert await client.sees(5) == [{"n": number} for number in range(5)]

    async def test_a_valkey_that_is_away_is_survived(self) -> None:
        gone = Cache("redis://127.0.0.1:9/0", timeout=0.2)
        emitter = RemoteEmitter(gone)
        await emitter.emit("jobStatus", {"n": 1}, room=user_room("guest_1"))
        await gone.close()


class TestListening:
    async def test_a_stream_hears_its_room_alone_from_any_node(self, one: Node, other: Node) -> None:
        me = owner()
        with one.manager.listening(user_room(me)) as pushes:
            await ClusterEmitter(other.manager).emit("jobStatus", {"n": 0}, room=user_room(owner()))
            await ClusterEmitter(other.manager).emit("jobStatus", {"n": 1}, room=user_room(me))
            pushed = await pushes.next(10)
            assert pushed is not None
            assert (pushed.event, pushed.data) == ("jobStatus", {"n": 1})
            assert await pushes.next(0.05) is None

    async def test_one_that_does_not_keep_up_misses_the_oldest(self, one: Node) -> None:
        me = owner()
        with one.manager.listening(user_room(me)) as pushes:
            for number in range(150):
                await ClusterEmitter(one.manager).emit("jobStatus", {"n": number}, room=user_room(me))
            pushed = await pushes.next(1)
            assert pushed is not None
            assert pushed.data == {"n": 50}


class TestEnding:
    async def test_whoever_goes_while_they_are_let_in_is_not_in(self, one: Node, connect: Connect) -> None:
        me = owner()
        client = await connect(one, me)
        await client.emit("sit", {}, namespace=NAMESPACE)
        await one.seats.asked.wait()
        await client.disconnect()
        await until(lambda: one.seats.left == [me])
        one.seats.free.set()
        await until(lambda: one.seats.seated == [False])

    async def test_whoever_is_sent_out_has_left(self, one: Node, other: Node, connect: Connect) -> None:
        me = owner()
        clients = [await connect(each, me) for each in (one, other)]
        for each, client in zip((one, other), clients, strict=True):
            each.seats.free.set()
            await client.call("sit", {}, namespace=NAMESPACE, timeout=10)
        await ClusterEmitter(one.manager).expel(me, "table")
        await until(lambda: (one.seats.left, other.seats.left) == ([f"{me} table"],) * 2)
        assert all(client.connected for client in clients)

    async def test_an_ended_session_loses_its_sockets_on_every_node(
        self, one: Node, other: Node, connect: Connect
    ) -> None:
        session_id = new_id()
        mine, others = await connect(other, owner(), session_id=session_id), await connect(other, owner())
        await one.ended.add(session_id)
        async with asyncio.timeout(10):
            await mine.gone.wait()
        assert others.connected

    async def test_a_token_that_runs_out_ends_the_socket(
        self, one: Node, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = await connect(one, owner())
        one.late = 2 * HOUR
        await one.server.end_expired()
        async with asyncio.timeout(10):
            await client.gone.wait()


class TestEvents:
    @pytest.mark.parametrize(
        ("payload", "answer"),
        [
            ({"cups": 2}, {"status": "success", "data": {"for": "초록이", "cups": 2}}),
            ({"cups": 4}, {"status": "error", "code": "conflict"}),
            ({"cups": "many"}, {"status": "error", "code": "invalid"}),
            ([1, 2], {"status": "error", "code": "invalid"}),
            (None, {"status": "error", "code": "invalid"}),
            ({"cups": 0}, {"status": "error", "code": "internal"}),
        ],
    )
    async def test_are_acknowledged(self, one: Node, connect: Connect, payload: Any, answer: dict[str, Any]) -> None:
        client = await connect(one, owner())
        said = await client.call("order", payload, namespace=NAMESPACE, timeout=10)
        assert {name: said[name] for name in answer} == answer
        if answer["status"] == "error":
            assert said["message"]

    async def test_are_counted_and_traced_by_how_they_end(self, one: Node, connect: Connect, traced: Collector) -> None:
        def counted() -> list[float]:
            labels = [{"event": "order", "outcome": each} for each in ("done", "refused", "failed")]
            return [REGISTRY.get_sample_value("bunri_socket_events_total", each) or 0 for each in labels]

        client, before = await connect(one, "a"), counted()
        for cups in (1, 7, 0):
            await client.call("order", {"cups": cups}, namespace=NAMESPACE)
        stop_traces()
        assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 1, 1]
        assert [(span.name, span.failed) for span in traced.spans] == [
            ("socket order", False),
            ("socket order", False),
            ("socket order", True),
        ]

    async def test_so_many_of_a_kind_within_a_minute(self, one: Node, connect: Connect) -> None:
        me = owner()
        first, second = await connect(one, me), await connect(one, me)

        async def asked(client: Client, event: str = "order", **order: int) -> tuple[str, str | None]:
            said = await client.call(event, order, namespace=NAMESPACE, timeout=10)
            return said["status"], said.get("code")

        good = ("success", None)
        assert [await asked(client, cups=1) for client in (first, second) for _ in range(4)] == [good] * 8
        assert [await asked(first, cups=9) for _ in range(2)] == [("error", "conflict")] * 2  # they count as well
        assert [await asked(client, cups=1) for client in (first, second)] == [("error", "too_many")] * 2
        assert await asked(second, "takeAway", cups=1) == good
        assert await asked(await connect(one, owner()), cups=1) == good

    async def test_who_is_refused_is_told_for_how_long(self, one: Node, connect: Connect) -> None:
        client = await connect(one, owner())
        for _ in range(10):
            await client.call("order", None, namespace=NAMESPACE, timeout=10)
        refused = await client.call("order", {"cups": 1}, namespace=NAMESPACE, timeout=10)
        assert refused.keys() == {"status", "code", "message", "retry_after"}
        assert 0 < refused["retry_after"] <= 120
        assert str(refused["retry_after"]) in refused["message"]
        assert re.search(r"\d+초", refused["message"])

    async def test_an_event_may_have_a_limit_of_its_own(self, one: Node, connect: Connect) -> None:
        client = await connect(one, owner())
        answers = [await client.call("shout", {"cups": 1}, namespace=NAMESPACE, timeout=10) for _ in range(3)]
        assert [each["status"] for each in answers] == ["success", "success", "error"]
        assert (await client.call("order", {"cups": 1}, namespace=NAMESPACE, timeout=10))["status"] == "success"

    async def test_too_large_a_message_ends_the_socket_and_not_the_server(self, one: Node, connect: Connect) -> None:
        client, other = await connect(one, owner()), await connect(one, owner())
        with suppress(Exception):
            await client.emit("order", {"cups": "x" * (realtime.LARGEST_MESSAGE * 2)}, namespace=NAMESPACE)
        async with asyncio.timeout(10):
            await client.gone.wait()
        assert (await other.call("order", {"cups": 1}, namespace=NAMESPACE, timeout=10))["status"] == "success"


@pytest.mark.parametrize(
    "headers", [{"Upgrade": "websocket"}, {"Upgrade": "websocket", "Connection": "keep-alive, Upgrade"}, {}]
)
async def test_half_an_upgrade_is_refused_and_not_our_fault(one: Node, headers: dict[str, str]) -> None:
    """Sent without a ``Sec-WebSocket-Key``, or as no upgrade at all."""
    url = f"{one.url}{PREFIX}/?EIO=4&transport=websocket"
    refused = await asyncio.to_thread(httpx.get, url, headers=headers)
    assert refused.status_code == 400
