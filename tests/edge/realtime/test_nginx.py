"""Two API processes behind Nginx as it is shipped, and people who come by polls and by websockets, with the official
client of Socket.IO and with python-socketio's: whatever is killed or cut, each hears every message once, in order."""

import asyncio
import itertools
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest
from socketio.exceptions import SocketIOError
from tests.app.test_chat import CHAT, Neighbour
from tests.support.client import Person
from tests.support.cluster import Cluster
from tests.support.line import Line, line_to
from tests.support.nginx import nginx
from tests.support.platform import Platform, environment, free_port

from bunri.app.settings import Settings
from bunri.kit.ids import new_id
from bunri.platform.cache import Cache
from bunri.platform.embedded.servers import EmbeddedServers
from bunri.platform.realtime import NAMESPACE
from bunri.platform.vision.settings import VisionSettings

SCRIPT = Path(__file__).with_name("socket_client.mjs")
TRANSPORTS = ("websocket", "polling", "polling,websocket")


@dataclass
class BackEnds:
    """Two processes, the way of each to Valkey, and Nginx before them."""

    settings: Settings
    folder: Path
    valkey: EmbeddedServers
    lines: list[Line] = field(default_factory=list)
    ports: list[int] = field(default_factory=lambda: [free_port(), free_port()])
    running: Platform = field(default_factory=lambda: Platform({}))
    front: Platform = field(default_factory=lambda: Platform({}))

    def start(self, number: int) -> None:
        url = str(self.settings.valkey_url).rpartition("@")[0] + f"@127.0.0.1:{self.lines[number].port}"
        settings = self.settings.model_copy(update={"valkey_url": url})
        env = environment(settings, BUNRI_HTTP__TRUSTED_PROXIES='["127.0.0.1"]')
        words = ["serve", "--target", "all", "--port", str(self.ports[number])]
        self.running.start(str(number), words, env, self.folder / f"{number}.log")

    async def ready(self, number: int) -> None:
        async with asyncio.timeout(60), httpx.AsyncClient(timeout=5) as http:
            while True:
                with suppress(httpx.HTTPError):
                    parts = (await http.get(f"http://127.0.0.1:{self.ports[number]}/ready")).json()["parts"]
                    if parts["realtime"]["ok"]:
                        return
                assert self.running.processes[str(number)].poll() is None, (self.folder / f"{number}.log").read_text()
                await asyncio.sleep(0.1)

    def kill(self, number: int) -> None:
        process = self.running.processes[str(number)]
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServers]:
    started = EmbeddedServers(tmp_path_factory.mktemp("valkey"), postgres=False, what="pytest")
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
async def back_ends(
    valkey: EmbeddedServers, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BackEnds]:
    values = {
        "data": tmp_path_factory.mktemp("data"),
        "secret": "a secret for tests only, and long enough",
        "database_url": cluster.url,
        "valkey_url": valkey.addresses.valkey_url,
        "vision": VisionSettings(models_dir=None, fetch=False),
    }
    settings = await cluster.copy(Settings.model_validate(values))
    made = BackEnds(settings, tmp_path_factory.mktemp("logs"), valkey)
    address = urlsplit(str(settings.valkey_url))
    async with AsyncExitStack() as closing:
        made.lines = [
            await closing.enter_async_context(line_to(address.hostname or "", address.port or 0)) for _ in made.ports
        ]
        closing.callback(made.running.stop)
        for number in range(2):
            made.start(number)
        await asyncio.gather(*(made.ready(number) for number in range(2)))
        (made.folder / "nginx").mkdir()
        url = closing.enter_context(nginx(made.folder / "nginx", made.ports))
        made.front = Platform({"/": url})
        closing.callback(made.front.http.close)
        yield made


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class OfPython(Neighbour):
    """By python-socketio's client, which connects again by itself."""

    def __init__(self, person: Person, transports: str) -> None:
        super().__init__(person)
        self.transports = transports.split(",")
        self.client.reconnection = True
        self.client.reconnection_delay, self.client.reconnection_delay_max = 0.2, 1
        self.client.on("connect", self._resume, namespace=NAMESPACE)
        self.room = ""

    async def connect(self) -> "OfPython":
        url, token = self.person.platform.url("/"), {"token": self.person.token}
        # One session of aiohttp for good: the library loses some of its own when connections break.
        self.client.eio.http, self.client.eio.external_http = aiohttp.ClientSession(), True
        await self.client.connect(url, auth=token, namespaces=[NAMESPACE], transports=self.transports)
        return self

    async def follow(self, room: str) -> None:
        await self.call("joinRoom", roomId=room)
        self.room = room

    async def _resume(self) -> None:
        if self.room:
            known = max((data["seq"] for data in self.heard("newMessage")), default=0)
            await self.client.emit("resume", {"rooms": {self.room: known}}, namespace=NAMESPACE)

    async def drop(self) -> None:
        """As a network does that goes away."""
        if self.client.eio.current_transport == "websocket":
            await self.client.eio.ws.close()

    async def close(self) -> None:
        self.client.reconnection = False
        with suppress(SocketIOError, asyncio.CancelledError):
            await self.client.shutdown()
        await self.client.eio.http.close()


class OfJavaScript(Neighbour):
    """By the official client, in a process of its own."""

    def __init__(self, person: Person, transports: str) -> None:
        super().__init__(person)
        self.transports = transports
        self.said: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self._awaited: dict[int, asyncio.Future[Any]] = {}

    async def connect(self) -> "OfJavaScript":
        url, token = self.person.platform.url("/").rstrip("/"), self.person.token
        words = ["node", str(SCRIPT), url, token, self.transports, NAMESPACE]
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, limit=2**20)
        self._reading = asyncio.create_task(self._read())
        async with asyncio.timeout(20):
            while not any("connected" in each for each in self.said):  # noqa: ASYNC110  # no event tells
                await asyncio.sleep(0.02)
        return self

    async def _read(self) -> None:
        assert self._process.stdout
        while line := await self._process.stdout.readline():
            told = json.loads(line)
            if "event" in told:
                self.told.append((told["event"], told["data"]))
            elif "ack" in told:
                self._awaited.pop(told["id"]).set_result(told["ack"])
            else:
                self.said.append(told)

    def _write(self, **command: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command).encode() + b"\n")

    async def call(self, event: str, **data: Any) -> Any:
        number = next(self._numbers)
        answer = self._awaited[number] = asyncio.get_running_loop().create_future()
        self._write(id=number, emit=event, data=data)
        async with asyncio.timeout(10):
            acknowledged = await answer
        assert acknowledged["status"] == "success", acknowledged
        return acknowledged["data"]

    async def emit(self, event: str, **data: Any) -> None:
        self._write(emit=event, data=data)

    async def follow(self, room: str) -> None:
        joined = await self.call("joinRoom", roomId=room)
        self._write(known={room: joined["lastSeq"]})

    async def drop(self) -> None:
        self._write(drop=True)

    async def close(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading
        self._process._transport.close()  # type: ignore[attr-defined]  # or it is closed in another test


Follower = OfPython | OfJavaScript
Come = Callable[[type[Follower], str], Any]


@pytest.fixture
async def come(back_ends: BackEnds) -> AsyncIterator[Come]:
    async with AsyncExitStack() as leaving:

        async def made(kind: type[Follower], transports: str) -> Follower:
            follower = kind(await asyncio.to_thread(Person.arrives, back_ends.front, "초록이"), transports)
            leaving.push_async_callback(follower.close)
            return await follower.connect()

        yield made


async def everybody(come: Come) -> list[Follower]:
    """One of each client by each way."""
    kinds: Sequence[type[Follower]] = (OfPython, OfJavaScript)
    found: list[Follower] = await asyncio.gather(
        *(come(kind, transports) for kind, transports in itertools.product(kinds, TRANSPORTS))
    )
    return found


async def room_of(owner: Follower) -> str:
    made = await owner.ask("POST", "/rooms", json={"name": "우리 동네", "kind": "public"})
    room: str = made["_id"]
    return room


async def say(back_ends: BackEnds, speaker: Follower, room: str, content: str) -> None:
    """By HTTP, again with the same ``clientId`` until it is kept."""
    body = {"content": content, "clientId": str(new_id())}
    headers = {"Authorization": f"Bearer {speaker.person.token}"}
    url = back_ends.front.url(f"{CHAT}/rooms/{room}/messages")
    async with httpx.AsyncClient(timeout=20) as http:
        while True:
            with suppress(httpx.HTTPError):
                if (await http.post(url, json=body, headers=headers)).status_code == 201:
                    return
            await asyncio.sleep(0.05)


async def heard_as_kept(back_ends: BackEnds, people: Sequence[Follower], room: str, count: int) -> None:
    """Each has heard what is kept, every message once and in order."""
    kept = await people[0].ask("GET", f"/rooms/{room}/messages", params={"limit": 100})
    assert [each["seq"] for each in kept] == list(range(1, count + 1))
    for each in people:
        await each.hears("newMessage", lambda data: data["seq"] == count, within=30)
        assert [data["seq"] for data in each.heard("newMessage")] == list(range(1, count + 1)), each.transports
        assert [data["_id"] for data in each.heard("newMessage")] == [data["_id"] for data in kept]


# ── tests ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_every_event_reaches_every_client_by_every_way(back_ends: BackEnds, come: Come) -> None:
    """[10]"""
    people = await everybody(come)
    room = await room_of(people[0])
    for each in people:
        await each.follow(room)
        assert (await each.hears("roomOnlineUsers"))["roomId"] == room
    for number, each in enumerate(people):
        await each.call("sendMessage", room=room, content=f"{number}번", clientId=str(new_id()))
    await heard_as_kept(back_ends, people, room, len(people))
    speaker = people[-1]
    first = next(data for data in speaker.heard("newMessage") if data["sender"] == speaker.person.id)
    await speaker.call("editMessage", messageId=first["_id"], content="고침")
    await speaker.emit("typing", roomId=room, isTyping=True)
    await speaker.call("markAsRead", roomId=room)
    for each in people:
        assert (await each.hears("messageUpdated"))["content"] == "고침"
        assert (await each.hears("userTyping"))["userId"] == speaker.person.id
        assert await each.hears("messagesRead", lambda data: data["userId"] == speaker.person.id)
    await speaker.call("deleteMessage", messageId=first["_id"])
    for each in people:
        assert (await each.hears("messageDeleted"))["messageId"] == first["_id"]
        come_in = {data["userId"] for data in each.heard("userJoinedRoom")}
        assert {other.person.id for other in people[people.index(each) :]} <= come_in
    await speaker.call("leaveRoom", roomId=room)
    for each in people[:-1]:
        assert (await each.hears("userLeftRoom"))["userId"] == speaker.person.id


async def test_the_polls_of_a_session_reach_one_process_and_sessions_are_spread(back_ends: BackEnds) -> None:
    async with httpx.AsyncClient(base_url=back_ends.front.url("/"), timeout=20) as http:
        for _ in range(24):
            query = {"EIO": "4", "transport": "polling"}
            query["sid"] = json.loads((await http.get("socket.io/", params=query)).text[1:])["sid"]
            assert (await http.post("socket.io/", params=query, content="40/random")).text == "ok"
            assert (await http.get("socket.io/", params=query)).text.startswith("44/random")
            assert (await http.post("socket.io/", params=query, content="1")).text == "ok"
    reached: dict[str, set[str]] = {}
    for line in (back_ends.folder / "nginx/access.log").read_text().splitlines():
        if found := re.fullmatch(r"200 (\S+) \S*transport=polling\S*&sid=([0-9a-f]{32}\.\S+)", line):
            reached.setdefault(found[2], set()).add(found[1])
    assert len(reached) >= 24
    assert {len(processes) for processes in reached.values()} == {1}
    assert len(set().union(*reached.values())) == 2


async def test_what_is_for_other_processes_is_not_passed_on(back_ends: BackEnds) -> None:
    async with httpx.AsyncClient(timeout=20) as http:
        refused = await http.get(back_ends.front.url("/internal/recycling/ping"))
    assert (refused.status_code, refused.headers["server"].partition("/")[0]) == (404, "nginx")


class Trouble:
    """What may happen to them."""

    def __init__(self, back_ends: BackEnds, people: Sequence[Follower]) -> None:
        self._back_ends = back_ends
        self._people = people

    async def connections_drop(self) -> None:
        for each in self._people:
            await each.drop()
            await asyncio.sleep(0.05)
        await self._back_ends.lines[0].drop()

    async def valkey_forgets_everything(self) -> None:
        cache = Cache(self._back_ends.settings.cache_address("common"))
        await cache._redis.flushall()
        await cache.close()

    async def valkey_dies_and_comes_back(self) -> None:
        valkey = self._back_ends.valkey
        os.kill(valkey.pids["valkey"], signal.SIGKILL)
        while not valkey.poll():  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(valkey.restart, "valkey")

    async def one_is_cut_off_for_ten_seconds(self) -> None:
        self._back_ends.lines[1].cut()
        await asyncio.sleep(10)
        self._back_ends.lines[1].mend()

    async def one_is_killed(self) -> None:
        await asyncio.sleep(0.1)
        await asyncio.to_thread(self._back_ends.kill, 0)

    async def it_comes_back(self) -> None:
        self._back_ends.start(0)
        await self._back_ends.ready(0)


async def test_whatever_is_killed_or_cut_everybody_hears_all_of_it_once_in_order(
    back_ends: BackEnds, come: Come
) -> None:
    """[6, 7, 9, 10, 12]"""
    people = await everybody(come)
    room = await room_of(people[0])
    for each in people:
        await each.follow(room)
    numbers = itertools.count(1)

    async def talk() -> None:
        for number in itertools.islice(numbers, 12):
            await say(back_ends, people[number % len(people)], room, str(number))

    trouble = Trouble(back_ends, people)
    for said, happens in enumerate(
        (
            trouble.connections_drop,
            trouble.valkey_forgets_everything,
            trouble.valkey_dies_and_comes_back,
            trouble.one_is_cut_off_for_ten_seconds,
            trouble.one_is_killed,
            trouble.it_comes_back,
        ),
        start=1,
    ):
        await asyncio.gather(talk(), happens())
        await heard_as_kept(back_ends, people, room, said * 12)
