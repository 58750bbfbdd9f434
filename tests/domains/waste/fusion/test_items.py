"""The items of a photo."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domains.waste.fusion.scenes import (
    BOX,
    DIVISIONS,
    MEANINGS,
    NOODLES,
    PEEL,
    SMALL,
    SURE,
    asked,
    categories,
    filling,
    judged,
    judgements,
    looked,
    seen,
    things,
    values,
)

from bunri.domains.waste import fusion
from bunri.domains.waste.fusion import SeenItem, confidence, fuse, question
from bunri.kit.languages import text
from bunri.kit.materials import Material, Tag
from bunri.platform.vision.protocol import DetectedObject


class TestFuse:
    def test_a_label_means_several_items_weighed_by_score_and_prior(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.8, BOX)), MEANINGS, "ko")
        assert [c.item for c in item.candidates] == ["pet-bottle", "glass-bottle", "coloured-pet", "jar"]
        assert item.confidence == pytest.approx(0.8 * 0.5)
        assert (item.material, item.form, item.box) == (Material.PET, "bottle", BOX)

    def test_what_is_not_waste_is_left_out(self) -> None:
        items = fuse(seen(DetectedObject("person", 0.9, BOX), DetectedObject("banana", 0.9, BOX)), MEANINGS, "ko")
        assert [item.label for item in items] == ["banana"]

    def test_nothing_found_makes_the_whole_picture_the_item(self) -> None:
        (item,) = fuse(seen(DetectedObject("person", 0.9, BOX)), MEANINGS, "ko")
        assert (item.label, item.box, item.confidence) == ("unknown", None, 0.0)

    def test_the_largest_thing_comes_first(self) -> None:
        small, large = DetectedObject("banana", 0.9, (0, 0, 0.1, 0.1)), DetectedObject("bottle", 0.5, (0, 0, 0.9, 0.9))
        assert [item.label for item in fuse(seen(small, large), MEANINGS, "ko")] == ["bottle", "banana"]

    def test_things_that_nothing_tells_apart_are_one_item(self) -> None:
        apples = [DetectedObject("banana", 0.6, (0, 0, size, size)) for size in (0.1, 0.3, 0.2)]
        (item,) = fuse(seen(*apples), MEANINGS, "ko")
        assert item.box == (0, 0, 0.3, 0.3)

    def test_things_of_different_materials_stay_apart(self) -> None:
        glass = DetectedObject("bottle", 0.9, BOX, judged(glass=0.9))
        clear = DetectedObject("bottle", 0.9, (0.5, 0.1, 0.9, 0.9), judged(plastic=0.9))
        items = fuse(looked(glass, clear, whole=judged(plastic=0.5)), MEANINGS, "ko")
        assert [item.material for item in items] == [Material.GLASS, Material.PET]

    def test_what_a_thing_lies_on_is_no_item_but_alone_it_is(self) -> None:
        table, peel = DetectedObject("dining table", 0.9, (0, 0, 1, 1)), DetectedObject("banana", 0.9, SMALL)
        assert [item.label for item in fuse(seen(table, peel), MEANINGS, "ko")] == ["banana"]
        assert [item.label for item in fuse(seen(table), MEANINGS, "ko")] == ["dining table"]

    @given(things, judgements)
    def test_there_is_always_an_item_never_too_many_and_all_is_possible(
        self, found: list[DetectedObject], whole: dict[Material, float]
    ) -> None:
        items = fuse(looked(*found, whole=whole), MEANINGS, "ko", tags=[Tag.WET])
        assert 1 <= len(items) <= fusion.MOST_ITEMS
        for item in items:
            assert sum(c.probability for c in item.candidates) <= 1 + 1e-9
            assert 0 <= confidence(item, categories(item)) <= 1
            assert item.tags == (Tag.WET,)

    @given(things, judgements, st.randoms())
    def test_the_order_in_which_things_were_found_says_nothing(
        self, found: list[DetectedObject], whole: dict[Material, float], random: Random
    ) -> None:
        found = list({(thing.label, thing.box): thing for thing in found}.values())
        shuffled = random.sample(found, len(found))
        assert fuse(looked(*found, whole=whole), MEANINGS, "ko") == fuse(looked(*shuffled, whole=whole), MEANINGS, "ko")


class TestWholePicture:
    def test_it_speaks_where_nothing_was_found(self) -> None:
        (item,) = fuse(looked(whole=judged(glass=0.5, plastic=0.3, other=0.2)), MEANINGS, "en")
        assert [c.material for c in item.candidates[:3]] == [Material.GLASS, Material.PLASTIC, Material.PET]
        assert (item.label, item.candidates[0].name) == ("unknown", "Glass")

    def test_what_it_has_no_word_for_is_not_recognised(self) -> None:
        (item,) = fuse(looked(whole=judged(other=0.9)), MEANINGS, "ko")
        assert item.candidates == ()

    def test_it_is_believed_from_its_own_threshold_on(self) -> None:
        unsure, sure = (fuse(looked(whole=judged(metal=p)), MEANINGS, "ko")[0] for p in (SURE - 0.01, SURE + 0.01))
        assert question(unsure, 0.75, "ko", categories(unsure)) is not None
        assert question(sure, 0.75, "ko", categories(sure)) is None

    def test_plastic_is_worth_the_question_whether_it_is_a_clear_bottle(self) -> None:
        (item,) = fuse(looked(whole=judged(plastic=0.99)), MEANINGS, "en")
        assert values(asked(item))[:2] == ["plastic", "pet"]

    def test_a_weak_detection_is_a_hint_and_no_thing(self) -> None:
        weak = DetectedObject("banana", 0.4, BOX, judged(food=0.9))
        (item,) = fuse(looked(weak, whole=judged(metal=0.99)), MEANINGS, "ko")
        assert (item.label, item.box, item.material) == ("unknown", None, Material.METAL)
        assert question(item, 0.75, "ko", categories(item)) is None

    def test_beside_other_things_the_whole_says_nothing_of_one(self) -> None:
        peel, phone = (
            DetectedObject("banana", 0.6, BOX, judged(food=0.9)),
            DetectedObject("cell phone", 0.6, SMALL, judged(metal=0.9)),
        )
        items = fuse(looked(peel, phone, whole=judged(textile=0.99)), MEANINGS, "ko")
        assert [item.material for item in items] == [Material.FOOD, Material.METAL]


class TestColour:
    @staticmethod
    def bottle(coloured: bool | None, **shares: float) -> SeenItem:
        return filling(DetectedObject("bottle", 0.8, (0.0, 0.0, 1.0, 1.0), judged(**shares), coloured=coloured))

    def clear(self, coloured: bool | None) -> float:
        candidates = self.bottle(coloured, plastic=0.95).candidates
        return sum(c.probability for c in candidates if c.material is Material.PET)

    def test_a_coloured_bottle_is_hardly_collected_with_the_clear_ones(self) -> None:
        assert self.clear(True) < 0.1 < self.clear(None)

    def test_no_colour_seen_is_a_weak_word_for_a_clear_one_and_leaves_the_question(self) -> None:
        assert self.clear(None) < self.clear(False) < 0.8
        asking = asked(self.bottle(False, plastic=0.95))
        assert asking.text == text("waste.question.clear_bottle", "en")

    def test_it_says_nothing_of_other_materials(self) -> None:
        assert self.bottle(True, glass=0.95).material is Material.GLASS


class TestWords:
    def test_they_decide_and_leave_no_doubt(self) -> None:
        (item,) = fuse(seen(DetectedObject("cell phone", 0.9, BOX)), MEANINGS, "ko", user_input=NOODLES)
        assert (item.candidates[0].item, item.confidence, item.box) == ("cup-noodle", 1.0, BOX)
        assert question(item, 0.75, "ko") is None

    def test_they_mean_the_thing_they_fit_best_which_then_comes_first(self) -> None:
        large, small = (
            DetectedObject("bottle", 0.9, (0, 0, 0.9, 0.9)),
            DetectedObject("banana", 0.9, (0.92, 0.92, 1, 1)),
        )
        items = fuse(seen(large, small), MEANINGS, "ko", user_input=PEEL)
        assert [(item.label, item.answered) for item in items] == [("banana", True), ("bottle", False)]

    def test_they_mean_the_largest_where_they_fit_none(self) -> None:
        items = fuse(
            seen(DetectedObject("bottle", 0.9, BOX), DetectedObject("banana", 0.9, SMALL)),
            MEANINGS,
            "ko",
            user_input=NOODLES,
        )
        assert items[0].box == BOX
        assert (items[0].candidates[0].item, items[1].material) == ("cup-noodle", Material.FOOD)

    def test_the_same_material_fits_better_than_another(self) -> None:
        salad = PEEL.model_copy(update={"item": "leftovers", "name": "남은 음식"})
        items = fuse(
            seen(DetectedObject("bottle", 0.9, BOX), DetectedObject("banana", 0.9, SMALL)),
            MEANINGS,
            "ko",
            user_input=salad,
        )
        assert (items[0].label, items[0].candidates[0].item) == ("banana", "leftovers")

    def test_those_that_name_nothing_well_are_left_out(self) -> None:
        near = NOODLES.model_copy(update={"sure": False})
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko", user_input=near)
        assert (item.candidates[0].item, item.answered) == ("pet-bottle", False)


class TestDivisions:
    """Who is sure of the material is not yet sure of the disposal."""

    def test_cloth_is_clothes_or_a_rag_and_asked(self) -> None:
        picture = looked(whole=judged(textile=0.99))
        (sure,) = fuse(picture, MEANINGS, "ko")
        assert question(sure, SURE, "ko", ["textile"]) is None
        (item,) = fuse(picture, MEANINGS, "ko", divisions=DIVISIONS)
        assert [(c.value, c.name) for c in item.candidates[:2]] == [("textile", "옷"), ("towel-rag", "수건·걸레")]
        assert item.candidates[0].probability == pytest.approx(3 * item.candidates[1].probability)
        asked_now = question(item, SURE, "ko", ["textile", "general"])
        assert asked_now is not None
        assert [choice.label for choice in asked_now.choices[:2]] == ["옷", "수건·걸레"]

    def test_the_shares_of_a_material_are_together_what_it_was(self) -> None:
        picture = looked(whole=judged(metal=0.9))
        (whole,), (divided,) = (fuse(picture, MEANINGS, "ko", divisions=each) for each in ({}, DIVISIONS))
        of_metal = [c.probability for c in divided.candidates if c.material is Material.METAL]
        assert len(of_metal) == 2
        assert sum(of_metal) == pytest.approx(whole.candidates[0].probability)

    def test_a_form_that_was_seen_rules_out_things_of_another(self) -> None:
        can = DetectedObject("metal thing", 0.9, BOX, {Material.METAL: 0.9}, form="can")
        (item,) = fuse(seen(can), MEANINGS, "ko", divisions=DIVISIONS)
        assert "foil" not in [c.value for c in item.candidates]

    def test_what_the_label_means_already_is_not_counted_twice(self) -> None:
        meanings = {"rag": (DIVISIONS[Material.TEXTILE][1].model_copy(update={"prior": 1.0}),)}
        rag = DetectedObject("rag", 0.9, BOX, judged(textile=0.9))
        (item,) = fuse(looked(rag, whole=judged(textile=0.9)), meanings, "ko", divisions=DIVISIONS)
        assert [c.value for c in item.candidates].count("towel-rag") == 1
