"""From an event to a message in a real Valkey, or to none when there is no broker."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing

import pytest
from pydantic import BaseModel
from redis.asyncio import Redis
from tests.support.collector import Collector
from tests.support.platform import free_port
from tests.support.providers import Only

from bunri.app.settings import Settings
from bunri.kit.errors import Unavailable
from bunri.platform.providers import Providers
from bunri.platform.queue import Handler, InlinePublisher, Route
from bunri.platform.queue.celery import make_celery
from bunri.platform.queue.celery_publisher import CeleryPublisher
from bunri.platform.queue.publishers import BrokerUnavailable
from bunri.platform.telemetry.traces import span, stop_traces

QUEUES = "tests.one", "tests.other"
ROUTES = {"happened": [Route("tell.one", QUEUES[0]), Route("tell.other", QUEUES[1])], "ignored": []}


class Message(BaseModel):
    """What Celery puts into a queue (protocol 2, JSON)."""

    body: str
    headers: dict[str, object]

    @property
    def payload(self) -> object:
        return json.loads(base64.b64decode(self.body))[0][0]


@pytest.fixture
def publisher_to() -> Iterator[Callable[[str], CeleryPublisher]]:
    made: list[CeleryPublisher] = []

    def make(url: str) -> CeleryPublisher:
        made.append(CeleryPublisher(make_celery(url), ROUTES))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
async def broker(settings: Settings) -> AsyncIterator[Redis]:
    opened = Redis.from_url(settings.cache_address("broker"), decode_responses=True)
    await opened.delete(*QUEUES)
    yield opened
    await opened.delete(*QUEUES)
    await opened.aclose()


async def waiting(broker: Redis, queue: str) -> list[Message]:
    """Oldest first."""
    return [Message.model_validate_json(each) for each in reversed(await broker.lrange(queue, 0, -1))]


class TestCelery:
    async def test_every_subscriber_finds_a_message_in_its_queue(
        self, settings: Settings, broker: Redis, publisher_to: Callable[[str], CeleryPublisher]
    ) -> None:
        publisher = publisher_to(settings.cache_address("broker"))
        await publisher.publish("happened", {"사진": 1})
        await publisher.publish("happened", {"사진": 2})
        for queue, task in zip(QUEUES, ("tell.one", "tell.other"), strict=True):
            found = await waiting(broker, queue)
            assert [message.payload for message in found] == [{"사진": 1}, {"사진": 2}]
            assert {message.headers["task"] for message in found} == {task}

    async def test_a_message_says_of_which_trace_it_is(
        self,
        settings: Settings,
        broker: Redis,
        publisher_to: Callable[[str], CeleryPublisher],
        traced: Collector,
    ) -> None:
        publisher = publisher_to(settings.cache_address("broker"))
        await publisher.publish("happened", {"n": 1})
        with span("POST /photos", "server"):
            await publisher.publish("happened", {"n": 2})
        stop_traces()
        outside, inside = await waiting(broker, QUEUES[0])
        sent = traced.spans[0]
        assert "traceparent" not in outside.headers
        assert inside.headers["traceparent"] == f"00-{sent.trace_id}-{sent.span_id}-01"
        assert (sent.name, sent.kind, sent.parent_id) == ("send tell.one", "producer", traced.spans[-1].span_id)

    async def test_nobody_is_told_of_what_nobody_subscribed_to(
        self, settings: Settings, broker: Redis, publisher_to: Callable[[str], CeleryPublisher]
    ) -> None:
        publisher = publisher_to(settings.cache_address("broker"))
        for topic in ("ignored", "unheard of"):
            await publisher.publish(topic, {})
        assert await broker.exists(*QUEUES) == 0

    async def test_a_connection_that_was_cut_is_opened_again(
        self, settings: Settings, broker: Redis, publisher_to: Callable[[str], CeleryPublisher]
    ) -> None:
        publisher = publisher_to(settings.cache_address("broker"))
        await publisher.publish("happened", {"number": 1})
        ours = [client["id"] for client in await broker.client_list() if client["name"] == "bunri-publisher"]
        assert ours
        for client in ours:
            await broker.client_kill_filter(_id=client)
        await publisher.publish("happened", {"number": 2})
        assert [message.payload for message in await waiting(broker, QUEUES[0])] == [{"number": 1}, {"number": 2}]

    async def test_a_broker_that_is_not_there_is_unavailable(
        self, publisher_to: Callable[[str], CeleryPublisher]
    ) -> None:
        publisher = publisher_to(f"redis://127.0.0.1:{free_port()}/0")
        for _ in range(3):
            with pytest.raises(BrokerUnavailable):
                await publisher.publish("happened", {})

    async def test_a_broker_that_takes_connections_and_says_nothing_is_unavailable(
        self, publisher_to: Callable[[str], CeleryPublisher]
    ) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as silent:
            publisher = publisher_to(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
            crowd = [publisher.publish("happened", {}) for _ in range(8)]
            told = await asyncio.gather(*crowd, return_exceptions=True)
        assert [type(each) for each in told] == [BrokerUnavailable] * 8

    async def test_once_closed_it_has_no_connection_left(self, settings: Settings, broker: Redis) -> None:
        before = {client["id"] for client in await broker.client_list()}
        publisher = CeleryPublisher(make_celery(settings.cache_address("broker")), ROUTES)
        await publisher.publish("happened", {})
        publisher.close()
        left = [client for client in await broker.client_list() if client["id"] not in before]
        assert [client for client in left if client["name"] == "bunri-publisher"] == []


class TestInline:
    """Handlers run in this process when the queue is drained."""

    async def test_what_follows_from_an_event_is_done_too(self) -> None:
        publisher = InlinePublisher({"first": [Route("first.task", "any")], "second": [Route("second.task", "any")]})
        done: list[tuple[str, object]] = []

        async def first(_: Providers, payload: dict[str, object]) -> None:
            done.append(("first", payload))
            await publisher.publish("second", {"after": 1})

        async def second(_: Providers, payload: dict[str, object]) -> None:
            done.append(("second", payload))

        handlers = {
            "first.task": Handler("first.task", first, "first"),
            "second.task": Handler("second.task", second, "second"),
        }
        await publisher.publish("first", {"number": 1})
        assert done == []
        await publisher.drain(handlers, Only())
        assert done == [("first", {"number": 1}), ("second", {"after": 1})]

    async def test_a_failure_leaves_nothing_for_the_next_time(self) -> None:
        publisher = InlinePublisher({"event": [Route("task", "any")]})
        tried: list[object] = []

        async def fail(_: Providers, payload: dict[str, object]) -> None:
            tried.append(payload)
            raise Unavailable

        handlers = {"task": Handler("task", fail, "event")}
        for number in (1, 2):
            await publisher.publish("event", {"number": number})
        with pytest.raises(Unavailable):
            await publisher.drain(handlers, Only())
        await publisher.drain(handlers, Only())
        assert tried == [{"number": 1}]
