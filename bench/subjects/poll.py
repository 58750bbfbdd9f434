"""The status poll: 500 clients every half second, and the most that one process can answer, beside Node."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import redis

from bench import product
from bench.client import Client
from bench.load import load, request
from bench.npm import install
from bench.paths import workplace
from bench.product import Product
from bench.result import BenchmarkResult, at_most, below, times
from bench.stats import median
from bench.worker_processes import ROOT

CLIENTS: Final = 500
EVERY: Final = 0.5
CONNECTIONS: Final = 64
TICKET: Final = {"content_type": "image/jpeg", "size": 2_914_816}
PEER: Final = ROOT / "bench" / "peers" / "status"
CEILING: Final = f"ceiling, {CONNECTIONS} connections, one process"
_RATE: Final = re.compile(r"Requests/sec:\s*([\d.]+)")
_BAD: Final = re.compile(r"Non-2xx|Socket errors")


@dataclass(frozen=True, slots=True)
class PollTarget:
    """A request that is sent again and again."""

    url: str
    path: str
    headers: dict[str, str]


def measure(quick: bool) -> list[BenchmarkResult]:
    with product.running() as running:
        return [*_beat(running, 5.0 if quick else 15.0), _ceiling(running, 1 if quick else 3, 2 if quick else 5)]


def _beat(running: Product, seconds: float) -> list[BenchmarkResult]:
    """Each client is a guest with a job of their own."""
    guests = [Client.sign_in(running.url) for _ in range(CLIENTS)]
    jobs = [guest.ask("POST", "/api/v1/waste/analyze", TICKET)["job_id"] for guest in guests]
    polls = [
        request("GET", f"/api/v1/waste/status/{job}", guest.headers) for guest, job in zip(guests, jobs, strict=True)
    ]
    polled = load(polls, running.url, clients=CLIENTS, seconds=seconds, period=EVERY)
    rate = f"p50 {polled.p50:.2f} ms, {polled.per_second:,.0f} polls/s"
    return [
        BenchmarkResult(f"p99, {CLIENTS} clients every {EVERY} s", polled.p99, "ms", below(20), note=rate),
        BenchmarkResult("errors", polled.errors, "", at_most(0)),
    ]


def _ceiling(running: Product, rounds: int, seconds: int) -> BenchmarkResult:
    """Takes turns with the peer, so that changes of the machine's load affect both alike."""
    person = Client.sign_in(running.url)
    job = person.ask("POST", "/api/v1/waste/analyze", TICKET)["job_id"]
    ours = PollTarget(running.url, f"/api/v1/waste/status/{job}", person.headers)
    if shutil.which("wrk") is None:
        most = load([request("GET", ours.path, ours.headers)], ours.url, clients=CONNECTIONS, seconds=seconds * 2.0)
        why = "without wrk our own generator may be the bottleneck, so no ratio: apt install wrk"
        return BenchmarkResult(CEILING, most.per_second, "req/s", times(1.1), note=why)
    with workplace() as folder:
        why = install(PEER, folder)
        if why:
            return BenchmarkResult(
                CEILING, median([_wrk(ours, seconds) for _ in range(rounds)]), "req/s", times(1.1), note=why
            )
        document = person.ask("GET", ours.path)
        with _node(folder, running, job, document) as theirs:
            pairs = [(_wrk(ours, seconds), _wrk(theirs, seconds)) for _ in range(rounds)]
    return BenchmarkResult(
        CEILING,
        median([pair[0] for pair in pairs]),
        "req/s",
        times(1.1),
        peer="Node, fastify + ioredis auto-pipelined",
        beside=median([pair[1] for pair in pairs]),
        note=f"medians of {rounds} turns; ours checks a token and the owner too",
    )


def _wrk(target: PollTarget, seconds: int) -> float:
    """Answers a second. Raises RuntimeError when one was not 2xx."""
    headers = [part for name, value in target.headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *headers, target.url + target.path]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    rate = _RATE.search(output)
    if rate is None or _BAD.search(output):
        raise RuntimeError(output)
    return float(rate[1])


@contextmanager
def _node(folder: Path, running: Product, job: str, document: object) -> Iterator[PollTarget]:
    """The peer on the product's own Valkey, with the same document under a key of its own."""
    address = product.settings(running.data).cache_address("common")
    with redis.Redis.from_url(address) as valkey:
        valkey.set(f"bench:{job}", json.dumps(document, ensure_ascii=False, separators=(",", ":")), ex=600)
    process = subprocess.Popen(
        ["node", "server.js"],
        cwd=folder,
        env={**os.environ, "VALKEY_URL": address},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError("the Node peer did not start")
        time.sleep(0.5)
        yield PollTarget(f"http://127.0.0.1:{port}", f"/status/{job}", {})
    finally:
        process.kill()
        process.wait()
