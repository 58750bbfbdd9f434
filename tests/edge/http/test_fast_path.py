"""The way around ASGI, on a real uvicorn."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bunri.edge.http.fast_path import Answer, with_fast_path

QUICK = b"200 OK\r\ncontent-length: 5\r\n\r\nquick"


def express(path: bytes, headers: Iterable[tuple[bytes, bytes]], answer: Answer) -> bool:
    """Answers /now at once, /soon and /slow later, declines /later after a while and takes nothing else."""
    loop = asyncio.get_running_loop()
    if path == b"/now":
        answer(QUICK)
    elif path == b"/soon":
        loop.call_later(0.02, answer, QUICK)
    elif path == b"/slow":
        loop.call_later(0.5, answer, QUICK)
    elif path == b"/later":
        loop.call_later(0.02, answer, None)
    else:
        return False
    return True


async def ordinary(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"ordinary {request.url.path}")


@asynccontextmanager
async def running() -> AsyncIterator[tuple[uvicorn.Server, int]]:
    app = Starlette(routes=[Route("/{path:path}", ordinary, methods=["GET", "POST"])])
    config = uvicorn.Config(app, port=0, http=with_fast_path(express), lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with running() as (_, port), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as made:
        yield made


class TestAnswering:
    @pytest.mark.parametrize("path", ["/now", "/soon"])
    async def test_now_or_later(self, client: httpx.AsyncClient, path: str) -> None:
        for _ in range(3):  # over one connection
            response = await client.get(path)
            assert (response.status_code, response.text) == (200, "quick")

    async def test_what_is_declined_goes_the_ordinary_way(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/later")).text == "ordinary /later"
        assert (await client.get("/other")).text == "ordinary /other"

    async def test_only_plain_gets_are_shown(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/now")).text == "ordinary /now"
        assert (await client.get("/now?x=1")).text == "ordinary /now"
        assert (await client.get("/now", headers={"Connection": "close"})).text == "ordinary /now"


class TestOneConnection:
    async def test_pipelined_requests_are_answered_in_their_order(self) -> None:
        async with running() as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            paths = ["/soon", "/other", "/later", "/now"]
            writer.write(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths))
            said = b""
            while said.count(b"quick") < 2:
                said += await asyncio.wait_for(reader.read(1000), 5)
            writer.close()
        places = [said.index(word) for word in (b"quick", b"ordinary /other", b"ordinary /later")]
        assert sorted(places) == places
        assert said.rindex(b"quick") > places[-1]

    async def test_a_client_that_left_is_not_written_to(self) -> None:
        async with running() as (_, port):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /soon HTTP/1.1\r\nHost: x\r\n\r\n")
            await writer.drain()
            writer.transport.abort()
            await asyncio.sleep(0.05)
            async with httpx.AsyncClient() as other:
                assert (await other.get(f"http://127.0.0.1:{port}/now")).text == "quick"

    async def test_a_server_that_is_stopping_closes_it(self) -> None:
        async with running() as (server, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.sleep(0.05)
            server.should_exit = True
            said = await asyncio.wait_for(reader.read(), 5)
            writer.close()
        assert b"connection: close" in said
