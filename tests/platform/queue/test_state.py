"""How much waits in a real broker, and since when."""

import time
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
from redis.asyncio import Redis
from tests.support.platform import free_port

from bunri.app.settings import Settings
from bunri.platform.queue import Route
from bunri.platform.queue.celery import make_celery
from bunri.platform.queue.celery_publisher import CeleryPublisher
from bunri.platform.queue.publishers import BrokerUnavailable
from bunri.platform.queue.state import QueueReader

BUSY, EMPTY = "tests.busy", "tests.empty"


@pytest.fixture
async def broker(settings: Settings) -> AsyncIterator[Redis]:
    opened = Redis.from_url(settings.cache_address("broker"))
    await opened.delete(BUSY, EMPTY)
    yield opened
    await opened.delete(BUSY, EMPTY)
    await opened.aclose()


@pytest.fixture
async def reader(settings: Settings) -> AsyncIterator[QueueReader]:
    made = QueueReader(settings.cache_address("broker"))
    yield made
    await made.close()


async def test_messages_wait_since_they_were_sent(settings: Settings, broker: Redis, reader: QueueReader) -> None:
    celery = make_celery(settings.cache_address("broker"))
    before = time.time()
    with closing(CeleryPublisher(celery, {"happened": [Route("tests.tell", BUSY)]})) as publisher:
        await publisher.publish("happened", {"number": 1})
        await publisher.publish("happened", {"number": 2})
    busy, empty = (await reader.read([BUSY, EMPTY])).queues
    assert (busy.queue, busy.waiting) == (BUSY, 2)
    assert busy.oldest_s is not None
    assert 0 <= busy.oldest_s <= time.time() - before
    assert empty == (EMPTY, 0, None)


@pytest.mark.parametrize("message", [b"", b"{", b"[]", b'{"headers": null}', b'{"headers": {"sent_at": "soon"}}'])
async def test_of_a_message_of_somebody_else_only_the_number_is_known(
    broker: Redis, reader: QueueReader, message: bytes
) -> None:
    await broker.lpush(BUSY, message)
    (busy,) = (await reader.read([BUSY])).queues
    assert (busy.waiting, busy.oldest_s) == (1, None)


async def test_what_workers_have_in_hand_is_counted(broker: Redis, reader: QueueReader) -> None:
    before = (await reader.read([])).in_hand
    await broker.hset("unacked", "tests", b"[]")
    try:
        assert (await reader.read([])).in_hand == before + 1
    finally:
        await broker.hdel("unacked", "tests")


async def test_a_broker_that_is_away_is_said() -> None:
    reader = QueueReader(f"redis://127.0.0.1:{free_port()}/4", timeout=0.5)
    try:
        with pytest.raises(BrokerUnavailable):
            await reader.read([BUSY])
    finally:
        await reader.close()
