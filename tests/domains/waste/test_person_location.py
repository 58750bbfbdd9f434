"""Where a person stood, for an hour and nowhere else."""

from collections.abc import AsyncIterator

import pytest
from tests.domains.waste.conftest import Pipeline
from tests.support.pictures import jpeg

from bunri.app.settings import Settings
from bunri.domains.waste.person_location import PersonLocation
from bunri.domains.waste.schemas import Coordinates
from bunri.kit.ids import new_id
from bunri.platform.cache import Cache

CITY_HALL = Coordinates(lat=37.5663, lng=126.9779)


@pytest.fixture
async def cache(settings: Settings) -> AsyncIterator[Cache]:
    opened = Cache(settings.cache_address("jobs"))
    yield opened
    await opened.close()


async def test_is_kept_until_it_is_forgotten(cache: Cache) -> None:
    job_id = new_id()
    person = PersonLocation(cache)
    await person.put(job_id, CITY_HALL)
    assert await person.get(job_id) == CITY_HALL
    await person.forget(job_id)
    assert await person.get(job_id) is None


async def test_goes_with_the_job(pipeline: Pipeline) -> None:
    status = await pipeline.analyze(jpeg(9900), location=CITY_HALL)
    person = pipeline.container.get(PersonLocation)
    assert await person.get(status.job_id) == CITY_HALL
    await pipeline.drop(status)
    assert await person.get(status.job_id) is None


async def test_a_dead_valkey_is_no_location_and_no_error() -> None:
    cache = Cache("redis://127.0.0.1:9/0")
    person = PersonLocation(cache)
    await person.put(new_id(), CITY_HALL)
    await person.forget(new_id())
    assert await person.get(new_id()) is None
    await cache.close()
