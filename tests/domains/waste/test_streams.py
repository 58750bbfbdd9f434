"""How many event streams one person may have open."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message

from bunri.domains.waste.endpoints import EventStream
from bunri.domains.waste.errors import TooManyStreams
from bunri.domains.waste.streams import StreamLimit


async def _events(end: asyncio.Event) -> AsyncIterator[bytes]:
    yield b": here\n\n"
    await end.wait()


async def _watches(limit: StreamLimit, owner: str, end: asyncio.Event) -> "asyncio.Task[None]":
    """A stream of which something has been sent."""
    limit.check(owner)
    begun = asyncio.Event()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            begun.set()

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    stream = EventStream(_events(end), owner, limit)
    scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    task = asyncio.create_task(stream(scope, receive, send))
    async with asyncio.timeout(10):
        await begun.wait()
    return task


@pytest.mark.parametrize("cancelled", [True, False])
async def test_a_person_has_so_many_and_another_has_too(cancelled: bool) -> None:
    limit, end = StreamLimit(2), asyncio.Event()
    streams = [await _watches(limit, "a", end) for _ in range(2)]
    with pytest.raises(TooManyStreams):
        limit.check("a")
    limit.check("b")
    if cancelled:
        for stream in streams:
            stream.cancel()
    end.set()
    await asyncio.gather(*streams, return_exceptions=True)
    limit.check("a")
