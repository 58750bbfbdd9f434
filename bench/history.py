"""Pages of a room of millions of messages, at any depth: the repository's statement, and the route over HTTP."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np
from sqlalchemy import text

from bench import database, product
from bench.client import Client
from bench.result import BenchmarkResult, below
from bench.server_log import LOGGED, ServerLog
from bench.stats import ms, without_warmup
from bunri.domains.chat.repository import ChatRepository
from bunri.platform.db import Database
from bunri.platform.db.address import owner_address

PAGE: Final = 50
CONTENT: Final = "건전지는 어디에 버려요? 주민센터 앞 수거함이 없어졌어요."


def measure(count: int, pages: int) -> list[BenchmarkResult]:
    """``pages`` pages of PAGE messages, each before a number drawn from all ``count``."""
    with product.running(bounds={**product.BOUNDS, "BUNRI_LIMITS__PERSON__READ": "0"}) as running:
        reader = Client.sign_in(running.url)
        room = UUID(reader.ask("POST", "/api/v1/chat/rooms", {"name": "bench"})["_id"])
        url = str(product.settings(running.data).database_url)
        depths = [int(each) for each in np.random.default_rng(7).integers(PAGE + 1, count, pages)]
        server, stored, lower_limit = asyncio.run(_in_database(url, running.data, room, reader.id, count, depths))
        asked = [_asked(reader, room, depth) for depth in depths]
    among = f"{PAGE} of {count:,} messages, at any depth"
    return [
        BenchmarkResult(
            f"p99 in the database, {among}",
            ms(server, 0.99),
            "ms",
            below(1),
            note=f"p50 {ms(server, 0.5):.2f} ms",
        ),
        BenchmarkResult(
            "the same, with the way there and back and the rows read, p99",
            ms(stored, 0.99),
            "ms",
            peer="select 1",
            beside=ms(lower_limit, 0.99),
            note=f"p50 {ms(stored, 0.5):.2f} ms",
        ),
        BenchmarkResult(
            f"p99 over HTTP of {among}",
            ms(without_warmup(asked), 0.99),
            "ms",
            below(10),
            note=f"p50 {ms(without_warmup(asked), 0.5):.1f} ms",
        ),
    ]


async def _in_database(
    url: str, data: Path, room: UUID, sender: str, count: int, depths: list[int]
) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """Seconds of the repository's statement in the server, the same as seen from here, and of the simplest one so."""
    owner = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await _fill(owner, room, sender, count)
        await owner.execute("grant set on parameter log_min_duration_statement to public")
    finally:
        await owner.close()
    stored, lower_limit = [], []
    chat = Database(owner_address(url))
    try:
        async with chat.transaction("chat") as session:
            repository = ChatRepository(session)
            for depth in depths:
                started = time.perf_counter()
                found = await repository.before(room, depth, PAGE + 1)
                stored.append(time.perf_counter() - started)
                assert [each.seq for each in found[:2]] == [depth - 1, depth - 2]
                started = time.perf_counter()
                (await session.execute(text("select 1"))).scalar_one()
                lower_limit.append(time.perf_counter() - started)
            log = ServerLog(data)
            await session.execute(text(LOGGED))
            for depth in depths:
                await repository.before(room, depth, PAGE + 1)
            await session.execute(text("reset log_min_duration_statement"))
    finally:
        await chat.dispose()
    return without_warmup(log.seconds()), without_warmup(stored), without_warmup(lower_limit)


async def _fill(owner: asyncpg.Connection, room: UUID, sender: str, count: int) -> None:
    async with database.without_indexes(owner, "chat.messages"):
        await owner.execute(_MESSAGES, room, sender, CONTENT, count, timeout=3600)
    numbers = "update chat.rooms set last_seq = $2, last_rev = $2 where id = $1"
    await owner.execute(numbers, room, count)
    await owner.execute("update chat.members set read_seq = $2 where room_id = $1", room, count)
    await owner.execute("checkpoint")


_MESSAGES: Final = """
insert into chat.messages (room_id, seq, id, rev, sender, sender_name, type, content, created_at, mentions, data,
    reported, grams, initials)
select $1, n, lpad(to_hex(n), 32, '0')::uuid, n, $2, 'bench', 'text', $3, now() - ($4::int - n) * interval '1 second',
    '{}', '{}', false, '{}', '{}'
from generate_series(1, $4::int) as n
"""


def _asked(reader: Client, room: UUID, depth: int) -> float:
    started = time.perf_counter()
    page = reader.ask("GET", f"/api/v1/chat/rooms/{room}/messages?limit={PAGE}&before=s{depth}")
    seconds = time.perf_counter() - started
    assert [each["seq"] for each in page] == list(range(depth - PAGE, depth))
    return seconds
