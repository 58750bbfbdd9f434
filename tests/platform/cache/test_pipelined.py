"""Many reads over one connection, on a real Valkey and on servers that behave badly."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest

from bunri.app.settings import Settings
from bunri.platform.cache import Cache
from bunri.platform.cache.pipelined import PipelinedReader, Values

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def read(reader: PipelinedReader, *keys: bytes) -> Values | None:
    answered: asyncio.Future[Values | None] = asyncio.get_running_loop().create_future()
    reader.read(keys, answered.set_result)
    return await asyncio.wait_for(answered, 5)


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """The URL of a server that treats each connection so."""
    server = await asyncio.start_server(handler, "127.0.0.1")
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"


@pytest.fixture
async def reader(settings: Settings) -> AsyncIterator[PipelinedReader]:
    made = PipelinedReader(settings.cache_address("jobs"))
    yield made
    made.close()


@pytest.fixture
async def key(settings: Settings) -> AsyncIterator[bytes]:
    """A key with a value under the number of the jobs' cache."""
    cache, name = Cache(settings.cache_address("jobs")), f"test:{uuid4()}"
    await cache.set(name, b"kept\r\n\x00", timedelta(minutes=1))
    yield name.encode()
    await cache.close()


class TestReading:
    async def test_gives_each_value_and_none_for_what_is_not_there(self, reader: PipelinedReader, key: bytes) -> None:
        assert await read(reader, key, b"test:absent", key) == [b"kept\r\n\x00", None, b"kept\r\n\x00"]

    async def test_questions_of_one_turn_are_answered_in_order(self, reader: PipelinedReader, key: bytes) -> None:
        answers = await asyncio.gather(*(read(reader, key if number % 2 else b"test:absent") for number in range(500)))
        assert answers == [[b"kept\r\n\x00"] if number % 2 else [None] for number in range(500)]


class TestTrouble:
    async def test_one_who_fails_at_the_answer_costs_nobody_else_theirs(
        self, reader: PipelinedReader, key: bytes
    ) -> None:
        def fails(_: Values | None) -> None:
            raise ValueError

        reader.read((key,), fails)
        assert await read(reader, key) == [b"kept\r\n\x00"]

    async def test_nobody_there_is_none_and_not_asked_again_at_once(self) -> None:
        reader = PipelinedReader("redis://127.0.0.1:9/0")
        assert [await read(reader, b"any") for _ in range(3)] == [None] * 3
        reader.close()

    async def test_a_lost_connection_answers_what_is_open_and_is_made_again(self) -> None:
        lost = asyncio.Event()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"any\r\n")
            if lost.is_set():
                writer.write(b"+OK\r\n*1\r\n$1\r\n1\r\n")
                await writer.drain()
                await reader.read()
            lost.set()
            writer.close()

        async with serving(handle) as url:
            reader = PipelinedReader(url)
            assert await read(reader, b"any") is None
            assert await read(reader, b"any") == [b"1"]
            reader.close()

    async def test_a_server_that_hangs_is_dropped(self) -> None:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"+OK\r\n")
            await reader.read()
            writer.close()

        async with serving(handle) as url:
            reader = PipelinedReader(url, timeout=0.1)
            assert await read(reader, b"any") is None
            reader.close()

    async def test_a_refusal_is_no_answer(self) -> None:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"-NOAUTH Authentication required.\r\n")
            await reader.read()
            writer.close()

        async with serving(handle) as url:
            reader = PipelinedReader(url)
            assert await read(reader, b"any") is None
            reader.close()

    async def test_closing_answers_what_is_open(self, reader: PipelinedReader) -> None:
        answered: asyncio.Future[Values | None] = asyncio.get_running_loop().create_future()
        reader.read((b"any",), answered.set_result)
        reader.close()
        assert await asyncio.wait_for(answered, 5) is None
