"""One short question where there is doubt, and its answer."""

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domains.waste.fusion.scenes import (
    BOX,
    HAZARDS,
    KINDS,
    MEANINGS,
    asked,
    categories,
    judged,
    judgements,
    likely,
    looked,
    one,
    seen,
    things,
    values,
)

from bunri.domains.recycling.public import Kind
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
        assert likely(asked(item, ["clear", "glass", "plastic", "glass"]))[1] == "glass-bottle"
        assert likely(asked(item, ["here", "there", "here", "there"]))[:2] == ["pet-bottle", "glass-bottle"]

    def test_a_choice_names_the_second_thing_that_is_nearly_as_likely(self) -> None:
        cup = Candidate(item="glass", name="Glass", material=Material.GLASS, form="cup", probability=0.3)
        mug = cup.model_copy(update={"item": "mug", "name": "Mug", "probability": 0.25})
        paper = cup.model_copy(
            update={"item": "paper", "name": "Paper cup", "material": Material.PAPER, "probability": 0.4}
        )
        item = SeenItem(label="cup", candidates=(paper, cup, mug))
        labels = [choice.label for choice in asked(item, ["carton", "sack", "sack"]).choices]
        assert labels[:2] == ["Glass · Mug", "Paper cup"]

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

    def test_the_likeliest_come_first_and_all_other_kinds_below_them(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko")
        asking = asked(item, ["clear", "glass", "plastic", "glass"])
        assert likely(asking) == ["pet-bottle", "glass-bottle", "coloured-pet"]
        assert values(asking, fusion.ChoiceGroup.OTHER) == ["pet", "vinyl", "paper", "metal", "food", "wood", "rag"]
        assert values(asking, fusion.ChoiceGroup.HAZARD) == ["broken-glass", "battery", "medicine"]

    def test_a_kind_of_the_same_material_and_disposal_is_not_offered_twice(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko")
        assert "glass" not in values(asked(item, ["pet", "glass", "plastic", "glass"]))
        assert "broken-glass" in values(asked(item, ["pet", "sack", "plastic", "sack"]))

    def test_a_single_candidate_is_asked_after_by_its_name(self) -> None:
        (item,) = fuse(seen(DetectedObject("banana", 0.4, BOX)), MEANINGS, "ko")
        asking = asked(item)
        assert asking.text == "Is it this?"
        assert (asking.choices[0].value, asking.choices[0].label) == ("fruit-peel", "과일 껍질")

    def test_only_the_form_in_doubt_is_asked_about_the_form(self) -> None:
        item = one("bottle", 0.8, plastic=0.97)
        asking = asked(item)
        assert asking.text == text("waste.question.clear_bottle", "en")
        assert likely(asking)[:2] == ["pet-bottle", "plastic"]
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

    @pytest.mark.parametrize(("material", "other"), [("plastic", "vinyl"), ("cardboard", "wood")])
    def test_what_the_model_has_no_word_for_is_likely_where_it_is_taken_for_something_else(
        self, material: str, other: str
    ) -> None:
        (item,) = fuse(looked(whole=judged(**{material: 0.8})), MEANINGS, "ko")
        assert other in likely(asked(item))

    def test_where_nothing_is_known_the_commonest_kinds_come_first(self) -> None:
        asking = asked(SeenItem(label="unknown", candidates=()))
        assert likely(asking) == ["vinyl", "plastic", "paper"]
        assert {choice.value for choice in asking.choices} == {kind.value for kind in KINDS}

    def test_where_nothing_was_recognised_the_kinds_are_in_the_order_of_their_likelihood(self) -> None:
        (item,) = fuse(looked(whole=judged(other=0.7, food=0.1, glass=0.08)), MEANINGS, "ko")
        assert item.candidates == ()
        assert likely(asked(item))[:2] == ["food", "glass"]

    @given(things, judgements)
    def test_every_one_has_a_few_likely_choices_every_kind_and_every_hazard(
        self, found: list[DetectedObject], whole: dict[Material, float]
    ) -> None:
        for item in fuse(looked(*found, whole=whole), MEANINGS, "ko"):
            asking = question(item, 0.75, "ko", categories(item), KINDS)
            if asking is not None:
                assert 1 <= len(likely(asking)) <= fusion.MOST_LIKELY
                assert values(asking)[: len(likely(asking))] == likely(asking)
                assert len(set(values(asking))) == len(asking.choices)
                assert [choice.rank for choice in asking.choices] == list(range(1, len(asking.choices) + 1))
                assert set(values(asking)) >= HAZARDS
                offered = {candidate.material for candidate in item.candidates if candidate.value in values(asking)}
                assert all(kind.value in values(asking) or kind.material in offered for kind in KINDS)

    def test_a_likely_hazard_is_a_choice_of_its_own_though_it_goes_where_another_thing_goes(self) -> None:
        can, spray = _candidates(("can", 0.6), ("spray-can", 0.2))
        item = SeenItem(label="unknown", candidates=(can, spray))
        for kinds, offered in (((_kind_of(spray, hazard=True),), ["can", "spray-can"]), ((_kind_of(spray),), ["can"])):
            asking = question(item, 0.9, "ko", ["metal", "metal"], kinds)
            assert asking is not None
            assert likely(asking) == offered

    def test_a_hazard_behind_another_name_is_among_the_hazards(self) -> None:
        can, spray = _candidates(("can", 0.6), ("spray-can", 0.01))
        item = SeenItem(label="unknown", candidates=(can, spray))
        asking = question(item, 0.9, "ko", ["metal", "metal"], (_kind_of(spray, hazard=True),))
        assert asking is not None
        assert [(choice.value, choice.group) for choice in asking.choices][1:] == [("spray-can", "hazard")]


def _candidates(*named: tuple[str, float]) -> list[Candidate]:
    return [
        Candidate(item=item, name=item, material=Material.METAL, form="can", probability=probability)
        for item, probability in named
    ]


def _kind_of(candidate: Candidate, *, hazard: bool = False) -> Kind:
    return Kind(
        value=candidate.value,
        name=candidate.name,
        item=candidate.value,
        material=candidate.material,
        form=None,
        category="metal",
        hazard=hazard,
    )


class TestAnswer:
    COMES_OF: ClassVar = (
        DetectedObject("bottle", 0.9, BOX),
        DetectedObject("banana", 0.3, BOX),
        DetectedObject("person", 0.9, BOX),
    )

    @given(things, judgements)
    def test_every_one_removes_the_doubt(self, found: list[DetectedObject], whole: dict[Material, float]) -> None:
        for item in fuse(looked(*found, whole=whole), MEANINGS, "ko"):
            asking = question(item, 0.75, "ko", categories(item), KINDS)
            for value in values(asking) if asking else ():
                answered = fusion.answer(item, value, "ko", KINDS)
                assert answered is not None
                assert question(answered, 0.75, "ko", categories(answered), KINDS) is None
                assert confidence(answered, categories(answered)) == 1

    @pytest.mark.parametrize("thing", COMES_OF)
    def test_after_none_of_these_nothing_is_left_to_ask(self, thing: DetectedObject) -> None:
        (item,) = fuse(seen(thing), MEANINGS, "ko")
        asked(item)
        after = fusion.answer(item, fusion.NONE_OF_THESE, "ko", KINDS)
        assert after is not None
        assert question(after, 0.75, "ko", (), KINDS) is None
        assert after.facts().label is None

    def test_a_kind_that_is_an_item_decides_the_item(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko")
        answered = fusion.answer(item, "broken-glass", "ko", KINDS)
        assert answered is not None
        assert answered.facts().label == "broken-glass"

    def test_a_choice_leaves_no_doubt(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko")
        answered = fusion.answer(item, "glass-bottle", "ko")
        assert answered is not None
        assert (answered.confidence, answered.material) == (1.0, Material.GLASS)

    def test_what_was_not_offered_is_not_understood(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko")
        assert fusion.answer(item, "spaceship", "ko") is None
