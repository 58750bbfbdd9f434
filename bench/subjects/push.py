"""Pushed progress: 500 people watch a job each over websockets, and each is pushed something every half second."""

from typing import Final

from bench import product, worker_processes
from bench.client import Client
from bench.result import BenchmarkResult, at_most, below

WATCHERS: Final = 500
PERIOD_S: Final = 0.5
DOCUMENT: Final = {
    "job_id": "01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10",
    "status": "seeing",
    "progress": 50,
    "stage": "vision",
    "message": "무엇인지 보고 있어요.",
}
"""What is pushed while a photo is looked at."""


def measure(quick: bool) -> list[BenchmarkResult]:
    seconds = 5.0 if quick else 15.0
    with product.running() as running:
        guests = [Client.sign_in(running.url) for _ in range(WATCHERS)]
        plan = {
            "people": [(guest.id, guest.token) for guest in guests],
            "url": running.url,
            "valkey": product.settings(running.data).cache_address("common"),
            "document": DOCUMENT,
            "period": PERIOD_S,
            "seconds": seconds,
        }
        api = running.api()
        before = sum(api.cpu_times()[:2])
        [found] = worker_processes.run("bench.watchers", [plan])
        busy = (sum(api.cpu_times()[:2]) - before) / (seconds + 2)
    rate = f"p50 {found['p50']:.2f} ms, {WATCHERS / PERIOD_S:,.0f} pushes/s, {busy:.0%} of a core in the API"
    return [
        BenchmarkResult(
            f"p99, {WATCHERS} watchers, one push each every {PERIOD_S} s", found["p99"], "ms", below(20), note=rate
        ),
        BenchmarkResult("lost", found["lost"], "", at_most(0), note=f"of {found['pushed']:,}"),
    ]
