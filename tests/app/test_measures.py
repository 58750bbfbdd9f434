"""What ``/metrics`` says of queues, connections and the disk."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from tests.support.platform import free_port

from bunri.app import heartbeats
from bunri.app.container import Container
from bunri.app.inline import InlineContainer
from bunri.app.measures import measures_of
from bunri.app.registry import ALL, REGISTRY
from bunri.app.settings import Settings
from bunri.platform.backup.settings import BackupSettings


async def read(container: Container, target: str = ALL) -> dict[str, float]:
    """Each sample by its name and its labels' values."""
    metrics = await measures_of(container, REGISTRY, REGISTRY.target(target))()
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for metric in metrics
        for sample in metric.samples
    }


@pytest.fixture
async def container(settings: Settings) -> AsyncIterator[Container]:
    made = InlineContainer(settings)
    yield made
    await made.close()


async def test_every_part_that_works_is_measured(container: Container, settings: Settings) -> None:
    broker = Redis.from_url(settings.cache_address("broker"))
    await broker.lpush("learning", b"{}")
    await heartbeats.beat(container.cache("common"), "learning", None)
    await container.cache("common").delete("heartbeat:recycling")
    try:
        found = await read(container)
    finally:
        await broker.delete("learning")
        await broker.aclose()
    assert {name for name, value in found.items() if name.startswith("bunri_measure_read") and value == 1} == {
        f"bunri_measure_read {part}" for part in ("queues", "heartbeats", "connections", "disk")
    }
    assert found["bunri_queue_waiting learning"] == 1
    assert found["bunri_queue_oldest_seconds learning"] == 0
    assert found["bunri_queue_consumed learning"] == 1
    assert found["bunri_queue_consumed recycling"] == 0
    assert 0 < found["bunri_database_connections"] < found["bunri_database_connections_limit"]
    assert 0 < found["bunri_data_free_bytes"] < found["bunri_data_size_bytes"]


async def test_what_is_away_is_left_out_and_said(settings: Settings) -> None:
    container = InlineContainer(settings.model_copy(update={"broker_url": f"redis://127.0.0.1:{free_port()}/0"}))
    try:
        found = await read(container)
    finally:
        await container.close()
    assert found["bunri_measure_read queues"] == 0
    assert "bunri_queue_waiting waste" not in found
    assert found["bunri_measure_read connections"] == 1


async def test_backups_are_measured_where_they_have_a_place(settings: Settings) -> None:
    place = BackupSettings(target=SecretStr("/nowhere"), unencrypted=True)
    container = InlineContainer(settings.model_copy(update={"backup": place}))
    try:
        assert (await read(container))["bunri_measure_read backups"] == 1
    finally:
        await container.close()


async def test_a_target_without_servers_has_nothing_to_measure(container: Container) -> None:
    assert await read(container, "detect") == {}
