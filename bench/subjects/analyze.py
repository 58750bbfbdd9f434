"""``POST /api/v1/waste/analyze`` by 50 clients at once: each makes a row, a ticket and a cached status.

Nothing is uploaded, so what was announced stays open. Many guests take turns, since each may have only so many open.
"""

from typing import Final

from bench import product
from bench.client import Client
from bench.load import load, request
from bench.result import BenchmarkResult, at_most, below

CLIENTS: Final = 50
GUESTS: Final = 500
PHOTO: Final = b'{"content_type":"image/jpeg","size":2914816}'
BUDGET: Final = below(20)


def measure(quick: bool) -> list[BenchmarkResult]:
    seconds = 4.0 if quick else 12.0
    with product.running() as running:
        guests = [Client.sign_in(running.url) for _ in range(GUESTS)]
        asked = [request("POST", "/api/v1/waste/analyze", guest.headers, PHOTO) for guest in guests]
        beat = load(asked, running.url, clients=CLIENTS, seconds=seconds, period=1.0)
        rush = load(asked, running.url, clients=CLIENTS, seconds=seconds)
    return [
        BenchmarkResult(
            f"p99, {CLIENTS} clients, one each second", beat.p99, "ms", BUDGET, note=f"p50 {beat.p50:.1f} ms"
        ),
        BenchmarkResult(
            f"p99, {CLIENTS} clients without a pause",
            rush.p99,
            "ms",
            BUDGET,
            note=f"p50 {rush.p50:.1f} ms at {rush.per_second:,.0f} requests/s: each waits for the 49 others",
        ),
        BenchmarkResult("errors", beat.errors + rush.errors, "", at_most(0)),
    ]
