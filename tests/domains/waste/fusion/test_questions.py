"""One short question where there is doubt, and its answer."""

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domains.waste.fusion.scenes import (
    BOX,
    MEANINGS,
    asked,
    categories,
    judged,
    judgements,
    looked,
    one,
    seen,
    things,
    values,
)

from bunri.domains.waste import fusion
from bunri.domains.waste.fusion import Candidate, SeenItem, confidence, fuse, question
from bunri.kit.languages import text
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject


class TestDisposalGroups:
    """What matters is where a thing goes, not what it is called."""

    def test_nothing_is_asked_when_all_lead_to_the_same_disposal(self) -> None:
        (item,) = fuse(seen(DetectedObject("book", 0.9, BOX)), MEANINGS, "ko")
        assert item.confidence < 0.75
        assert confidence(item, ["paper", "paper"]) == pytest.approx(0.9)
        assert question(item, 0.75, "ko", ["paper", "paper"]) is None
        assert question(item, 0.75, "ko", ["paper", "carton"]) is not None

    def test_candidates_of_one_disposal_are_one_choice(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko")
        assert values(asked(item, ["clear", "glass", "plastic", "glass"]))[1] == "glass-bottle"
        assert values(asked(item, ["here", "there", "here", "there"])) == ["pet-bottle", "glass-bottle", "none"]

    def test_a_choice_names_the_second_thing_that_is_nearly_as_likely(self) -> None:
        cup = Candidate(item="glass", name="Glass", material=Material.GLASS, form="cup", probability=0.3)
        mug = cup.model_copy(update={"item": "mug", "name": "Mug", "probability": 0.25})
        paper = cup.model_copy(
            update={"item": "paper", "name": "Paper cup", "material": Material.PAPER, "probability": 0.4}
        )
        item = SeenItem(label="cup", candidates=(paper, cup, mug))
        labels = [choice.label for choice in asked(item, ["carton", "sack", "sack"]).choices]
        assert labels == ["Glass · Mug", "Paper cup", "None of these"]

    def test_without_categories_each_candidate_is_a_group_of_its_own(self) -> None:
        (item,) = fuse(seen(DetectedObject("book", 0.9, BOX)), MEANINGS, "ko")
        assert confidence(item) == item.confidence

    @given(things, judgements, st.data())
    def test_two_choices_never_lead_to_the_same_disposal(
        self, found: list[DetectedObject], whole: dict[Material, float], data: st.DataObject
    ) -> None:
        for item in fuse(looked(*found, whole=whole), MEANINGS, "ko"):
            at = [data.draw(st.sampled_from("abc")) for _ in item.candidates]
            asking = question(item, 0.75, "ko", at)
            if asking is not None:
                place_of = {c.value: place for c, place in zip(reversed(item.candidates), reversed(at), strict=True)}
                offered = [place_of[value] for value in values(asking) if value in place_of]
                assert len(set(offered)) == len(offered)
            if len(set(at)) == 1 and confidence(item, at) >= (item.sure or 0.75):
                assert asking is None


class TestQuestion:
    def test_a_sure_item_is_not_asked_about(self) -> None:
        (item,) = fuse(seen(DetectedObject("banana", 0.95, BOX)), MEANINGS, "ko")
        assert question(item, 0.75, "ko") is None

    def test_doubt_offers_at_most_three_choices_and_the_way_out(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko")
        assert values(asked(item, ["clear", "glass", "plastic", "glass"])) == [
            "pet-bottle",
            "glass-bottle",
            "coloured-pet",
            "none",
        ]

    def test_a_single_candidate_is_a_yes_or_no(self) -> None:
        (item,) = fuse(seen(DetectedObject("banana", 0.4, BOX)), MEANINGS, "ko")
        asking = asked(item)
        assert [(choice.value, choice.label) for choice in asking.choices] == [("fruit-peel", "Yes"), ("none", "No")]
        assert asking.text == "Is it this: 과일 껍질?"

    def test_only_the_form_in_doubt_is_asked_about_the_form(self) -> None:
        item = one("bottle", 0.8, plastic=0.97)
        asking = asked(item)
        assert asking.text == text("waste.question.clear_bottle", "en")
        assert values(asking)[:2] == ["pet-bottle", "plastic"]
        assert asking.choices[1].label == text("waste.question.other_plastic", "en")

    @pytest.mark.parametrize("label", ["toothbrush", "bowl", "frisbee"])
    @pytest.mark.parametrize("plastic", [0.5, 0.7, 0.95])
    def test_no_clear_bottle_is_asked_after_where_a_thing_was_named_that_is_none(
        self, label: str, plastic: float
    ) -> None:
        item = one(label, 0.8, plastic=plastic)
        assert all(candidate.material is not Material.PET for candidate in item.candidates)
        asking = question(item, 0.75, "en", [candidate.value for candidate in item.candidates])
        assert asking is None or asking.text != text("waste.question.clear_bottle", "en")

    @pytest.mark.parametrize("named", [None, "bottle", "gadget"])
    def test_what_nothing_says_is_no_clear_bottle_may_be_one(self, named: str | None) -> None:
        found = [DetectedObject(named, 0.8, (0.0, 0.0, 1.0, 1.0), judged(plastic=0.95))] if named else []
        (item,) = fuse(looked(*found, whole=judged(plastic=0.95)), MEANINGS, "en")
        assert asked(item).text == text("waste.question.clear_bottle", "en")

    def test_a_hint_too_weak_for_a_thing_does_not_say_that_it_is_no_clear_bottle(self) -> None:
        weak = DetectedObject("toothbrush", 0.3, BOX, judged(plastic=0.95))
        (item,) = fuse(looked(weak, whole=judged(plastic=0.95)), MEANINGS, "en")
        assert asked(item).text == text("waste.question.clear_bottle", "en")

    def test_a_clear_one_beside_another_thing_of_plastic_is_asked_by_name(self) -> None:
        clear = Candidate(item="pet-bottle", name="PET", material=Material.PET, form="bottle", probability=0.5)
        brush = Candidate(item="brush", name="Brush", material=Material.PLASTIC, form=None, probability=0.4)
        asking = asked(SeenItem(label="bottle", candidates=(clear, brush)))
        assert asking.text == text("waste.question.which", "en")
        assert [choice.label for choice in asking.choices[:2]] == ["PET", "Brush"]

    def test_one_material_of_two_things_is_asked_which_thing(self) -> None:
        (item,) = fuse(seen(DetectedObject("book", 0.9, BOX)), MEANINGS, "ko")
        assert asked(item, ["paper", "carton"]).text == text("waste.question.which_thing", "en")

    def test_unsure_metal_may_be_a_battery(self) -> None:
        (item,) = fuse(looked(whole=judged(metal=0.8)), MEANINGS, "ko")
        assert "battery" in values(asked(item))

    def test_nothing_known_offers_the_broad_materials(self) -> None:
        asking = asked(SeenItem(label="unknown", candidates=()))
        assert values(asking) == [*fusion.BROAD, "none"]

    @given(things, judgements)
    def test_every_one_has_few_choices_all_different_and_a_way_out(
        self, found: list[DetectedObject], whole: dict[Material, float]
    ) -> None:
        for item in fuse(looked(*found, whole=whole), MEANINGS, "ko"):
            asking = question(item, 0.75, "ko", categories(item))
            if asking is not None and item.candidates:
                assert 2 <= len(asking.choices) <= fusion.MOST_CHOICES + 1
                assert len(set(values(asking))) == len(asking.choices)
                assert values(asking)[-1] == fusion.NONE_OF_THESE


class TestAnswer:
    COMES_OF: ClassVar = (
        DetectedObject("bottle", 0.9, BOX),
        DetectedObject("banana", 0.3, BOX),
        DetectedObject("person", 0.9, BOX),
    )

    @given(things, judgements)
    def test_every_one_removes_the_doubt(self, found: list[DetectedObject], whole: dict[Material, float]) -> None:
        for item in fuse(looked(*found, whole=whole), MEANINGS, "ko"):
            asking = question(item, 0.75, "ko", categories(item))
            for value in values(asking) if asking else ():
                answered = fusion.answer(item, value, "ko")
                assert answered is not None
                if value != fusion.NONE_OF_THESE:
                    assert question(answered, 0.75, "ko", categories(answered)) is None
                    assert confidence(answered, categories(answered)) == 1

    @pytest.mark.parametrize("thing", COMES_OF)
    def test_none_of_these_is_asked_about_once_more_at_most(self, thing: DetectedObject) -> None:
        (item,) = fuse(seen(thing), MEANINGS, "ko")
        asked(item)
        for _ in range(2):
            after = fusion.answer(item, fusion.NONE_OF_THESE, "ko")
            assert after is not None
            item = after
        assert question(item, 0.75, "ko") is None
        assert item.facts().label is None

    def test_a_choice_leaves_no_doubt(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko")
        answered = fusion.answer(item, "glass-bottle", "ko")
        assert answered is not None
        assert (answered.confidence, answered.material) == (1.0, Material.GLASS)

    def test_a_material_ruled_out_is_not_offered_again(self) -> None:
        (item,) = fuse(looked(whole=judged(metal=0.6, glass=0.3)), MEANINGS, "ko")
        after = fusion.answer(item, fusion.NONE_OF_THESE, "ko", values(asked(item)))
        assert after is not None
        assert {"metal", "glass"}.isdisjoint(values(asked(after)))

    @pytest.mark.parametrize(
        ("item", "at"),
        [
            (one("bottle", 0.8, plastic=0.6, glass=0.3), None),
            (one("bowl", 0.8, plastic=0.6, paper=0.25), ["plastic", "here", "here", "here", "here"]),
            (fuse(looked(whole=judged(plastic=0.9)), MEANINGS, "ko")[0], None),
            (fuse(looked(whole=judged(metal=0.7, glass=0.1)), MEANINGS, "ko")[0], None),
        ],
    )
    def test_none_of_these_rules_out_the_materials_offered_and_no_other(
        self, item: SeenItem, at: list[str] | None
    ) -> None:
        offered = values(asked(item, at))
        after = fusion.answer(item, fusion.NONE_OF_THESE, "ko", offered)
        assert after is not None
        left = [material for material in fusion.BROAD if material not in offered]
        assert values(asked(after)) == [*left, fusion.NONE_OF_THESE]

    def test_what_was_not_offered_is_not_understood(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko")
        assert fusion.answer(item, "spaceship", "ko") is None
