"""What people let us keep to teach the eyes, and how they take it back."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from tests.domains.waste.conftest import Workplace
from tests.support.pictures import encoded, jpeg, picture

from bunri.domains.waste.errors import AnswerUnknown, JobMissing
from bunri.domains.waste.models import Example, Job
from bunri.domains.waste.objects import example_key, kept_key
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import AnswerIn, Status
from bunri.domains.waste.service.examples import Examples
from bunri.domains.waste.service.jobs import Jobs
from bunri.domains.waste.service.replying import Replying
from bunri.domains.waste.service.sweeping import Sweeping
from bunri.kit.ids import new_id
from bunri.platform.storage import StorageUnavailable
from bunri.platform.vision.protocol import DetectedObject


async def _rows(workplace: Workplace, *job_ids: UUID) -> Sequence[Example]:
    async with workplace.container.database.transaction("waste") as session:
        wanted = select(Example).where(Example.job_id.in_(job_ids)).order_by(Example.job_id, Example.position)
        return (await session.execute(wanted)).scalars().all()


async def _pictured(workplace: Workplace, job_id: UUID) -> bool:
    return await workplace.container.storage.stat(example_key(job_id)) is not None


async def _says(workplace: Workplace, status: Status, kind: str = "correct", **said: Any) -> Status:
    replies = workplace.container.get(Replying)
    return await replies.reply(workplace.owner, status.job_id, AnswerIn(**said), kind=kind)


async def _expires(workplace: Workplace) -> None:
    workplace.ahead += timedelta(days=31)
    sweeping = workplace.container.get(Sweeping)
    await sweeping.expire()


async def _drops(workplace: Workplace, job_id: UUID) -> None:
    jobs = workplace.container.get(Jobs)
    await jobs.drop(workplace.owner, job_id)


class TestKept:
    async def test_with_consent_what_was_seen_and_what_was_said(self, workplace: Workplace) -> None:
        status = await workplace.analyzes(jpeg(9700))
        await _says(workplace, status, text="우유팩", tags=["wet"], consent=True)
        (kept,) = await _rows(workplace, status.job_id)
        assert (kept.kind, kept.item, kept.material, kept.tags) == ("correct", "milk-carton", "carton", ["wet"])
        assert kept.box == pytest.approx([0.2, 0.1, 0.8, 0.9])
        assert kept.models == workplace.own.models
        assert kept.seen is not None
        assert kept.seen["label"] == "bottle"
        assert kept.seen["confidence"] == kept.seen["candidates"][0]["probability"] > 0
        assert workplace.owner.encode() not in kept.giver
        assert await _pictured(workplace, status.job_id)

    async def test_nothing_without_consent(self, workplace: Workplace) -> None:
        status = await workplace.analyzes(jpeg(9701))
        await _says(workplace, status, text="우유팩")
        assert await _rows(workplace, status.job_id) == []
        assert not await _pictured(workplace, status.job_id)

    async def test_the_picture_without_exif(self, workplace: Workplace) -> None:
        image = picture(9702)
        exif = image.getexif()
        exif[0x010F] = "SECRET-CAMERA"
        status = await workplace.analyzes(encoded(image, "JPEG", exif=exif))
        await _says(workplace, status, confirm=True, consent=True)
        kept = await workplace.container.storage.read(example_key(status.job_id), 2**20)
        assert kept[:4] + kept[8:12] == b"RIFFWEBP"
        assert b"SECRET-CAMERA" not in kept

    async def test_an_answer_as_an_answer(self, workplace: Workplace) -> None:
        workplace.own.things = ()
        status = await workplace.analyzes(jpeg(9703))
        await _says(workplace, status, "answer", value="glass", consent=True)
        (kept,) = await _rows(workplace, status.job_id)
        assert (kept.kind, kept.item, kept.material, kept.box) == ("answer", None, "glass", None)

    async def test_the_last_word_beside_what_the_eyes_first_saw(self, workplace: Workplace) -> None:
        status = await workplace.analyzes(jpeg(9704))
        await _says(workplace, status, text="우유팩", consent=True)
        (first,) = await _rows(workplace, status.job_id)
        await _says(workplace, status, text="깨진 유리", consent=True)
        (last,) = await _rows(workplace, status.job_id)
        assert (first.material, last.material) == ("carton", "glass")
        assert last.seen == first.seen

    @pytest.mark.parametrize("before", [{"text": "우유팩"}, {"value": "none"}])
    async def test_not_as_seen_what_a_person_had_said(self, workplace: Workplace, before: dict[str, str]) -> None:
        status = await workplace.analyzes(jpeg(9705))
        await _says(workplace, status, **before)
        await _says(workplace, status, text="우유팩", consent=True)
        (kept,) = await _rows(workplace, status.job_id)
        assert (kept.material, kept.seen) == ("carton", None)

    async def test_each_item_of_a_photo(self, workplace: Workplace) -> None:
        workplace.own.things = (
            DetectedObject("bottle", 0.9, (0.1, 0.1, 0.5, 0.9)),
            DetectedObject("banana", 0.9, (0.6, 0.2, 0.9, 0.5)),
        )
        status = await workplace.analyzes(jpeg(9706))
        for number in range(2):
            await _says(workplace, status, item=number, confirm=True, consent=True)
        assert [row.position for row in await _rows(workplace, status.job_id)] == [0, 1]

    @pytest.mark.parametrize("said", [{"tags": ["wet"]}, {"value": "none"}])
    async def test_nothing_when_nobody_said_what_it_is(self, workplace: Workplace, said: dict[str, Any]) -> None:
        status = await workplace.analyzes(jpeg(9707))
        await _says(workplace, status, consent=True, **said)
        assert await _rows(workplace, status.job_id) == []

    async def test_nothing_when_the_picture_is_gone_but_the_answer_counts(self, workplace: Workplace) -> None:
        status = await workplace.analyzes(jpeg(9708))
        async with workplace.container.transactions("waste", WasteRepository)() as repository:
            job: Job | None = await repository.get(status.job_id)
        assert job is not None
        assert job.sha256 is not None
        await workplace.container.storage.delete(kept_key(job.sha256))
        said = await _says(workplace, status, text="우유팩", consent=True)
        assert said.result is not None
        assert said.result.items[0].material == "carton"
        assert await _rows(workplace, status.job_id) == []


class TestConfirming:
    async def test_leaves_no_doubt_and_is_kept_as_such(self, workplace: Workplace) -> None:
        status = await workplace.analyzes(jpeg(9710))
        assert status.result is not None
        said = await _says(workplace, status, confirm=True, consent=True)
        assert said.result is not None
        assert said.result.items[0].item == status.result.items[0].item
        assert (said.status, said.result.items[0].confidence) == ("done", 1.0)
        (kept,) = await _rows(workplace, status.job_id)
        assert (kept.kind, kept.item) == ("confirm", said.result.items[0].item)

    async def test_is_also_naming_the_same_thing_again(self, workplace: Workplace) -> None:
        status = await workplace.analyzes(jpeg(9711))
        assert status.result is not None
        await _says(workplace, status, value=status.result.items[0].item, consent=True)
        (kept,) = await _rows(workplace, status.job_id)
        assert kept.kind == "confirm"

    async def test_needs_something_to_confirm(self, workplace: Workplace) -> None:
        workplace.own.blind = True
        status = await workplace.analyzes(jpeg(9712))
        with pytest.raises(AnswerUnknown):
            await _says(workplace, status, confirm=True)

    def test_says_nothing_else(self) -> None:
        with pytest.raises(ValueError, match="confirm, or value or text"):
            AnswerIn(confirm=True, value="glass")


class TestTakenBack:
    async def test_with_the_job(self, workplace: Workplace) -> None:
        status = await workplace.analyzes(jpeg(9720))
        await _says(workplace, status, confirm=True, consent=True)
        await _drops(workplace, status.job_id)
        assert await _rows(workplace, status.job_id) == []
        assert not await _pictured(workplace, status.job_id)

    async def test_not_by_the_days_of_the_job_but_by_its_giver_even_then(self, workplace: Workplace) -> None:
        status = await workplace.analyzes(jpeg(9721))
        await _says(workplace, status, confirm=True, consent=True)
        await _expires(workplace)
        async with workplace.container.transactions("waste", WasteRepository)() as repository:
            assert await repository.get(status.job_id) is None
        assert len(await _rows(workplace, status.job_id)) == 1
        assert await _pictured(workplace, status.job_id)
        giver, workplace.owner = workplace.owner, f"guest_{new_id()}"
        with pytest.raises(JobMissing):
            await _drops(workplace, status.job_id)
        workplace.owner = giver
        await _drops(workplace, status.job_id)
        assert await _rows(workplace, status.job_id) == []
        assert not await _pictured(workplace, status.job_id)
        with pytest.raises(JobMissing):
            await _drops(workplace, status.job_id)

    async def test_by_a_later_word_without_consent(self, workplace: Workplace) -> None:
        status = await workplace.analyzes(jpeg(9722))
        await _says(workplace, status, confirm=True, consent=True)
        await _says(workplace, status, tags=["wet"])
        assert len(await _rows(workplace, status.job_id)) == 1
        await _says(workplace, status, text="우유팩")
        assert await _rows(workplace, status.job_id) == []
        await _expires(workplace)
        assert not await _pictured(workplace, status.job_id)

    async def test_all_at_once_and_nobody_elses(self, workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bunri.domains.waste.service.examples.BATCH", 2)
        mine = [await workplace.analyzes(jpeg(9723 + number)) for number in range(3)]
        for status in mine:
            await _says(workplace, status, confirm=True, consent=True)
        me, workplace.owner = workplace.owner, f"guest_{new_id()}"
        theirs = await workplace.analyzes(jpeg(9723))
        await _says(workplace, theirs, confirm=True, consent=True)
        examples = workplace.container.get(Examples)
        assert await examples.withdraw(me)
        assert not await examples.withdraw(me)
        assert await _rows(workplace, *(status.job_id for status in mine)) == []
        assert not await _pictured(workplace, mine[0].job_id)
        assert len(await _rows(workplace, theirs.job_id)) == 1
        assert await _pictured(workplace, theirs.job_id)

    async def test_again_after_the_store_was_away(self, workplace: Workplace) -> None:
        """A link to itself where the folder was."""
        status = await workplace.analyzes(jpeg(9726))
        await _says(workplace, status, confirm=True, consent=True)
        objects = workplace.container.settings.data / "objects" / "examples"
        away = objects.rename(objects.with_name("examples-away"))
        objects.symlink_to(objects)
        try:
            with pytest.raises(StorageUnavailable):
                await _drops(workplace, status.job_id)
        finally:
            objects.unlink()
            away.rename(objects)
        assert len(await _rows(workplace, status.job_id)) == 1
        await _drops(workplace, status.job_id)
        assert not await _pictured(workplace, status.job_id)

    async def test_while_another_reply_is_on_its_way(self, workplace: Workplace) -> None:
        """Whoever comes first: in the end there is neither job nor example nor picture."""
        for seed in range(9730, 9734):
            status = await workplace.analyzes(jpeg(seed))
            await asyncio.gather(
                _says(workplace, status, confirm=True, consent=True),
                _drops(workplace, status.job_id),
                return_exceptions=True,
            )
            assert await _rows(workplace, status.job_id) == []
            assert not await _pictured(workplace, status.job_id)


async def test_pages_go_through_all_examples_once(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bunri.domains.waste.service.examples.BATCH", 2)
    async with workplace.container.database.transaction("waste") as session:
        await session.execute(delete(Example))
    jobs = []
    for number in range(5):
        status = await workplace.analyzes(jpeg(9740 + number))
        await _says(workplace, status, confirm=True, consent=True)
        jobs.append(status.job_id)
    examples = workplace.container.get(Examples)
    found = [row async for page in examples.pages(None) for row in page]
    assert [row.job_id for row in found] == jobs
    later = found[2].created_at
    assert [row.job_id async for page in examples.pages(later) for row in page] == jobs[2:]
    assert (await examples.count(None), await examples.count(later)) == (5, 3)
