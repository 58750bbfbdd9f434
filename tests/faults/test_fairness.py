"""A person with hundreds of photos, and a bystander with one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Final

import pytest
import pytest_asyncio
import redis
from sqlalchemy import func, select, update
from tests.conftest import OwnSettings
from tests.support.client import Person
from tests.support.pictures import new_photo
from tests.support.platform import Platform, environment, running

from bunri.app.composition import compose
from bunri.app.container import Container
from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.domains.waste.models import JobRow, outbox
from bunri.domains.waste.objects import upload_key
from bunri.domains.waste.schemas import AnalyzeIn, UploadCompleteIn
from bunri.domains.waste.service.jobs import Jobs
from bunri.domains.waste.service.recovery import Recovery
from bunri.domains.waste.settings import WasteSettings
from bunri.platform.queue.celery import make_celery
from bunri.platform.queue.celery_publisher import CeleryPublisher

MANY: Final = 300


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def settings(own_settings: OwnSettings) -> Settings:
    """No other worker shall take these jobs."""
    return await own_settings(waste=WasteSettings(max_open_photos=1000))


@pytest.fixture(scope="module")
def platform(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """An API and nobody who works: the tests start workers when the queue is full."""
    with running(settings, "single", tmp_path_factory.mktemp("logs"), workers=False) as started:
        yield started


@pytest.fixture
async def container(settings: Settings) -> AsyncIterator[Container]:
    publisher = CeleryPublisher(make_celery(settings.cache_address("broker")), REGISTRY.routes)
    made = compose(Container(settings, publisher), REGISTRY)
    made.closing.callback(publisher.close)
    yield made
    await made.close()


@pytest.fixture
def broker(settings: Settings) -> Iterator[redis.Redis]:
    with closing(redis.Redis.from_url(settings.cache_address("broker"))) as client:
        yield client


def _waits(person: Person, photo: bytes) -> dict[str, object]:
    job = person.begins(photo)
    assert person.uploads(job, photo).status_code in (200, 201, 204)
    assert person.completes(job).status_code == 200
    return job


async def _waits_too(container: Container, person: Person, photo: bytes) -> None:
    """The same past HTTP, which would take the longest of this test."""
    jobs = container.get(Jobs)
    asked = AnalyzeIn(content_type="image/jpeg", size=len(photo))
    job, _ = await jobs.analyze(person.id, asked, "ko", "http://here")
    await container.storage.write(upload_key(job.id), photo, job.content_type)
    await jobs.upload_complete(person.id, job.id, UploadCompleteIn())


async def _tried(container: Container, owner: str) -> int:
    async with container.database.transaction("waste") as session:
        tried = select(func.count()).select_from(JobRow).where(JobRow.owner == owner, JobRow.attempt > 0)
        return (await session.execute(tried)).scalar_one()


@pytest.mark.timeout(240)
async def test_hundreds_of_photos_of_one_person_delay_nobody(
    platform: Platform,
    settings: Settings,
    container: Container,
    broker: redis.Redis,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    greedy, bystander = Person.arrives(platform), Person.arrives(platform)
    photo = new_photo()
    for _ in range(MANY):
        await _waits_too(container, greedy, photo)
    await _is_only_long(container, broker)
    await _has_lost_some(container, broker)
    asked = _waits(bystander, new_photo())
    logs = tmp_path_factory.mktemp("workers")
    env = environment(settings)
    platform.start("see", ["work", "--queue", "waste"], env, logs / "waste.log")
    platform.start("rest", ["work", "--queue", "recycling", "--queue", "default"], env, logs / "rest.log")
    async with asyncio.timeout(60):
        await _is_tried(container, bystander.id)
    assert await _tried(container, greedy.id) <= 3
    assert bystander.waits(asked, within=60)["status"] in ("done", "asked")


async def _is_tried(container: Container, owner: str) -> None:
    while not await _tried(container, owner):  # noqa: ASYNC110  # another process does it
        await asyncio.sleep(0.01)


async def _age(container: Container, by: timedelta) -> None:
    async with container.database.transaction("waste") as session:
        await session.execute(update(JobRow).values(lease_until=JobRow.lease_until - by))


async def _sweeps(container: Container) -> None:
    """What beat has a worker do every five seconds, until the outbox is empty."""
    await container.get(Recovery).recover()
    async with container.database.transaction("waste") as session:
        assert (await session.execute(select(func.count()).select_from(outbox))).scalar_one() == 0


async def _is_only_long(container: Container, broker: redis.Redis) -> None:
    """A queue in which every job has waited beyond its patience is not made longer."""
    for _ in range(3):
        await _age(container, timedelta(minutes=10))
        await _sweeps(container)
        assert broker.llen("waste") == MANY


async def _has_lost_some(container: Container, broker: redis.Redis) -> None:
    """As many messages as are missing are sent again, and no more."""
    broker.ltrim("waste", 0, MANY - 100 - 1)
    for _ in range(3):
        await _age(container, timedelta(minutes=10))
        await _sweeps(container)
        assert broker.llen("waste") == MANY
