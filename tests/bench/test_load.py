"""The generator against a local server that speaks HTTP/1.1: it counts what was answered, and what was not."""

import asyncio

from bench.load import load, request
from tests.support.servers import ok, serving, status


class TestLoad:
    async def test_every_success_is_counted_and_nothing_else(self) -> None:
        async with serving(ok({"progress": 10})) as server:
            asked = [request("GET", "/status", {"authorization": "Bearer x"})]
            done = await asyncio.to_thread(load, asked, server.url, clients=4, seconds=1.0)
        assert done.errors == 0
        assert 0 < done.requests <= len(server.requests)
        assert 0 < done.p50 <= done.p99
        assert server.requests[0].headers["authorization"] == "Bearer x"

    async def test_a_beat_is_kept(self) -> None:
        async with serving(ok({})) as server:
            asked = [request("POST", "/analyze", {}, b'{"size":1}')]
            await asyncio.to_thread(load, asked, server.url, clients=5, seconds=1.0, period=0.25)
        assert len(server.requests) == 5 * 4
        assert server.requests[0].json() == {"size": 1}

    async def test_an_answer_that_is_no_success_is_an_error(self) -> None:
        async with serving(status(503), ok({})) as server:
            done = await asyncio.to_thread(load, [request("GET", "/", {})], server.url, clients=1, seconds=1.0)
        assert done.errors == 1
