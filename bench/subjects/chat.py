"""Chat: what one process delivers to a room of 200 and of 1,000 sockets, alone, beside photos, and two of them
together, each beside a room of Node's Socket.IO: neither stores anything, both store each message first, or only ours
does; pages of a room of five million messages; what an idle socket costs.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bench import history, product, worker_processes
from bench.bystander import asking
from bench.client import Client
from bench.npm import install
from bench.paths import workplace
from bench.pictures import photos
from bench.result import BenchmarkResult, Budget, at_most, times
from bench.stats import median
from bench.worker_processes import ROOT

SIZES: Final = (200, 1000)
SPEAKERS: Final = 8
MANY_SPEAKERS: Final = 64
"""For a load under which there is always something to be sent."""
PEER: Final = ROOT / "bench" / "peers" / "chat"
PHOTOS_A_SECOND: Final = 2
PHOTOS: Final = 120
"""Made before the clock starts: enough for all turns."""
BOUNDS: Final = {
    **product.BOUNDS,
    "BUNRI_HTTP__SOCKETS_PER_ADDRESS": "1100",
    "BUNRI_LIMITS__PERSON__MESSAGE": "0",
    "BUNRI_LIMITS__PERSON__ROOM_ENTRY": "0",
    "BUNRI_LIMITS__PERSON__SOCKET_EVENT": "0",
}
CONTENT: Final = "건전지는 어디에 버려요? 주민센터 앞 수거함이 없어졌어요."
FILLER: Final = {
    "_id": "01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10",
    "rev": 1,
    "type": "text",
    "sender": "guest_01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10",
    "senderUsername": "bench",
    "senderHash": "3fa9",
    "createdAt": "2026-11-30T05:20:00.123000Z",
    "editedAt": None,
    "deleted": False,
    "replyTo": None,
    "mentions": [],
    "reactions": {},
    "poll": None,
    "readBy": [],
    "files": [],
    "verdict": None,
}
"""What is added where nothing is stored, so that all send the same number of bytes."""


def measure(quick: bool) -> Iterator[BenchmarkResult]:
    yield from _deliveries(quick)
    yield from _idle(200 if quick else 10_000)
    yield from history.measure(*((20_000, 200) if quick else (5_000_000, 2_000)))


def _deliveries(quick: bool) -> Iterator[BenchmarkResult]:
    sizes, rounds, seconds = ((50,), 1, 2.0) if quick else (SIZES, 3, 5.0)
    few = min(sizes)
    many = min(few, MANY_SPEAKERS)
    with product.running(bounds=BOUNDS) as running, workplace() as folder:
        why = install(PEER, folder)
        guests = [Client.sign_in(running.url) for _ in range(max(sizes))]
        turns = (rounds, seconds)
        settings = product.settings(running.data)
        valkey = f"{settings.valkey_url}/0"
        alone = _Arrangement([running.url], None if why else folder)
        storing = replace(alone, database=settings.database_url)
        yield from _fan_out(alone, valkey, guests, turns, quick)
        for speakers in (SPEAKERS, many):
            yield from _compare(f"{few} sockets", storing, guests[:few], speakers, turns, times(1.3))
        for size, speakers in (*((size, SPEAKERS) for size in sizes), (few, many)):
            yield from _compare(f"{size} sockets", alone, guests[:size], speakers, turns, None)
        with _photos_beside(running.url):
            name = f"{few} sockets, {PHOTOS_A_SECOND} photos/s beside"
            yield from _compare(name, alone, guests[:few], SPEAKERS, turns, None)
        with product.another_node(running, BOUNDS) as second:
            both = replace(alone, urls=[running.url, second], redis=valkey)
            yield from _compare(f"{few} sockets of two processes", both, guests[:few], SPEAKERS, turns, None)


def _fan_out(
    alone: "_Arrangement", valkey: str, guests: list[Client], turns: tuple[int, float], quick: bool
) -> Iterator[BenchmarkResult]:
    """Neither side stores anything: ours is the edge with nothing behind it."""
    sizes = (50,) if quick else SIZES
    few = min(sizes)
    many = min(few, MANY_SPEAKERS)
    with relay(valkey) as first, relay(valkey) as second:
        one = replace(alone, urls=[first], relayed=True)
        for size in sizes:
            yield from _compare(f"{size} sockets", one, guests[:size], SPEAKERS, turns, times(1.3))
        yield from _compare(f"{few} sockets", one, guests[:few], many, turns, times(3))
        two = replace(one, urls=[first, second], redis=valkey)
        yield from _compare(f"{few} sockets of two processes", two, guests[:few], SPEAKERS, turns, times(1.3))


@contextmanager
def _photos_beside(url: str) -> Iterator[None]:
    """Somebody's new photos, PHOTOS_A_SECOND of them."""
    person = Client.sign_in(url)
    ready = list(photos(PHOTOS))

    def analyze() -> None:
        if ready:
            person.analyze(ready.pop())

    with asking(analyze, 1 / PHOTOS_A_SECOND):
        yield


def _idle(sockets: int) -> list[BenchmarkResult]:
    """What each of so many ``sockets`` costs one process: memory of its own, none of it shared."""
    bounds = {
        **BOUNDS,
        "BUNRI_HTTP__MAX_CONNECTIONS": str(2 * (sockets + 1000)),  # half of them may be websockets
        "BUNRI_HTTP__SOCKETS_PER_ADDRESS": str(sockets + 1000),
        "BUNRI_HTTP__SOCKETS_PER_PERSON": str(sockets),
    }
    with product.running(bounds=bounds, files=sockets + 4096) as running:
        tokens = [Client.sign_in(running.url).token for _ in range(100)]
        plan = {"url": running.url, "pid": running.api().pid, "tokens": tokens, "count": sockets, "warm": 100}
        [found] = worker_processes.run("bench.idle", [plan])
    return [
        BenchmarkResult(f"memory of an idle socket, of {sockets:,}", found["bytes_each"] / 1024, "KiB"),
        BenchmarkResult(f"lost of {sockets:,} idle sockets", found["lost"], "", at_most(0)),
    ]


@dataclass(frozen=True, slots=True)
class _Arrangement:
    urls: list[str]
    """Of our processes."""
    peer: Path | None
    """Where Node's packages are, if they could be had."""
    redis: str | None = None
    """By which the peer's processes, as many as ours, are one."""
    database: str | None = None
    """Where the peer stores each message before it passes it on, as ours do."""
    relayed: bool = False
    """Ours store nothing either: they are the edge alone."""

    @property
    def of_peer(self) -> str:
        return f"Node, Socket.IO 4, {'each stored first' if self.database else 'nothing stored'}"

    @property
    def beside(self) -> str:
        if self.relayed:
            return "neither stores"
        return "both store each first" if self.database else "only ours stores each first"


def _compare(
    name: str,
    arrangement: _Arrangement,
    guests: list[Client],
    speakers: int,
    turns: tuple[int, float],
    budget: Budget | None,
) -> list[BenchmarkResult]:
    """In turns of some seconds each, so that changes of the machine's load affect both alike."""
    rounds, seconds = turns
    found = [_turn(arrangement, guests, speakers, seconds) for _ in range(rounds)]
    mine, theirs = [each for each, _ in found], [each for _, each in found if each]
    of_peer = arrangement.of_peer if theirs else ""

    def beside(figure: str) -> float | None:
        return median([each[figure] for each in theirs]) if theirs else None

    said = median([each["messages_per_second"] for each in mine])
    note = f"{said:,.0f} messages/s" if theirs else "no peer: Node or its packages are missing"
    what = f"{name}, {speakers} speak, {arrangement.beside}"
    rate, p99 = median([each["per_second"] for each in mine]), median([each["p99_ms"] for each in mine])
    quick = times(1.0) if budget else None
    return [
        BenchmarkResult(f"deliveries, {what}", rate, "deliveries/s", budget, of_peer, beside("per_second"), note),
        BenchmarkResult(f"said and heard, p99, {what}", p99, "ms", quick, of_peer, beside("p99_ms")),
        BenchmarkResult(f"never heard, {what}", sum(each["missing"] for each in mine), "", at_most(0)),
    ]


def _turn(
    arrangement: _Arrangement, guests: list[Client], speakers: int, seconds: float
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Ours, then the peer's."""
    room = "bench" if arrangement.relayed else guests[0].ask("POST", "/api/v1/chat/rooms", {"name": "bench"})["_id"]
    plan = {"room": room, "tokens": [guest.token for guest in guests], "speakers": speakers, "seconds": seconds}
    message = {"room": room, "content": CONTENT}
    filled = {**message, "filler": FILLER}
    ours = listen({**plan, "urls": arrangement.urls, "message": filled if arrangement.relayed else message})
    if arrangement.peer is None:
        return ours, None
    with ExitStack() as stack:
        nodes = [stack.enter_context(_node(arrangement.peer, arrangement)) for _ in arrangement.urls]
        return ours, listen({**plan, "urls": nodes, "message": filled})


def listen(plan: dict[str, Any]) -> dict[str, Any]:
    [found] = worker_processes.run("bench.listeners", [plan])
    return found


@contextmanager
def _node(folder: Path, arrangement: _Arrangement) -> Iterator[str]:
    node = shutil.which("node")
    assert node  # it was there to install the peer
    servers = {"REDIS_URL": arrangement.redis, "DATABASE_URL": arrangement.database}
    shared = {name: url for name, url in servers.items() if url}
    with _started([node, "server.js"], folder, shared) as url:
        yield url


@contextmanager
def relay(valkey: str) -> Iterator[str]:
    with _started([sys.executable, "-m", "bench.relay", valkey], ROOT, {}) as url:
        yield url


@contextmanager
def _started(command: list[str], folder: Path, variables: dict[str, str]) -> Iterator[str]:
    """The address of a server that prints its port once it listens."""
    given = {**os.environ, **variables}
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env=given) as process:
        try:
            assert process.stdout
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError(f"{' '.join(command)} did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
