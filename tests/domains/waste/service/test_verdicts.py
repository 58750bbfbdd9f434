"""What other domains learn of an analysis."""

from uuid import UUID

import pytest
from tests.domains.waste.conftest import Pipeline, result_of
from tests.support.pictures import jpeg

from bunri.app.rpc.methods import methods
from bunri.domains.waste.errors import PhotoSizeUnsupported, PhotoTypeUnsupported
from bunri.domains.waste.public import ItemInDoubt, WastePublic
from bunri.domains.waste.states import State
from bunri.kit.ids import new_id
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject

CLASSIFIED = {Material.METAL: 0.5, Material.GLASS: 0.25, Material.BATTERY: 0.2}


class TestVerdict:
    async def test_is_what_the_analysis_says(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9910))
        verdict = await pipeline.container.get(WastePublic).verdict(status.job_id, pipeline.owner)
        assert verdict is not None
        item, said = result_of(status).items[0], verdict.items[0]
        assert (verdict.job_id, len(verdict.items)) == (status.job_id, len(result_of(status).items))
        assert (said.item, said.name, said.material) == (item.item, item.name, item.material)
        assert (said.category, said.steps, said.rule_id) == (
            item.disposal.category,
            item.disposal.steps,
            item.disposal.rule.id,
        )
        assert said.confidence == item.confidence
        assert said.asked == (item.question is not None)

    async def test_follows_a_correction(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9911))
        await pipeline.reply(status, text="우유팩")
        verdict = await pipeline.container.get(WastePublic).verdict(status.job_id, pipeline.owner)
        assert verdict is not None
        assert (verdict.items[0].item, verdict.items[0].material) == ("milk-carton", Material.CARTON)
        assert not verdict.items[0].asked

    async def test_is_nobody_elses(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9912))
        assert await pipeline.container.get(WastePublic).verdict(status.job_id, "guest_2") is None

    async def test_is_none_before_the_answer(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9913))
        assert await pipeline.container.get(WastePublic).verdict(job.id, pipeline.owner) is None


def _doubtful(pipeline: Pipeline) -> None:
    pipeline.local.things = (DetectedObject("qqzzxx", 0.9, (0.1, 0.1, 0.9, 0.9), CLASSIFIED),)


async def _in_doubt(pipeline: Pipeline, job_id: UUID) -> ItemInDoubt | None:
    return await pipeline.container.get(WastePublic).in_doubt(job_id, pipeline.owner, 0)


class TestItemInDoubt:
    async def test_has_what_it_may_be(self, pipeline: Pipeline) -> None:
        _doubtful(pipeline)
        status = await pipeline.analyze(jpeg(9920))
        found = await _in_doubt(pipeline, status.job_id)
        assert found
        asked = result_of(status).items[0].question
        assert asked
        assert found.text == asked.text
        assert [each.value for each in found.possibilities] == [each.value for each in asked.choices[:3]]
        assert found.possibilities[0].probability > found.possibilities[1].probability > 0
        assert (found.position, found.box, found.said) == (0, (0.1, 0.1, 0.9, 0.9), False)
        assert found.phash
        assert len(bytes.fromhex(found.phash)) == 32

    async def test_even_what_is_sure_may_be_something_else(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9921))
        await pipeline.reply(status, text="우유팩")
        found = await _in_doubt(pipeline, status.job_id)
        assert found
        assert found.said
        assert found.possibilities[0].value == "milk-carton"
        assert len(found.possibilities) >= 2

    async def test_hazards_are_known(self, pipeline: Pipeline) -> None:
        battery = {Material.BATTERY: 0.5, Material.METAL: 0.3}
        pipeline.local.things = (DetectedObject("qqzzxx", 0.9, (0.1, 0.1, 0.9, 0.9), battery),)
        status = await pipeline.analyze(jpeg(9922))
        found = await _in_doubt(pipeline, status.job_id)
        assert found
        assert {each.value: each.hazard for each in found.possibilities}["battery"]

    async def test_is_nobody_elses_and_has_its_bounds(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9923))
        waste = pipeline.container.get(WastePublic)
        assert await waste.in_doubt(status.job_id, "guest_2", 0) is None
        assert await waste.in_doubt(status.job_id, pipeline.owner, 7) is None
        assert await waste.picture(status.job_id, "guest_2") is None
        assert await waste.has_failed(status.job_id, "guest_2")


class TestPicture:
    async def test_is_the_thumbnail_and_passes_between_processes(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9930))
        picture = await pipeline.container.get(WastePublic).picture(status.job_id, pipeline.owner)
        assert picture
        assert picture[8:12] == b"WEBP"
        method = methods(WastePublic)["picture"]
        assert method.returns.validate_json(method.returns.dump_json(picture)) == picture


class TestSettle:
    """Neighbours have found out what it is."""

    async def test_answers_the_photo(self, pipeline: Pipeline) -> None:
        _doubtful(pipeline)
        status = await pipeline.analyze(jpeg(9940))
        waste = pipeline.container.get(WastePublic)
        assert await waste.settle(status.job_id, pipeline.owner, 0, "glass", "neighbours")
        row = await pipeline.row(status)
        assert row
        assert row.state == State.DONE
        assert row.result
        assert row.result.items[0].reasons == ["이웃들이 함께 알아냈어요."]
        async with pipeline.transaction() as repository:
            (said,) = await repository.corrections_of([status.job_id])
        assert (said.kind, said.user_input, said.said_by) == ("answer", "glass", "neighbours")
        assert pipeline.pushed[-1]["status"] == "done"

    async def test_not_against_who_has_it_in_the_hand(self, pipeline: Pipeline) -> None:
        _doubtful(pipeline)
        status = await pipeline.analyze(jpeg(9941))
        await pipeline.reply(status, "answer", value="metal")
        assert not await pipeline.container.get(WastePublic).settle(
            status.job_id, pipeline.owner, 0, "glass", "neighbours"
        )
        row = await pipeline.row(status)
        assert row
        assert row.result
        assert row.result.items[0].material == Material.METAL

    async def test_its_owner_may_say_so_elsewhere_and_again(self, pipeline: Pipeline) -> None:
        _doubtful(pipeline)
        status = await pipeline.analyze(jpeg(9942))
        await pipeline.reply(status, "answer", value="metal")
        for _ in range(2):
            assert await pipeline.container.get(WastePublic).settle(status.job_id, pipeline.owner, 0, "glass", "owner")
        row = await pipeline.row(status)
        assert row
        assert row.result
        assert row.result.items[0].material == Material.GLASS

    async def test_of_what_is_gone_changes_nothing(self, pipeline: Pipeline) -> None:
        assert not await pipeline.container.get(WastePublic).settle(new_id(), pipeline.owner, 0, "glass", "neighbours")


class TestLookAt:
    """A picture that is here already."""

    async def test_becomes_an_analysis_once(self, pipeline: Pipeline) -> None:
        waste, job_id, picture = pipeline.container.get(WastePublic), new_id(), jpeg(9950)
        for _ in range(2):
            await waste.look_at(job_id, pipeline.owner, picture, "image/jpeg", "en", None)
        assert not await waste.has_failed(job_id, pipeline.owner)
        await pipeline.container.work()
        verdict = await waste.verdict(job_id, pipeline.owner)
        assert verdict
        assert pipeline.local.runs == 1

    async def test_that_cannot_be_read_fails(self, pipeline: Pipeline) -> None:
        waste, job_id = pipeline.container.get(WastePublic), new_id()
        await waste.look_at(job_id, pipeline.owner, b"no picture", "image/jpeg", "ko", None)
        await pipeline.container.work()
        assert await waste.has_failed(job_id, pipeline.owner)

    async def test_is_bounded(self, pipeline: Pipeline) -> None:
        waste = pipeline.container.get(WastePublic)
        with pytest.raises(PhotoTypeUnsupported):
            await waste.look_at(new_id(), pipeline.owner, b"x", "text/html", "ko", None)
        with pytest.raises(PhotoSizeUnsupported):
            await waste.look_at(new_id(), pipeline.owner, bytes(21 * 2**20), "image/jpeg", "ko", None)
