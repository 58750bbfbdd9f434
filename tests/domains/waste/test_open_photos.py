"""What somebody is told who has as many photos waiting as one may have."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import httpx
import pytest
from tests.support.client import Person
from tests.support.platform import Platform, running

PHOTO: Final = b"x" * 1000


@pytest.fixture(scope="module")
def platform(platform_settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:  # type: ignore[no-untyped-def]
    logs = tmp_path_factory.mktemp("logs")
    few = {"BUNRI_WASTE__MAX_OPEN_PHOTOS": "3", "BUNRI_WASTE__STREAMS_PER_PERSON": "2"}
    with running(platform_settings, "single", logs, workers=False, **few) as started:
        yield started


def _asks(person: Person, **headers: str):  # type: ignore[no-untyped-def]
    body = {"content_type": "image/jpeg", "size": len(PHOTO)}
    return person.ask("POST", "/api/v1/waste/analyze", json=body, headers=headers)


def test_a_person_with_too_many_photos_waits_and_nobody_else(platform: Platform) -> None:
    person, other = Person.arrives(platform), Person.arrives(platform)
    jobs = [_asks(person).json()["job_id"] for _ in range(3)]
    refused = _asks(person, **{"Idempotency-Key": "again"})
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["code"] == "photos_waiting"
    assert "3장" in refused.json()["detail"]
    assert _asks(other).status_code == 201
    assert person.ask("DELETE", f"/api/v1/waste/jobs/{jobs[0]}").status_code == 204
    assert _asks(person, **{"Idempotency-Key": "again"}).status_code == 201


def test_a_person_with_too_many_streams_is_told_so_and_nobody_else(platform: Platform) -> None:
    person, other = Person.arrives(platform), Person.arrives(platform)
    with ExitStack() as streams:
        for _ in range(2):
            assert streams.enter_context(_watches(person)).status_code == 200
        with _watches(person) as refused:
            assert (refused.status_code, json.loads(refused.read())["code"]) == (429, "too_many_streams")
        assert streams.enter_context(_watches(other)).status_code == 200


async def test_of_streams_opened_at_once_no_more_are_let_in(platform: Platform) -> None:
    person = Person.arrives(platform)
    url = platform.url(f"/api/v1/waste/status/{_asks(person).json()['job_id']}/events")
    headers = {"Authorization": f"Bearer {person.token}"}
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=100)) as client:
        asked = [client.send(client.build_request("GET", url, headers=headers), stream=True) for _ in range(60)]
        answers = await asyncio.gather(*asked)
        assert sorted(answer.status_code for answer in answers) == [200] * 2 + [429] * 58
        for answer in answers:
            await answer.aclose()


@contextmanager
def _watches(person: Person) -> Iterator[httpx.Response]:
    job = _asks(person).json()
    url = person.platform.url(f"/api/v1/waste/status/{job['job_id']}/events")
    with httpx.stream("GET", url, headers={"Authorization": f"Bearer {person.token}"}, timeout=30) as response:
        yield response
