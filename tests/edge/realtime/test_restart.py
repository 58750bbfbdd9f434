"""A process with a thousand sockets dies, and all of them come to another."""

import asyncio
import random
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
from tests.app.test_chat import CHAT
from tests.conformance.raw import Frames, websocket
from tests.conftest import OwnSettings
from tests.support.client import Person
from tests.support.platform import Platform, running
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from bunri.app.settings import Settings

SOCKETS = 1000
PEOPLE = 80
BACKLOG = 2048
"""What uvicorn asks for; more than wait would be refused."""
POOL = 8
"""Connections to the database that a process has (platform.db)."""


@pytest.fixture
async def settings(own_settings: OwnSettings) -> Settings:
    return await own_settings()


@pytest.fixture
def nodes(settings: Settings, tmp_path: Path) -> Any:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    more = {"BUNRI_HTTP__SOCKETS_PER_ADDRESS": "5000", "BUNRI_HTTP__MAX_CONNECTIONS": "5000"}
    with ExitStack() as stack:
        started = []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            started.append(stack.enter_context(running(settings, "single", tmp_path / name, workers=False, **more)))
        yield started
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Phone:
    """Connects, says what it knows of its room, and connects again as Socket.IO's clients do by default."""

    def __init__(self, token: str, room: str) -> None:
        self._token = token
        self._room = room
        self.at = ""
        self.resumed = asyncio.Event()
        self.lives = 0
        """Connections on which it was told that it has missed nothing."""
        self.failures = 0
        self.refusals: list[Any] = []

    async def live(self) -> None:
        while True:
            with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                async with websocket(self.at, "/socket.io/") as frames:
                    await self._connect(frames)
                    await frames.stay()
            # reconnectionDelay 1 s, twice as long each time, at most 5 s, randomizationFactor 0.5
            await asyncio.sleep(min(5.0, 2.0**self.failures * random.uniform(0.5, 1.5)))
            self.failures += 1

    async def _connect(self, frames: Frames) -> None:
        await frames.next()
        await frames.send(f"40/chat,{orjson.dumps({'token': self._token}).decode()}")
        told = str(await frames.next())
        if not told.startswith("40/chat,"):
            self.refusals.append(told)
            return
        await frames.send(f'42/chat,1["resume",{{"rooms":{{"{self._room}":0}}}}]')
        while not (told := str(await frames.next())).startswith("43/chat,1"):
            pass
        [answer] = orjson.loads(told.removeprefix("43/chat,1"))
        if answer != {"status": "success", "data": {"refused": []}}:
            self.refusals.append(answer)
        self.lives, self.failures = self.lives + 1, 0
        self.resumed.set()


def waiting_at(port: int) -> int:
    """Connections that the system has made and the process has not accepted yet."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, queues, *_ = line.split()
        if state == "0A" and local.endswith(f":{port:04X}"):
            return int(queues.partition(":")[2], 16)
    return 0


@pytest.fixture
async def connections(settings: Settings) -> AsyncIterator[Any]:
    """How many the processes have to their database."""
    watching = await asyncpg.connect(str(settings.database_url))
    count = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"

    async def counted() -> int:
        found: int = await watching.fetchval(count)
        return found

    yield counted
    await watching.close()


async def test_they_come_spread_and_the_other_bears_it(
    nodes: list[Platform], settings: Settings, connections: Any
) -> None:
    """[22]"""
    first, second = nodes
    people = [await asyncio.to_thread(Person.arrives, first) for _ in range(PEOPLE)]
    rooms: list[str] = []
    for number, person in enumerate(people):
        if number % 8 == 0:
            made = await asyncio.to_thread(person.ask, "POST", f"{CHAT}/rooms", json={"name": "방", "kind": "public"})
            rooms.append(made.json()["_id"])
        await asyncio.to_thread(person.ask, "POST", f"{CHAT}/rooms/{rooms[-1]}/join")
    phones = [Phone(people[n % PEOPLE].token, rooms[n % PEOPLE // 8]) for n in range(SOCKETS)]
    for each in phones:
        each.at = first.url("/socket.io").removeprefix("http://").removesuffix("/socket.io")
    lives = []
    for at in range(0, SOCKETS, 50):
        lives += [asyncio.create_task(each.live()) for each in phones[at : at + 50]]
        await asyncio.gather(*(each.resumed.wait() for each in phones[at : at + 50]))
    assert {each.lives for each in phones} == {1}

    for each in phones:
        each.at = second.url("/socket.io").removeprefix("http://").removesuffix("/socket.io")
    [process] = first.processes.values()
    process.send_signal(signal.SIGKILL)
    await asyncio.to_thread(process.wait)
    port = int(phones[0].at.partition(":")[2])
    longest = most = 0
    for each in phones:
        while each.lives < 2:
            longest, most = max(longest, waiting_at(port)), max(most, await connections())
            await asyncio.sleep(0.02)
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    assert [refusal for each in phones for refusal in each.refusals] == []
    assert longest < BACKLOG
    assert most <= POOL + 2  # and what follows the outbox
