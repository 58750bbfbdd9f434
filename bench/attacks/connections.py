"""Attacks by connections that are slow, many, or make no sense."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

import uvloop

from bench.attacks.found import STRANGER, Found
from bench.worker_processes import Plan

HEADERS: Final = b"x-a: b\r\n" * 2000
AGAIN_S: Final = 2.0
"""After so long a connection that was closed is opened anew."""
OPENING_AT_ONCE: Final = 100
FUZZERS: Final = 8
CLOSED: Final = (OSError, RuntimeError)
"""What is raised by a connection that the other side has closed; uvloop's writing raises RuntimeError."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Crowd:
    """Opens connections until its time is over, and counts what they are answered."""

    def __init__(self, plan: Plan) -> None:
        address = urlsplit(plan["url"])
        self._host, self._port = address.hostname or "", address.port or 80
        self._gate = asyncio.Semaphore(OPENING_AT_ONCE)
        self.found = Found()
        self._until: float = self.found.began + plan["seconds"]

    @property
    def left(self) -> float:
        return self._until - time.monotonic()

    async def open(self) -> Streams:
        async with self._gate:
            return await asyncio.open_connection(self._host, self._port, local_addr=(STRANGER, 0))

    async def keep(self, hold: Callable[[Streams], Awaitable[None]], pause: float = AGAIN_S) -> None:
        """One connection: as soon as it has been closed, it is opened again ``pause`` seconds later."""
        while self.left > 0:
            with suppress(*CLOSED, TimeoutError):
                reader, writer = await self.open()
                try:
                    async with asyncio.timeout(max(self.left, 0)):
                        await hold((reader, writer))
                finally:
                    writer.transport.abort()
            await asyncio.sleep(min(pause, max(self.left, 0)))

    async def status(self, reader: asyncio.StreamReader) -> str:
        """Waits for the answer's first line and counts it."""
        line = (await reader.readline()).split()
        status = line[1].decode("latin-1") if len(line) > 1 else "closed"
        self.found.seen[status] += 1
        return status

    def over(self) -> Found:
        self.found.ended = time.monotonic()
        return self.found


def endless_headers(plan: Plan) -> Callable[[], Found]:
    """``connections`` that never end their headers."""

    async def attack() -> Found:
        crowd = Crowd(plan)

        async def hold(streams: Streams) -> None:
            reader, writer = streams
            writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n")
            answer = asyncio.create_task(crowd.status(reader))
            try:
                while not answer.done():
                    writer.write(HEADERS)
                    await writer.drain()
                    crowd.found.seen["kB sent"] += len(HEADERS) // 1000
                    await asyncio.sleep(0)
            finally:
                answer.cancel()

        await asyncio.gather(*(crowd.keep(hold, pause=0.05) for _ in range(plan["connections"])))
        return crowd.over()

    return lambda: uvloop.run(attack())


def half_requests(plan: Plan) -> Callable[[], Found]:
    """``connections`` that send half a request and wait."""
    return _dripping(plan, [b"GET /api/v1/locations/nearby?lat=37.5 HTTP/1.1\r\nhost: x\r\n"], b"")


def half_uploads(plan: Plan) -> Callable[[], Found]:
    """``connections`` that upload half of what they announce, and then a byte a second. ``uploads`` are heads."""
    return _dripping(plan, [head.encode() + bytes(plan["half"]) for head in plan["uploads"]], b"\0")


def slow_bodies(plan: Plan) -> Callable[[], Found]:
    """``connections`` that send the plain detector a picture slowly, but not too slowly."""
    head = b"POST /api/v1/detect HTTP/1.1\r\nhost: x\r\ncontent-type: image/jpeg\r\ncontent-length: 1000000\r\n\r\n"
    return _dripping(plan, [head + b"\xff\xd8"], bytes(3000))


def event_streams(plan: Plan) -> Callable[[], Found]:
    """``connections`` of one guest that watch one job."""
    head = f"GET {plan['path']} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {plan['token']}\r\n\r\n"
    return _dripping(plan, [head.encode()], b"")


def _dripping(plan: Plan, beginnings: list[bytes], drop: bytes) -> Callable[[], Found]:
    """Connections that begin, and then send ``drop`` each second until they are answered or closed."""

    async def attack() -> Found:
        crowd = Crowd(plan)

        async def hold(number: int, streams: Streams) -> None:
            reader, writer = streams
            writer.write(beginnings[number % len(beginnings)])
            drip = asyncio.create_task(_drip(writer, drop))
            try:
                if await crowd.status(reader) == "200":
                    await reader.read(-1)  # a stream of events lasts until it is closed
            finally:
                drip.cancel()

        def holding(number: int) -> Callable[[Streams], Awaitable[None]]:
            return lambda streams: hold(number, streams)

        await asyncio.gather(*(crowd.keep(holding(number)) for number in range(plan["connections"])))
        return crowd.over()

    return lambda: uvloop.run(attack())


async def _drip(writer: asyncio.StreamWriter, drop: bytes) -> None:
    with suppress(*CLOSED):
        while drop:
            await asyncio.sleep(1)
            writer.write(drop)
            await writer.drain()


def nonsense(plan: Plan) -> Callable[[], Found]:
    """Random bytes, and valid requests in random pieces, some of them with bytes changed. No answer may be a 5xx."""
    valid = [request.encode() for request in plan["requests"]]

    async def attack() -> Found:
        crowd = Crowd(plan)
        wrong = crowd.found.wrong = type(crowd.found.seen)()

        async def fuzz(chance: random.Random, streams: Streams) -> None:
            reader, writer = streams
            for piece in _pieces(chance, valid):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(chance.choice((0, 0, 0.001)))
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    status = await crowd.status(reader)
                    wrong.update([status] if status.startswith("5") else [])

        def fuzzing(number: int) -> Callable[[Streams], Awaitable[None]]:
            chance = random.Random(number)
            return lambda streams: fuzz(chance, streams)

        await asyncio.gather(*(crowd.keep(fuzzing(number), pause=0) for number in range(FUZZERS)))
        return crowd.over()

    return lambda: uvloop.run(attack())


def _pieces(chance: random.Random, valid: list[bytes]) -> list[bytes]:
    whole = bytearray(chance.choice(valid) if chance.random() < 0.7 else chance.randbytes(chance.randint(1, 4096)))
    if chance.random() < 0.5:
        for _ in range(chance.randint(1, 5)):
            whole[chance.randrange(len(whole))] = chance.randrange(256)
    cuts = sorted({0, len(whole), *(chance.randrange(len(whole)) for _ in range(chance.randint(0, 6)))})
    return [bytes(whole[begin:end]) for begin, end in pairwise(cuts)]
