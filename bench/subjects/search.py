"""Search by words as people type them: whole names, beginnings, and names with a letter missing."""

import asyncio
import time
from typing import Final
from urllib.parse import quote

from bench import product
from bench.client import Client
from bench.product import Product
from bench.result import BenchmarkResult, below
from bench.stats import ms, without_warmup
from bunri.app.inline import InlineContainer
from bunri.domains.recycling.service import RecyclingService

BUDGET: Final = below(20)
QUERIES: Final = 600
QUICK: Final = 150


def measure(quick: bool) -> list[BenchmarkResult]:
    count = QUICK if quick else QUERIES
    with product.running() as running:
        words = _words(Client.sign_in(running.url))
        asked = [words[number % len(words)] for number in range(count)]
        http = _over_http(running, asked)
        service = asyncio.run(_in_process(running, asked))
    kinds = f"{len(set(asked))} searches: names, beginnings, a letter too few"
    return [
        BenchmarkResult("p99 over HTTP", ms(http, 0.99), "ms", BUDGET, note=f"p50 {ms(http, 0.5):.1f} ms; {kinds}"),
        BenchmarkResult("p99 of the service", ms(service, 0.99), "ms", BUDGET, note=f"p50 {ms(service, 0.5):.1f} ms"),
    ]


def _words(person: Client) -> list[str]:
    """Words from the whole rule table: in turns a name, half of a name and a misspelt name."""
    rules = person.ask("GET", "/api/v1/recycling/rules?limit=100")
    names = [str(rule["name"]) for rule in rules]
    typed = (lambda name: name, lambda name: name[: max(1, len(name) // 2)], lambda name: name[:1] + name[2:])
    return [typed[number % 3](name) or name for number, name in enumerate(names)]


def _over_http(running: Product, asked: list[str]) -> list[float]:
    person, seconds = Client.sign_in(running.url), []
    for words in asked:
        started = time.perf_counter()
        person.ask("GET", f"/api/v1/recycling/search?q={quote(words)}")
        seconds.append(time.perf_counter() - started)
    return list(without_warmup(seconds))


async def _in_process(running: Product, asked: list[str]) -> list[float]:
    container, seconds = InlineContainer(product.settings(running.data)), []
    try:
        for words in asked:
            started = time.perf_counter()
            recycling = container.get(RecyclingService)
            await recycling.search(words, "ko", 10)
            seconds.append(time.perf_counter() - started)
    finally:
        await container.close()
    return list(without_warmup(seconds))
