"""Chat: what one process delivers to a room of 200 and of 1,000 sockets, beside a room of Node's Socket.IO; pages of a
room of five million messages; what an idle socket costs."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench import history, product, worker_processes
from bench.client import Client
from bench.npm import install
from bench.paths import workplace
from bench.result import BenchmarkResult, Budget, at_most, times
from bench.stats import median
from bench.worker_processes import ROOT

SIZES: Final = (200, 1000)
SPEAKERS: Final = 8
MANY_SPEAKERS: Final = 64
"""For a load under which there is always something to be sent."""
PEER: Final = ROOT / "bench" / "peers" / "chat"
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
"""What the peer adds, so that both send the same number of bytes."""


def measure(quick: bool) -> list[BenchmarkResult]:
    results = _deliveries(quick)
    results += _idle(200 if quick else 10_000)
    return results + history.measure(*((20_000, 200) if quick else (5_000_000, 2_000)))


def _deliveries(quick: bool) -> list[BenchmarkResult]:
    sizes, rounds, seconds = ((50,), 1, 2.0) if quick else (SIZES, 3, 5.0)
    with product.running(bounds=BOUNDS) as running, workplace() as folder:
        why = install(PEER, folder)
        peer = None if why else folder
        guests = [Client.sign_in(running.url) for _ in range(max(sizes))]
        results = []
        for size in sizes:
            turns = [_turn(running.url, guests[:size], peer, SPEAKERS, seconds) for _ in range(rounds)]
            results += _results(size, turns, why, SPEAKERS, times(1.3))
        many = min(sizes)
        speakers = min(many, MANY_SPEAKERS)
        turns = [_turn(running.url, guests[:many], peer, speakers, seconds) for _ in range(rounds)]
        return results + _results(many, turns, why, speakers, times(3))


def _idle(count: int) -> list[BenchmarkResult]:
    """What each of ``count`` sockets costs one process: memory of its own, none of it shared."""
    bounds = {
        **BOUNDS,
        "BUNRI_HTTP__SOCKETS_PER_ADDRESS": str(count + 1000),
        "BUNRI_HTTP__SOCKETS_PER_PERSON": str(count),
    }
    with product.running(bounds=bounds, files=count + 4096) as running:
        tokens = [Client.sign_in(running.url).token for _ in range(100)]
        plan = {"url": running.url, "pid": running.api().pid, "tokens": tokens, "count": count, "warm": 100}
        [found] = worker_processes.run("bench.idle", [plan])
    return [
        BenchmarkResult(f"memory of an idle socket, of {count:,}", found["bytes_each"] / 1024, "KiB"),
        BenchmarkResult(f"lost of {count:,} idle sockets", found["lost"], "", at_most(0)),
    ]


def _turn(
    url: str, guests: list[Client], peer: Path | None, speakers: int, seconds: float
) -> tuple[dict[str, Any], Any]:
    """Ours, then the peer's, so that changes of the machine's load affect both alike."""
    room = guests[0].ask("POST", "/api/v1/chat/rooms", {"name": "bench"})["_id"]
    tokens = [guest.token for guest in guests]
    ours = _listen(url, room, tokens, speakers, seconds, {})
    if peer is None:
        return ours, None
    with _node(peer) as theirs:
        return ours, _listen(theirs, room, tokens, speakers, seconds, {"filler": FILLER})


def _listen(
    url: str, room: str, tokens: list[str], speakers: int, seconds: float, more: dict[str, Any]
) -> dict[str, Any]:
    message = {"room": room, "content": CONTENT, **more}
    plan = {
        "url": url,
        "room": room,
        "tokens": tokens,
        "message": message,
        "speakers": speakers,
        "seconds": seconds,
    }
    [found] = worker_processes.run("bench.listeners", [plan])
    return found


def _results(
    size: int, turns: list[tuple[dict[str, Any], Any]], why: str, speakers: int, budget: Budget
) -> list[BenchmarkResult]:
    ours = median([mine["per_second"] for mine, _ in turns])
    theirs = None if why else median([other["per_second"] for _, other in turns])
    said = median([mine["messages_per_second"] for mine, _ in turns])
    note = f"{said:,.0f} messages/s, each stored first; {speakers} people speak"
    return [
        BenchmarkResult(
            f"deliveries to {size} sockets of one process, {speakers} speak",
            ours,
            "deliveries/s",
            budget,
            peer="" if why else "Node, Socket.IO 4, nothing stored",
            beside=theirs,
            note=why or note,
        ),
        BenchmarkResult(
            f"from saying to hearing it oneself, p99, {size} sockets, {speakers} speak",
            median([mine["p99_ms"] for mine, _ in turns]),
            "ms",
            times(1.0),
            peer="" if why else "Node, Socket.IO 4, nothing stored",
            beside=None if why else median([other["p99_ms"] for _, other in turns]),
        ),
        BenchmarkResult(
            f"never heard, {size} sockets, {speakers} speak", sum(mine["missing"] for mine, _ in turns), "", at_most(0)
        ),
    ]


@contextmanager
def _node(folder: Path) -> Iterator[str]:
    node = shutil.which("node")
    assert node  # it was there to install the peer
    process = subprocess.Popen([node, "server.js"], cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError("the Node peer did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
