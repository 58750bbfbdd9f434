"""What a second opinion on the material adds, and what it takes to be sure."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from tests.domains.waste.fusion.scenes import (
    BOX,
    DIVISIONS,
    KINDS,
    MEANINGS,
    SMALL,
    SURE,
    categories,
    judged,
    judgements,
    likely,
    looked,
)

from bunri.domains.waste.fusion import SeenItem, fuse, question
from bunri.domains.waste.fusion.evidence import AGREED
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject, VisionResult


def _item(result: VisionResult) -> SeenItem:
    return fuse(result, MEANINGS, "ko")[0]


def _asks(result: VisionResult) -> bool:
    item = _item(result)
    return question(item, 0.75, "ko", categories(item), KINDS) is not None


def test_two_that_agree_are_sure_where_neither_would_be() -> None:
    whole = judged(glass=0.85)
    assert _asks(looked(whole=whole))
    assert not _asks(looked(whole=whole, second=judged(glass=0.82)))


@pytest.mark.parametrize(
    ("whole", "second"),
    [
        (judged(glass=0.99), judged(plastic=0.99)),
        (judged(glass=0.99), judged(glass=0.7)),
        (judged(glass=0.75), judged(glass=0.99)),
    ],
)
def test_who_is_sure_alone_is_not_enough(whole: Mapping[Material, float], second: Mapping[Material, float]) -> None:
    assert _asks(looked(whole=whole, second=second))


def test_without_a_second_opinion_the_material_model_decides_as_before() -> None:
    assert not _asks(looked(whole=judged(glass=0.99)))
    assert _asks(looked(whole=judged(glass=0.85)))


def test_a_carton_is_never_sure_since_both_have_seen_it_in_one_place() -> None:
    assert _asks(looked(whole=judged(carton=0.99), second=judged(carton=0.99)))


def test_cardboard_needs_the_material_model_to_be_sure_since_wood_is_cardboard_to_both() -> None:
    assert _asks(looked(whole=judged(cardboard=SURE - 0.03), second=judged(cardboard=0.99)))
    assert not _asks(looked(whole=judged(cardboard=SURE + 0.03), second=judged(cardboard=0.99)))


def test_of_each_of_several_things_there_is_one_opinion_which_is_not_enough() -> None:
    bottle = DetectedObject("bottle", 0.8, BOX, judged(glass=0.99))
    banana = DetectedObject("banana", 0.9, SMALL, judged(food=0.99))
    whole = judged(glass=0.99)
    with_second = fuse(looked(bottle, banana, whole=whole, second=whole), MEANINGS, "ko")
    without = fuse(looked(bottle, banana, whole=whole), MEANINGS, "ko")
    assert [item.candidates for item in with_second] == [item.candidates for item in without]
    assert all(question(each, 0.75, "ko", categories(each), KINDS) for each in with_second)


@pytest.mark.parametrize("material", ["metal", "textile"])
def test_a_material_that_divides_over_disposals_is_asked_about_whoever_agrees(material: str) -> None:
    sure = judged(**{material: 0.99})
    (item,) = fuse(looked(whole=sure, second=sure), MEANINGS, "ko", divisions=DIVISIONS)
    assert question(item, 0.75, "ko", [each.value for each in item.candidates], KINDS) is not None


def test_a_bottle_that_is_seen_to_be_coloured_is_sure() -> None:
    plastic = judged(plastic=0.95)
    bottle = DetectedObject("bottle", 0.4, BOX, plastic, coloured=True)
    clear = replace(bottle, coloured=False)
    assert not _asks(looked(bottle, whole=plastic, second=plastic))
    assert _asks(looked(clear, whole=plastic, second=plastic))


def test_a_label_that_contradicts_both_is_asked_about() -> None:
    phone = DetectedObject("cell phone", 0.95, BOX, judged(glass=0.85))
    whole = judged(glass=0.85)
    assert _asks(looked(phone, whole=whole, second=whole))


def test_the_second_opinion_moves_what_comes_first() -> None:
    doubt = judged(glass=0.4, metal=0.35)
    assert _item(looked(whole=doubt)).material is Material.GLASS
    assert _item(looked(whole=doubt, second=judged(metal=0.8))).material is Material.METAL


def test_where_they_differ_both_are_offered() -> None:
    item = _item(looked(whole=judged(glass=0.9), second=judged(metal=0.9)))
    asking = question(item, 0.75, "ko", categories(item), KINDS)
    assert asking is not None
    assert {"glass", "metal"} <= set(likely(asking))


@given(judgements, judgements)
def test_nothing_is_sure_that_one_of_both_doubts(whole: dict[Material, float], second: dict[Material, float]) -> None:
    if not _asks(looked(whole=whole, second=second)):
        best = max(whole, key=whole.__getitem__)
        assert min(whole[best], second[best]) >= AGREED
