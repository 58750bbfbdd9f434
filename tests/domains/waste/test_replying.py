"""What a reply changes in the question that comes after it."""

from tests.domains.waste.conftest import Workplace
from tests.support.pictures import jpeg

from bunri.domains.waste.fusion import NONE_OF_THESE
from bunri.domains.waste.schemas import AnswerIn, Status
from bunri.domains.waste.service.replying import Replying
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject

JUDGED = {Material.METAL: 0.5, Material.GLASS: 0.25, Material.PAPER: 0.1}


def _choices(status: Status) -> list[str]:
    assert status.result is not None
    asked = status.result.items[0].question
    return [choice.value for choice in asked.choices] if asked else []


async def _none_of_these(workplace: Workplace, status: Status) -> Status:
    replies = workplace.container.get(Replying)
    said = AnswerIn(value=NONE_OF_THESE)
    return await replies.reply(workplace.owner, status.job_id, said, kind="answer")


async def test_none_of_these_rules_out_what_was_shown_and_no_other(workplace: Workplace) -> None:
    workplace.own.things = (DetectedObject("qqzzxx", 0.9, (0.1, 0.1, 0.9, 0.9), JUDGED),)
    first = await workplace.analyzes(jpeg(9800))
    assert _choices(first) == ["metal", "glass", "battery", "none"]
    second = await _none_of_these(workplace, first)
    assert _choices(second) == ["plastic", "paper", "vinyl", "food", "none"]
    assert _choices(await _none_of_these(workplace, second)) == []
