"""What other domains learn of an analysis."""

from tests.domains.waste.conftest import Pipeline, result_of
from tests.support.pictures import jpeg

from bunri.domains.waste.public import WastePublic
from bunri.kit.materials import Material


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
