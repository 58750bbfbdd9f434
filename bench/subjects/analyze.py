"""``POST /api/v1/waste/analyze`` by 50 people at once: a row, a ticket and a mirror each."""

from typing import Final

from bench import product
from bench.client import Person
from bench.line import Line, at_most, below
from bench.load import load, request

CLIENTS: Final = 50
BUDGET: Final = below(20)


def measure(quick: bool) -> list[Line]:
    seconds = 4.0 if quick else 12.0
    with product.running() as running:
        headers = Person.arrives(running.url).headers
        asked = [request("POST", "/api/v1/waste/analyze", headers, b'{"content_type":"image/jpeg","size":2914816}')]
        beat = load(asked, running.url, clients=CLIENTS, seconds=seconds, period=1.0)
        rush = load(asked, running.url, clients=CLIENTS, seconds=seconds)
    return [
        Line(f"p99, {CLIENTS} clients, one each second", beat.p99, "ms", BUDGET, note=f"p50 {beat.p50:.1f} ms"),
        Line(
            f"p99, {CLIENTS} clients without a pause",
            rush.p99,
            "ms",
            BUDGET,
            note=f"p50 {rush.p50:.1f} ms at {rush.per_second:,.0f} requests/s: each waits for the 49 others",
        ),
        Line("errors", beat.errors + rush.errors, "", at_most(0)),
    ]
