"""What comes from the caches, what is analysed again, and which models count."""

from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image
from tests.domains.recycling.test_writer import MemoryCache, Scripted
from tests.domains.waste.conftest import FakeVision, Pipeline, result_of
from tests.platform.photos.samples import thread_of_a_picture
from tests.support.pictures import cropped, encoded, jpeg, new_photo, on_a_table, picture, screenshot

from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.recycling.repository import RecyclingRepository
from bunri.domains.recycling.service import RecyclingService
from bunri.domains.recycling.writer import LlmWriter
from bunri.domains.waste.fusion import ChoiceGroup, Question
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.records import Job
from bunri.domains.waste.service.vision_stage import VisionModels, VisionStage
from bunri.kit.errors import Unavailable
from bunri.kit.ids import new_id
from bunri.kit.materials import Material
from bunri.platform.llm.errors import LlmFailed
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.photos.settings import DecoderSettings
from bunri.platform.vision.protocol import DetectedObject, Pixels, VisionResult


def _again(seed: int) -> bytes:
    """The same picture with more compression, a little smaller: near, and not the same bytes."""
    image = Image.open(BytesIO(jpeg(seed)))
    return encoded(image.resize((600, 450)), "JPEG", quality=70)


class TestExact:
    async def test_the_same_bytes_are_not_analysed_twice(self, pipeline: Pipeline) -> None:
        first, again = await pipeline.analyze(jpeg(9000)), await pipeline.analyze(jpeg(9000))
        assert pipeline.local.runs == 1
        assert (result_of(first).cached, result_of(again).cached) == (None, "exact")
        assert result_of(again).items == result_of(first).items

    async def test_another_language_region_or_state_is_another_answer(self, pipeline: Pipeline) -> None:
        dry = result_of(await pipeline.analyze(jpeg(9001)))
        wet = result_of(await pipeline.analyze(jpeg(9001), tags=["food_left"]))
        assert pipeline.local.runs == 1
        assert dry.items[0].tags == []
        assert [str(tag) for tag in wet.items[0].tags] == ["food_left"]

    async def test_other_models_run_again(self, pipeline: Pipeline) -> None:
        await pipeline.analyze(jpeg(9002))
        pipeline.local.models = {"detector": f"newer@{new_id()}"}
        again = await pipeline.analyze(jpeg(9002))
        assert (pipeline.local.runs, result_of(again).cached) == (2, None)

    async def test_what_a_person_answered_is_nobody_elses(self, pipeline: Pipeline) -> None:
        await pipeline.analyze(jpeg(9003), note="깨진 유리")
        plain = result_of(await pipeline.analyze(jpeg(9003)))
        assert plain.items[0].question is not None


class TestNames:
    async def test_a_hazard_that_only_its_name_tells_is_among_the_likely_choices(self, pipeline: Pipeline) -> None:
        pipeline.local.things = ()
        pipeline.local.whole = {Material.METAL: 0.6, Material.PLASTIC: 0.4}
        unnamed = result_of(await pipeline.analyze(jpeg(9005))).items[0].question
        pipeline.local.models, pipeline.local.names = {"namer": f"own@{new_id()}"}, {"imagenet:hair spray": 0.9}
        named = result_of(await pipeline.analyze(jpeg(9006))).items[0].question
        assert unnamed is not None
        assert named is not None
        assert "aerosol-can" not in _likely(unnamed)
        assert "aerosol-can" in _likely(named)


def _likely(question: Question) -> list[str]:
    return [choice.value for choice in question.choices if choice.group is ChoiceGroup.LIKELY]


class TestNear:
    async def test_a_reencoded_photo_is_not_analysed_again(self, pipeline: Pipeline) -> None:
        first = result_of(await pipeline.analyze(jpeg(9010)))
        near = result_of(await pipeline.analyze(_again(9010)))
        assert (first.cached, near.cached) == (None, "near")
        assert pipeline.local.runs == 1
        assert near.items[0].material == first.items[0].material
        assert near.items[0].box == pytest.approx(first.items[0].box, abs=0.01)

    async def test_nor_by_a_remote_model(self, pipeline: Pipeline) -> None:
        pipeline.remote = FakeVision({"remote": "far@1"}, (DetectedObject("jar", 0.9, None, {Material.GLASS: 0.97}),))
        pipeline.build()
        await pipeline.analyze(jpeg(9011))
        near = result_of(await pipeline.analyze(_again(9011)))
        assert (near.cached, near.items[0].material) == ("near", Material.GLASS)
        assert (pipeline.local.runs, pipeline.remote.runs) == (1, 1)

    async def test_a_crop_has_its_things_where_it_shows_them(self, pipeline: Pipeline) -> None:
        view = on_a_table(9020, 1)
        await pipeline.analyze(encoded(view))
        near = result_of(await pipeline.analyze(encoded(cropped(view, 0.05))))
        assert (near.cached, pipeline.local.runs) == ("near", 1)
        assert near.items[0].box == pytest.approx((0.193, 0.088, 0.825, 0.93), abs=0.015)

    async def test_a_screenshot_is_known_too(self, pipeline: Pipeline) -> None:
        view = on_a_table(9013, 1)
        await pipeline.analyze(encoded(view))
        near = result_of(await pipeline.analyze(encoded(screenshot(view))))
        assert (near.cached, pipeline.local.runs) == ("near", 1)

    async def test_another_thing_on_the_same_table_is_analysed(self, pipeline: Pipeline) -> None:
        await pipeline.analyze(encoded(on_a_table(9014, 1, share=0.15)))
        other = on_a_table(9014, 2, share=0.15)
        for photo in (other, cropped(other, 0.05), screenshot(other)):
            await pipeline.analyze(encoded(photo, quality=70))
            assert pipeline.local.runs == 2  # the other thing's own crop and screenshot are known by it

    async def test_a_crop_that_leaves_out_a_thing_is_analysed(self, pipeline: Pipeline) -> None:
        view = on_a_table(9015, 1)
        pipeline.local.things = (
            DetectedObject("bottle", 0.9, (0.3, 0.3, 0.7, 0.7)),
            DetectedObject("cup", 0.9, (0.0, 0.0, 0.04, 0.2)),
        )
        await pipeline.analyze(encoded(view))
        assert result_of(await pipeline.analyze(encoded(cropped(view, 0.1)))).cached is None

    async def test_what_was_deleted_answers_for_no_other_photo(self, pipeline: Pipeline) -> None:
        await pipeline.drop(await pipeline.analyze(jpeg(9016)))
        assert result_of(await pipeline.analyze(_again(9016))).cached is None
        assert pipeline.local.runs == 2

    async def test_other_models_look_for_themselves(self, pipeline: Pipeline) -> None:
        await pipeline.analyze(jpeg(9017))
        pipeline.local.models = {"detector": f"newer@{new_id()}"}
        assert result_of(await pipeline.analyze(_again(9017))).cached is None

    async def test_another_picture_is_not_near(self, pipeline: Pipeline) -> None:
        await pipeline.analyze(jpeg(9018))
        assert result_of(await pipeline.analyze(jpeg(9019))).cached is None


class TestRemote:
    async def test_it_is_preferred_to_our_own(self, pipeline: Pipeline) -> None:
        pipeline.remote = FakeVision(
            {"remote": "far@2"}, (DetectedObject("milk carton", 0.95, None, {Material.CARTON: 0.97}),)
        )
        pipeline.build()
        result = result_of(await pipeline.analyze(jpeg(9020)))
        assert (result.items[0].material, result.models) == (Material.CARTON, {"remote": "far@2"})

    async def test_down_it_is_replaced_by_our_own_and_that_is_not_stored(self, pipeline: Pipeline) -> None:
        pipeline.remote = FakeVision({"remote": "far@3"}, down=True)
        pipeline.build()
        first = result_of(await pipeline.analyze(jpeg(9021)))
        assert first.models == pipeline.local.models
        pipeline.remote.down = False
        again = result_of(await pipeline.analyze(jpeg(9021)))
        assert (again.models, again.cached) == ({"remote": "far@3"}, None)


class TestWithoutModels:
    async def test_the_person_is_asked(self, pipeline: Pipeline) -> None:
        pipeline.local.missing = True
        status = await pipeline.analyze(encoded(picture(9030), "JPEG"))
        assert status.status == "asked"
        assert result_of(status).models == {}
        assert "모델" in result_of(status).feedback

    async def test_it_is_analysed_as_soon_as_there_are_models(self, pipeline: Pipeline) -> None:
        pipeline.local.missing = True
        await pipeline.analyze(jpeg(9031))
        pipeline.local.missing = False
        assert result_of(await pipeline.analyze(jpeg(9031))).items[0].label == "bottle"


class TestAdvice:
    async def test_the_tables_own_words_are_had_at_once(self, pipeline: Pipeline) -> None:
        job = await _seen(pipeline)
        assert (await pipeline.status(job)).status in ("done", "asked")
        assert {task for task, _ in pipeline.container.inline.messages} == {"chat.saw"}

    async def test_what_was_seen_is_remembered_with_the_answer(self, pipeline: Pipeline) -> None:
        await _seen(pipeline, jpeg(9040))
        assert result_of(await pipeline.analyze(jpeg(9040), tags=["food_left"])).cached == "exact"
        assert pipeline.local.runs == 1

    async def test_a_language_model_is_asked_by_the_queue(self, pipeline: Pipeline) -> None:
        _write_by_a_language_model(pipeline)
        job = await _seen(pipeline)
        assert (await pipeline.status(job)).status == "explaining"
        await pipeline.container.work()
        assert (await pipeline.status(job)).status in ("done", "asked")

    async def test_it_waits_in_the_queue_while_recycling_is_away(
        self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(*_: object) -> None:
            raise Unavailable

        monkeypatch.setattr(RecyclingService, "advise_at_once", away)
        job = await _seen(pipeline)
        assert (await pipeline.status(job)).status == "explaining"
        await pipeline.container.work()
        assert (await pipeline.status(job)).status in ("done", "asked")

    async def test_a_job_that_was_cancelled_meanwhile_is_not_remembered(self, pipeline: Pipeline) -> None:
        photo = new_photo()
        job = await pipeline.begin(photo)
        await pipeline.complete(job)

        async def cancelled(pixels: Pixels) -> VisionResult:
            await pipeline.drop(job)
            return VisionResult(pipeline.local.things, pipeline.local.models)

        pipeline.local.see = cancelled  # type: ignore[method-assign]
        await pipeline.container.work()
        assert (await pipeline.status(job)).status == "cancelled"
        async with pipeline.transaction() as repository:
            versions = pipeline.container.get(VisionModels).versions
            assert await repository.seen_exactly(sha256(photo).digest(), versions) is None


async def _seen(pipeline: Pipeline, photo: bytes | None = None) -> Job:
    """A job as the worker that looked at its photo has left it."""
    job = await pipeline.begin(photo or new_photo())
    await pipeline.complete(job)
    pipeline.lose_messages()
    await pipeline.container.get(VisionStage).run(Uploaded(job_id=job.id))
    return job


def _write_by_a_language_model(pipeline: Pipeline) -> None:
    """One that cannot be reached: what it would have worded is worded by the table."""
    container = pipeline.container
    writer = LlmWriter(Scripted(LlmFailed(reason="away")), MemoryCache())
    container.provide(
        RecyclingPublic, lambda: RecyclingService(container.transactions("recycling", RecyclingRepository), writer)
    )
    pipeline.build()


class TestMemory:
    async def test_a_photo_that_needs_too_much_fails_alone(self, pipeline: Pipeline) -> None:
        pipeline.local.too_large = True
        failed = await pipeline.analyze(new_photo())
        assert (failed.status, failed.code) == ("failed", "too_costly")
        pipeline.local.too_large = False
        assert (await pipeline.analyze(new_photo())).status in ("done", "asked")

    async def test_one_whose_decoder_is_killed_fails_alone_too(self, pipeline: Pipeline) -> None:
        decoders = DecoderPool(DecoderSettings(cpu_s=0.3, deadline_s=60))
        pipeline.container.decoders = decoders
        pipeline.build()
        failed = await pipeline.analyze(thread_of_a_picture())
        assert (failed.status, failed.code) == ("failed", "too_costly")
        assert (await pipeline.analyze(new_photo())).status in ("done", "asked")
        decoders.close()
