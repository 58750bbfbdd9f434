"""What a person's reply changes, and who is told of it."""

from typing import Any

import pytest
from tests.domains.waste.conftest import Pipeline, result_of
from tests.support.pictures import jpeg

from bunri.domains.waste.fusion import NONE_OF_THESE
from bunri.domains.waste.public import Corrected
from bunri.domains.waste.schemas import Status
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject

CLASSIFIED = {Material.METAL: 0.5, Material.GLASS: 0.25, Material.PAPER: 0.1}


def _choices(status: Status) -> list[str]:
    asked = result_of(status).items[0].question
    return [choice.value for choice in asked.choices] if asked else []


async def test_every_kind_and_hazard_is_one_answer_away(pipeline: Pipeline) -> None:
    pipeline.local.things = (DetectedObject("qqzzxx", 0.9, (0.1, 0.1, 0.9, 0.9), CLASSIFIED),)
    first = await pipeline.analyze(jpeg(9800))
    choices = _choices(first)
    assert choices[:2] == ["metal", "glass"]
    assert {"battery", "lamp", "medicine", "aerosol-can", "broken-glass", "pesticide", "electronics"} < set(choices)
    for value in choices:
        first = await pipeline.reply(first, "answer", value=value)
        item = result_of(first).items[0]
        assert item.question is None
        assert item.disposal.steps


async def test_after_none_of_these_nothing_is_asked(pipeline: Pipeline) -> None:
    pipeline.local.things = (DetectedObject("qqzzxx", 0.9, (0.1, 0.1, 0.9, 0.9), CLASSIFIED),)
    asked = await pipeline.analyze(jpeg(9803))
    assert _choices(await pipeline.reply(asked, "answer", value=NONE_OF_THESE)) == []


async def test_what_a_person_said_is_not_called_seen(pipeline: Pipeline) -> None:
    pipeline.local.things = (DetectedObject("qqzzxx", 0.9, (0.1, 0.1, 0.9, 0.9), CLASSIFIED),)
    asked = result_of(await pipeline.analyze(jpeg(9810))).items[0]
    assert not asked.said
    material = result_of(await pipeline.reply(await pipeline.analyze(jpeg(9810)), "answer", value="glass")).items[0]
    assert (material.said, material.reasons) == (True, ["재질을 직접 알려 주셨어요."])
    item = result_of(await pipeline.reply(await pipeline.analyze(jpeg(9810)), text="우유팩")).items[0]
    assert item.said
    assert item.reasons == [f"직접 알려 주셨어요: {item.name}."]
    assert item.label == item.name


class TestCorrected:
    """The event that other domains get."""

    @pytest.fixture
    def events(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> list[Corrected]:
        """What is published instead of being sent to queues."""
        found: list[Corrected] = []
        publish = pipeline.container.inline.publish

        async def spy(topic: str, payload: dict[str, Any]) -> None:
            if topic == Corrected.topic:
                found.append(Corrected.model_validate(payload))
            await publish(topic, payload)

        monkeypatch.setattr(pipeline.container.inline, "publish", spy)
        return found

    async def test_says_what_it_was_and_what_it_is(self, pipeline: Pipeline, events: list[Corrected]) -> None:
        status = await pipeline.analyze(jpeg(9801))
        before = result_of(status).items[0].item
        await pipeline.reply(status, text="우유팩")
        (event,) = events
        assert (event.job_id, event.owner, event.position) == (status.job_id, pipeline.owner, 0)
        assert (event.was, event.now, event.material) == (before, "milk-carton", Material.CARTON)
        assert event.kind == "correct"

    async def test_says_that_it_was_right(self, pipeline: Pipeline, events: list[Corrected]) -> None:
        status = await pipeline.analyze(jpeg(9802))
        await pipeline.reply(status, confirm=True)
        (event,) = events
        assert event.kind == "confirm"
        assert event.was == event.now == result_of(status).items[0].item

    async def test_of_a_mere_material_names_no_item(self, pipeline: Pipeline, events: list[Corrected]) -> None:
        pipeline.local.things = ()
        status = await pipeline.analyze(jpeg(9803))
        await pipeline.reply(status, "answer", value="glass")
        (event,) = events
        assert (event.was, event.now, event.material, event.kind) == (None, None, Material.GLASS, "answer")

    async def test_is_not_sent_when_only_the_state_was_given(self, pipeline: Pipeline, events: list[Corrected]) -> None:
        status = await pipeline.analyze(jpeg(9804))
        await pipeline.reply(status, tags=["wet"])
        assert events == []
