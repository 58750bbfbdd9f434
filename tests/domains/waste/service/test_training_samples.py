"""What people let us keep to train the models, and how they withdraw it."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from tests.domains.waste.conftest import Pipeline
from tests.support.pictures import encoded, jpeg, picture

from bunri.domains.users.records import ProfileRecord
from bunri.domains.users.repository import UsersRepository
from bunri.domains.waste.errors import AnswerUnknown, JobMissing
from bunri.domains.waste.models import TrainingSampleRow
from bunri.domains.waste.objects import sample_key, thumbnail_key
from bunri.domains.waste.schemas import AnswerIn
from bunri.domains.waste.service.training_samples import TrainingSamples
from bunri.kit.ids import new_id
from bunri.platform.storage import StorageUnavailable
from bunri.platform.vision.protocol import DetectedObject


async def _rows(pipeline: Pipeline, *job_ids: UUID) -> Sequence[TrainingSampleRow]:
    async with pipeline.container.database.transaction("waste") as session:
        wanted = (
            select(TrainingSampleRow)
            .where(TrainingSampleRow.job_id.in_(job_ids))
            .order_by(TrainingSampleRow.job_id, TrainingSampleRow.position)
        )
        return (await session.execute(wanted)).scalars().all()


async def _pictured(pipeline: Pipeline, job_id: UUID) -> bool:
    return await pipeline.container.storage.stat(sample_key(job_id)) is not None


def _in_small_batches(pipeline: Pipeline) -> TrainingSamples:
    container = pipeline.container
    key = container.settings.key("examples")
    return TrainingSamples(pipeline.transaction, container.storage, key, pipeline.now, batch=2)


class TestKept:
    async def test_with_consent_what_was_seen_and_what_was_said(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9700))
        await pipeline.reply(status, text="우유팩", tags=["wet"], consent=True)
        (sample,) = await _rows(pipeline, status.job_id)
        assert (sample.kind, sample.item, sample.material, sample.tags) == ("correct", "milk-carton", "carton", ["wet"])
        assert sample.box == pytest.approx([0.2, 0.1, 0.8, 0.9])
        assert sample.models == pipeline.local.models
        assert sample.seen is not None
        assert sample.seen["label"] == "bottle"
        assert sample.seen["confidence"] == sample.seen["candidates"][0]["probability"] > 0
        assert pipeline.owner.encode() not in sample.contributor
        assert await _pictured(pipeline, status.job_id)

    async def test_nothing_without_consent(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9701))
        await pipeline.reply(status, text="우유팩")
        assert await _rows(pipeline, status.job_id) == []
        assert not await _pictured(pipeline, status.job_id)

    async def test_nothing_of_who_said_no_elsewhere(self, pipeline: Pipeline) -> None:
        """A device that has not heard of it says that its person consents."""
        status = await pipeline.analyze(jpeg(9706))
        async with pipeline.container.transactions("users", UsersRepository)() as users:
            await users.save(ProfileRecord(pipeline.owner, teaches=False))
        await pipeline.reply(status, text="우유팩", consent=True)
        assert await _rows(pipeline, status.job_id) == []
        assert not await _pictured(pipeline, status.job_id)

    async def test_the_picture_without_exif(self, pipeline: Pipeline) -> None:
        image = picture(9702)
        exif = image.getexif()
        exif[0x010F] = "SECRET-CAMERA"
        status = await pipeline.analyze(encoded(image, "JPEG", exif=exif))
        await pipeline.reply(status, confirm=True, consent=True)
        kept = await pipeline.container.storage.read(sample_key(status.job_id), 2**20)
        assert kept[:4] + kept[8:12] == b"RIFFWEBP"
        assert b"SECRET-CAMERA" not in kept

    async def test_an_answer_as_an_answer(self, pipeline: Pipeline) -> None:
        pipeline.local.things = ()
        status = await pipeline.analyze(jpeg(9703))
        await pipeline.reply(status, "answer", value="glass", consent=True)
        (sample,) = await _rows(pipeline, status.job_id)
        assert (sample.kind, sample.item, sample.material, sample.box) == ("answer", None, "glass", None)

    async def test_the_last_statement_beside_what_the_models_first_saw(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9704))
        await pipeline.reply(status, text="우유팩", consent=True)
        (first,) = await _rows(pipeline, status.job_id)
        await pipeline.reply(status, text="깨진 유리", consent=True)
        (last,) = await _rows(pipeline, status.job_id)
        assert (first.material, last.material) == ("carton", "glass")
        assert last.seen == first.seen

    @pytest.mark.parametrize("before", [{"text": "우유팩"}, {"value": "none"}])
    async def test_not_as_seen_what_a_person_had_said(self, pipeline: Pipeline, before: dict[str, str]) -> None:
        status = await pipeline.analyze(jpeg(9705))
        await pipeline.reply(status, **before)
        await pipeline.reply(status, text="우유팩", consent=True)
        (sample,) = await _rows(pipeline, status.job_id)
        assert (sample.material, sample.seen) == ("carton", None)

    async def test_each_item_of_a_photo(self, pipeline: Pipeline) -> None:
        pipeline.local.things = (
            DetectedObject("bottle", 0.9, (0.1, 0.1, 0.5, 0.9)),
            DetectedObject("banana", 0.9, (0.6, 0.2, 0.9, 0.5)),
        )
        status = await pipeline.analyze(jpeg(9706))
        for number in range(2):
            await pipeline.reply(status, item=number, confirm=True, consent=True)
        assert [row.position for row in await _rows(pipeline, status.job_id)] == [0, 1]

    @pytest.mark.parametrize("said", [{"tags": ["wet"]}, {"value": "none"}])
    async def test_nothing_when_nobody_said_what_it_is(self, pipeline: Pipeline, said: dict[str, Any]) -> None:
        status = await pipeline.analyze(jpeg(9707))
        await pipeline.reply(status, consent=True, **said)
        assert await _rows(pipeline, status.job_id) == []

    async def test_nothing_when_the_picture_is_gone_but_the_answer_counts(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9708))
        job = await pipeline.row(status)
        assert job is not None
        assert job.sha256 is not None
        await pipeline.container.storage.delete(thumbnail_key(job.sha256))
        said = await pipeline.reply(status, text="우유팩", consent=True)
        assert said.result is not None
        assert said.result.items[0].material == "carton"
        assert await _rows(pipeline, status.job_id) == []


class TestConfirming:
    async def test_leaves_no_doubt_and_is_kept_as_such(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9710))
        assert status.result is not None
        said = await pipeline.reply(status, confirm=True, consent=True)
        assert said.result is not None
        assert said.result.items[0].item == status.result.items[0].item
        assert (said.status, said.result.items[0].confidence) == ("done", 1.0)
        (sample,) = await _rows(pipeline, status.job_id)
        assert (sample.kind, sample.item) == ("confirm", said.result.items[0].item)

    async def test_is_also_naming_the_same_thing_again(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9711))
        assert status.result is not None
        await pipeline.reply(status, value=status.result.items[0].item, consent=True)
        (sample,) = await _rows(pipeline, status.job_id)
        assert sample.kind == "confirm"

    async def test_needs_something_to_confirm(self, pipeline: Pipeline) -> None:
        pipeline.local.missing = True
        status = await pipeline.analyze(jpeg(9712))
        with pytest.raises(AnswerUnknown):
            await pipeline.reply(status, confirm=True)

    def test_says_nothing_else(self) -> None:
        with pytest.raises(ValueError, match="confirm, or value or text"):
            AnswerIn(confirm=True, value="glass")


class TestWithdrawn:
    async def test_with_the_job(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9720))
        await pipeline.reply(status, confirm=True, consent=True)
        await pipeline.drop(status)
        assert await _rows(pipeline, status.job_id) == []
        assert not await _pictured(pipeline, status.job_id)

    async def test_not_by_the_days_of_the_job_but_by_its_contributor_even_then(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9721))
        await pipeline.reply(status, confirm=True, consent=True)
        await pipeline.expire()
        assert await pipeline.row(status) is None
        assert len(await _rows(pipeline, status.job_id)) == 1
        assert await _pictured(pipeline, status.job_id)
        contributor, pipeline.owner = pipeline.owner, f"guest_{new_id()}"
        with pytest.raises(JobMissing):
            await pipeline.drop(status)
        pipeline.owner = contributor
        await pipeline.drop(status)
        assert await _rows(pipeline, status.job_id) == []
        assert not await _pictured(pipeline, status.job_id)
        with pytest.raises(JobMissing):
            await pipeline.drop(status)

    async def test_by_a_later_word_without_consent(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9722))
        await pipeline.reply(status, confirm=True, consent=True)
        await pipeline.reply(status, tags=["wet"])
        assert len(await _rows(pipeline, status.job_id)) == 1
        await pipeline.reply(status, text="우유팩")
        assert await _rows(pipeline, status.job_id) == []
        await pipeline.expire()
        assert not await _pictured(pipeline, status.job_id)

    async def test_all_at_once_and_nobody_elses(self, pipeline: Pipeline) -> None:
        pipeline.container.provide(TrainingSamples, lambda: _in_small_batches(pipeline))
        mine = [await pipeline.analyze(jpeg(9723 + number)) for number in range(3)]
        for status in mine:
            await pipeline.reply(status, confirm=True, consent=True)
        me, pipeline.owner = pipeline.owner, f"guest_{new_id()}"
        theirs = await pipeline.analyze(jpeg(9723))
        await pipeline.reply(theirs, confirm=True, consent=True)
        samples = pipeline.container.get(TrainingSamples)
        assert await samples.withdraw(me)
        assert not await samples.withdraw(me)
        assert await _rows(pipeline, *(status.job_id for status in mine)) == []
        assert not await _pictured(pipeline, mine[0].job_id)
        assert len(await _rows(pipeline, theirs.job_id)) == 1
        assert await _pictured(pipeline, theirs.job_id)

    async def test_again_after_the_store_was_away(self, pipeline: Pipeline) -> None:
        """A link to itself where the folder was."""
        status = await pipeline.analyze(jpeg(9726))
        await pipeline.reply(status, confirm=True, consent=True)
        objects = pipeline.container.settings.data / "objects" / "examples"
        away = objects.rename(objects.with_name("examples-away"))
        objects.symlink_to(objects)
        try:
            with pytest.raises(StorageUnavailable):
                await pipeline.drop(status)
        finally:
            objects.unlink()
            away.rename(objects)
        assert len(await _rows(pipeline, status.job_id)) == 1
        await pipeline.drop(status)
        assert not await _pictured(pipeline, status.job_id)

    async def test_while_another_reply_is_on_its_way(self, pipeline: Pipeline) -> None:
        """Whoever comes first: in the end there is neither job nor sample nor picture."""
        for seed in range(9730, 9734):
            status = await pipeline.analyze(jpeg(seed))
            await asyncio.gather(
                pipeline.reply(status, confirm=True, consent=True),
                pipeline.drop(status),
                return_exceptions=True,
            )
            assert await _rows(pipeline, status.job_id) == []
            assert not await _pictured(pipeline, status.job_id)


async def test_pages_go_through_all_samples_once(pipeline: Pipeline) -> None:
    pipeline.container.provide(TrainingSamples, lambda: _in_small_batches(pipeline))
    async with pipeline.container.database.transaction("waste") as session:
        await session.execute(delete(TrainingSampleRow))
    jobs = []
    for number in range(5):
        status = await pipeline.analyze(jpeg(9740 + number))
        await pipeline.reply(status, confirm=True, consent=True)
        jobs.append(status.job_id)
    samples = pipeline.container.get(TrainingSamples)
    found = [row async for page in samples.pages(None) for row in page]
    assert [row.job_id for row in found] == jobs
    later = found[2].created_at
    assert [row.job_id async for page in samples.pages(later) for row in page] == jobs[2:]
    assert (await samples.count(None), await samples.count(later)) == (5, 3)
