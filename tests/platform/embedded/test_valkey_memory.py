"""An embedded Valkey whose memory is full: caches go, messages stay."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from redis.asyncio import Redis

from bunri.platform.cache import Cache
from bunri.platform.embedded.servers import EmbeddedServers
from bunri.platform.queue.celery import make_celery

MB: Final = 16
HOUR: Final = timedelta(hours=1)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    servers = EmbeddedServers(tmp_path_factory.mktemp("full"), postgres=False, valkey_mb=MB, what="pytest")
    yield str(servers.start().valkey_url)
    servers.stop()


@pytest.fixture
async def cache(url: str) -> AsyncIterator[Cache]:
    made = Cache(f"{url}/1")
    yield made
    await made.close()


async def test_full_it_evicts_caches_and_keeps_messages_and_ended_sessions(url: str, cache: Cache) -> None:
    celery = make_celery(f"{url}/4")
    for number in range(200):
        celery.send_task("waste.see", args=({"number": number},), queue="waste")
    sessions, now = Cache(f"{url}/0"), datetime.now(UTC)
    await sessions.add_until("ended", "a session", now + HOUR, now=now)
    for number in range(3 * MB):
        for part in range(16):
            await cache.set(f"photo:{number}:{part}", b"x" * 2**16, HOUR)
    async with Redis.from_url(f"{url}/4") as broker:
        memory = await broker.info("memory")
        assert await broker.llen("waste") == 200
        assert (await broker.info("stats"))["evicted_keys"] > 0
        assert memory["used_memory"] <= 1.5 * MB * 2**20  # with what is on its way in and out
    assert await cache.get(f"photo:{3 * MB - 1}:15") is not None
    assert await cache.get("photo:0:0") is None
    assert await sessions.members_until("ended", now=now) == [b"a session"]
    celery.send_task("waste.see", args=({},), queue="waste")
    await sessions.close()
    celery.close()


class TestBounds:
    async def test_a_hash_begins_anew_where_it_would_grow(self, cache: Cache) -> None:
        for number in range(100):
            await cache.set_field("hash", f"words {number}", b"x", HOUR, most=10)
        kept = [number for number in range(100) if await cache.get_field("hash", f"words {number}")]
        assert kept == list(range(90, 100))

    async def test_of_a_group_the_newest_are_kept(self, cache: Cache) -> None:
        for number in range(30):
            assert await cache.set_new_of("group", f"key {number}", b"x", HOUR, most=10, kept=HOUR)
        assert not await cache.set_new_of("group", "key 29", b"y", HOUR, most=10, kept=HOUR)
        kept = [number for number in range(30) if await cache.get(f"key {number}")]
        assert kept == list(range(20, 30))
        await cache.delete_of("group", "key 29")
        assert await cache.set_new_of("group", "key 29", b"x", HOUR, most=10, kept=HOUR)
