"""What waste keeps of a person: shown, removed, handed over."""

from typing import Any
from uuid import UUID

import orjson
import pytest
from tests.domains.waste.conftest import Pipeline, result_of
from tests.support.pictures import jpeg

from bunri.domains.waste.errors import JobMissing
from bunri.domains.waste.objects import sample_key, thumbnail_key, upload_key
from bunri.domains.waste.person_location import PersonLocation
from bunri.domains.waste.records import Job
from bunri.domains.waste.schemas import Coordinates, Status
from bunri.domains.waste.service.training_samples import TrainingSamples
from bunri.domains.waste.status_cache import StatusCache
from bunri.domains.waste.user_data import WasteUserData
from bunri.kit.ids import new_id
from bunri.platform.storage import StorageUnavailable

CITY_HALL = Coordinates(lat=37.5663, lng=126.9779)

NOTHING: dict[str, list[object]] = {"analyses": [], "training_samples": [], "field_photos": []}


@pytest.fixture
def data(pipeline: Pipeline) -> WasteUserData:
    """In small batches."""
    container = pipeline.container
    return WasteUserData(
        pipeline.transaction,
        container.get(StatusCache),
        container.get(PersonLocation),
        container.storage,
        container.get(TrainingSamples),
        pipeline.now,
        batch=2,
    )


async def _thumbnail(pipeline: Pipeline, status: Status) -> str:
    row = await pipeline.row(status)
    assert row is not None
    assert row.sha256 is not None
    return thumbnail_key(row.sha256)


async def _stored(pipeline: Pipeline, key: str) -> bool:
    return await pipeline.container.storage.stat(key) is not None


async def _corrections(pipeline: Pipeline, job_id: UUID) -> int:
    async with pipeline.transaction() as repository:
        return len(await repository.corrections_of([job_id]))


class TestExport:
    async def test_has_everything_newest_first(self, pipeline: Pipeline, data: WasteUserData) -> None:
        first = await pipeline.analyze(jpeg(9930), note="컵", tags=["wet"])
        others = [await pipeline.analyze(jpeg(9931 + number)) for number in range(3)]
        await pipeline.reply(first, text="우유팩", consent=True)
        found = (await data.export(pipeline.owner)).document
        ids = [each["job_id"] for each in found["analyses"]]
        assert ids == [str(status.job_id) for status in (*reversed(others), first)]
        mine: dict[str, Any] = found["analyses"][-1]
        assert (mine["note"], mine["tags"]) == ("컵", ["wet"])
        assert mine["result"]["items"][0]["item"] == "milk-carton"
        assert mine["thumbnail"] == await _thumbnail(pipeline, first)
        assert [(each["kind"], each["user_input"]) for each in mine["corrections"]] == [("correct", "우유팩")]
        assert [each["picture"] for each in found["training_samples"]] == [sample_key(first.job_id)]
        assert orjson.loads(orjson.dumps(found)) == found

    async def test_of_a_stranger_is_empty(self, data: WasteUserData) -> None:
        assert (await data.export("guest_nobody")).document == NOTHING


class TestErase:
    async def test_removes_everything_and_again_does_no_harm(self, pipeline: Pipeline, data: WasteUserData) -> None:
        statuses = [await pipeline.analyze(jpeg(29_940 + number), location=CITY_HALL) for number in range(3)]
        await pipeline.reply(statuses[0], text="우유팩", consent=True)
        thumbnails = [await _thumbnail(pipeline, status) for status in statuses]
        for _ in range(2):
            await data.erase(pipeline.owner)
        assert (await data.export(pipeline.owner)).document == NOTHING
        cached, person = pipeline.container.get(StatusCache), pipeline.container.get(PersonLocation)
        for status, thumbnail in zip(statuses, thumbnails, strict=True):
            assert await pipeline.row(status) is None
            assert not await _stored(pipeline, thumbnail)
            assert not await _stored(pipeline, sample_key(status.job_id))
            assert await cached.read(status.job_id) is None
            assert await person.get(status.job_id) is None
            assert await _corrections(pipeline, status.job_id) == 0

    async def test_leaves_what_others_show(self, pipeline: Pipeline, data: WasteUserData) -> None:
        await pipeline.analyze(jpeg(9945))
        me, pipeline.owner = pipeline.owner, f"guest_{new_id()}"
        theirs = await pipeline.analyze(jpeg(9945))
        await data.erase(me)
        assert await pipeline.row(theirs) is not None
        assert await _stored(pipeline, await _thumbnail(pipeline, theirs))

    async def test_stops_what_is_running(self, pipeline: Pipeline, data: WasteUserData) -> None:
        job = await pipeline.begin(jpeg(9946))
        await pipeline.complete(job)
        await data.erase(pipeline.owner)
        await pipeline.container.work()
        assert pipeline.local.runs == 0
        assert await pipeline.row(job) is None
        assert not await _stored(pipeline, upload_key(job.id))
        with pytest.raises(JobMissing):
            await pipeline.status(job)

    async def test_can_be_tried_again_after_the_store_was_away(self, pipeline: Pipeline, data: WasteUserData) -> None:
        """A link to itself where the folder was."""
        status = await pipeline.analyze(jpeg(9947))
        thumbnail = await _thumbnail(pipeline, status)
        objects = pipeline.container.settings.data / "objects" / "kept"
        away = objects.rename(objects.with_name("kept-away"))
        objects.symlink_to(objects)
        try:
            with pytest.raises(StorageUnavailable):
                await data.erase(pipeline.owner)
        finally:
            objects.unlink()
            away.rename(objects)
        await data.erase(pipeline.owner)
        assert await pipeline.row(status) is None
        assert not await _stored(pipeline, thumbnail)


class TestUpgrade:
    async def test_hands_everything_over_and_again_does_no_harm(self, pipeline: Pipeline, data: WasteUserData) -> None:
        status = await pipeline.analyze(jpeg(9950))
        await pipeline.reply(status, text="우유팩", consent=True)
        old, new = pipeline.owner, f"guest_{new_id()}"
        before = await data.export(old)
        for _ in range(2):
            await data.upgrade(old, new)
        assert (await data.export(old)).document == NOTHING
        assert await data.export(new) == before
        job = await pipeline.row(status)
        assert isinstance(job, Job)
        assert job.owner == new
        assert await pipeline.container.get(StatusCache).read(job.id) is None

    async def test_the_new_owner_can_go_on(self, pipeline: Pipeline, data: WasteUserData) -> None:
        status = await pipeline.analyze(jpeg(9951))
        old, pipeline.owner = pipeline.owner, f"guest_{new_id()}"
        await data.upgrade(old, pipeline.owner)
        replied = await pipeline.reply(status, text="우유팩", consent=True)
        assert result_of(replied).items[0].item == "milk-carton"
        cached = await pipeline.container.get(StatusCache).read(status.job_id)
        assert cached is not None
        assert cached.owner == pipeline.owner
        await data.erase(pipeline.owner)
        assert await pipeline.row(status) is None

    async def test_a_running_job_ends_as_the_new_owners(self, pipeline: Pipeline, data: WasteUserData) -> None:
        job = await pipeline.begin(jpeg(9952))
        await pipeline.complete(job)
        old, pipeline.owner = pipeline.owner, f"guest_{new_id()}"
        await data.upgrade(old, pipeline.owner)
        await pipeline.container.work()
        assert (await pipeline.status(job)).status in ("done", "asked")
        assert pipeline.pushed[-1]["job_id"] == str(job.id)
