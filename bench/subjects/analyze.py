"""``POST /api/v1/waste/analyze`` by 50 clients at once: each makes a row, a ticket and a cached status."""

from typing import Final

from bench import product
from bench.client import Client
from bench.load import load, request
from bench.result import BenchmarkResult, at_most, below

CLIENTS: Final = 50
BUDGET: Final = below(20)


def measure(quick: bool) -> list[BenchmarkResult]:
    seconds = 4.0 if quick else 12.0
    with product.running() as running:
        headers = Client.sign_in(running.url).headers
        asked = [request("POST", "/api/v1/waste/analyze", headers, b'{"content_type":"image/jpeg","size":2914816}')]
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
