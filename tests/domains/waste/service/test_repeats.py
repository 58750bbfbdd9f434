"""A photo that is sent a second time is answered without an upload: to who sent it, and to nobody else."""

from hashlib import sha256
from typing import Any

import pytest
from tests.domains.waste.conftest import Pipeline, result_of
from tests.domains.waste.test_status_cache import CITY_HALL, OneBin
from tests.support.pictures import new_photo

from bunri.domains.locations.public import LocationsPublic
from bunri.domains.recycling.errors import RegionMissing
from bunri.domains.waste.answer_cache import AnswerCache
from bunri.domains.waste.objects import thumbnail_key
from bunri.domains.waste.records import Job
from bunri.domains.waste.schemas import AnalyzeIn, UploadCompleteIn
from bunri.domains.waste.service.jobs import Jobs
from bunri.domains.waste.states import ANSWERED, State
from bunri.kit.ids import new_id


async def _asks(pipeline: Pipeline, photo: bytes, **details: Any) -> Job:
    """A new job for a photo that is not uploaded."""
    body = AnalyzeIn(
        content_type="image/jpeg",
        size=len(photo),
        sha256=sha256(photo).hexdigest(),
        details=UploadCompleteIn(**details),
    )
    job, _ = await pipeline.container.get(Jobs).analyze(pipeline.owner, body, "ko", "http://here")
    return job


async def test_who_sent_it_has_the_answer_at_once(pipeline: Pipeline) -> None:
    photo = new_photo()
    first = result_of(await pipeline.analyze(photo))
    again = await _asks(pipeline, photo)
    status = await pipeline.status(again)
    assert status.status in ANSWERED
    assert (result_of(status).items, result_of(status).cached) == (first.items, "exact")
    assert pipeline.pushed[-1]["job_id"] == str(again.id)
    assert (row := await pipeline.row(again)) is not None
    assert (row.has_thumbnail, row.lease_until) == (True, None)


async def test_it_is_told_like_any_other(pipeline: Pipeline) -> None:
    photo = new_photo()
    await pipeline.analyze(photo)
    await _asks(pipeline, photo)
    assert [task for task, _ in pipeline.container.inline.messages] == ["chat.saw"]


async def test_another_state_or_region_is_another_answer(pipeline: Pipeline) -> None:
    photo = new_photo()
    await pipeline.analyze(photo, tags=["food_left"])
    assert (await _asks(pipeline, photo)).state == State.CREATED
    assert (await _asks(pipeline, photo, tags=["food_left"], note="컵")).state == State.CREATED
    again = await _asks(pipeline, photo, tags=["food_left"])
    assert again.state in ANSWERED
    assert (row := await pipeline.row(again)) is not None
    assert row.tags == ("food_left",)


async def test_a_region_that_does_not_exist_is_refused_at_once(pipeline: Pipeline) -> None:
    with pytest.raises(RegionMissing):
        await _asks(pipeline, new_photo(), region="nowhere-at-all")


async def test_who_merely_knows_the_hash_learns_nothing(pipeline: Pipeline) -> None:
    photo = new_photo()
    await pipeline.analyze(photo)
    pipeline.owner = f"guest_{new_id()}"
    assert (await _asks(pipeline, photo)).state == State.CREATED


async def test_who_has_removed_it_sends_it_anew(pipeline: Pipeline) -> None:
    photo = new_photo()
    await pipeline.drop(await pipeline.analyze(photo))
    assert (await _asks(pipeline, photo)).state == State.CREATED


async def test_its_thumbnail_stays_for_the_second_when_the_first_is_removed(pipeline: Pipeline) -> None:
    photo = new_photo()
    first = await pipeline.analyze(photo)
    again = await _asks(pipeline, photo)
    await pipeline.drop(first)
    assert await pipeline.container.storage.stat(thumbnail_key(sha256(photo).digest())) is not None
    await pipeline.drop(again)
    assert await pipeline.container.storage.stat(thumbnail_key(sha256(photo).digest())) is None


async def test_what_other_models_said_is_not_repeated(pipeline: Pipeline) -> None:
    photo = new_photo()
    await pipeline.analyze(photo)
    await pipeline.container.get(AnswerCache).put_models("other@1")
    assert (await _asks(pipeline, photo)).state == State.CREATED


async def test_the_nearest_bins_are_those_of_where_they_stand_now(pipeline: Pipeline) -> None:
    pipeline.container.provide(LocationsPublic, OneBin)
    pipeline.build()
    photo = new_photo()
    assert result_of(await pipeline.analyze(photo)).nearby_bins == []
    again = await _asks(pipeline, photo, location=CITY_HALL)
    assert [each.lat for each in result_of(await pipeline.status(again)).nearby_bins] == [CITY_HALL["lat"]]


async def test_without_details_nothing_is_decided_before_they_are_known(pipeline: Pipeline) -> None:
    photo = new_photo()
    await pipeline.analyze(photo)
    body = AnalyzeIn(content_type="image/jpeg", size=len(photo), sha256=sha256(photo).hexdigest())
    job, _ = await pipeline.container.get(Jobs).analyze(pipeline.owner, body, "ko", "http://here")
    assert job.state == State.CREATED
