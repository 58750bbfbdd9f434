"""From vision results and user input to items and questions."""

from collections.abc import Mapping
from random import Random
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.recycling.public import Match, Meaning
from bunri.domains.waste import fusion
from bunri.domains.waste.fusion import Candidate, SeenItem, confidence, fuse, question
from bunri.domains.waste.fusion.evidence import MaterialEvidence, label_reliability, pool
from bunri.kit.languages import text
from bunri.kit.materials import Material, Tag
from bunri.platform.vision.protocol import Box, DetectedObject, VisionResult

BOX: Box = (0.1, 0.1, 0.5, 0.9)
SMALL: Box = (0.2, 0.2, 0.4, 0.4)
MEANINGS = {
    "bottle": (
        Meaning(item="pet-bottle", name="투명 페트병", material=Material.PET, form="bottle", prior=0.5),
        Meaning(item="glass-bottle", name="유리병", material=Material.GLASS, form="bottle", prior=0.3),
        Meaning(item="coloured-pet", name="유색 페트병", material=Material.PLASTIC, form="bottle", prior=0.1),
        Meaning(item="jar", name="유리 단지", material=Material.GLASS, form="jar", prior=0.05),
    ),
    "banana": (Meaning(item="fruit-peel", name="과일 껍질", material=Material.FOOD, form=None, prior=1.0),),
    "cell phone": (Meaning(item="phone", name="휴대폰", material=Material.ELECTRONICS, form=None, prior=1.0),),
    "book": (
        Meaning(item="magazine", name="책·잡지", material=Material.PAPER, form="book", prior=0.7),
        Meaning(item="paper-box", name="종이 상자", material=Material.PAPER, form="box", prior=0.3),
    ),
    "dining table": (Meaning(item="table", name="식탁", material=Material.WOOD, form="furniture", prior=0.5),),
    "toothbrush": (Meaning(item="brush", name="칫솔", material=Material.PLASTIC, form=None, prior=0.9),),
    "bowl": (
        Meaning(item="container", name="배달 용기", material=Material.PLASTIC, form="container", prior=0.6),
        Meaning(item="noodle-cup", name="컵라면 용기", material=Material.STYROFOAM, form="cup", prior=0.4),
    ),
    "frisbee": (
        Meaning(item="sports-gear", name="운동용품", material=Material.OTHER, form=None, prior=0.6),
        Meaning(item="lid", name="플라스틱 뚜껑", material=Material.PLASTIC, form="lid", prior=0.4),
    ),
    "person": (),
}
JUDGED = (
    Material.GLASS,
    Material.METAL,
    Material.PAPER,
    Material.CARDBOARD,
    Material.CARTON,
    Material.PLASTIC,
    Material.TEXTILE,
    Material.FOOD,
    Material.ELECTRONICS,
    Material.OTHER,
)
SURE = 0.926
NOODLES = Match(
    item="cup-noodle",
    name="컵라면 용기",
    category="styrofoam",
    category_name="스티로폼",
    material=Material.STYROFOAM,
    form="cup",
    score=0.9,
)
PEEL = NOODLES.model_copy(update={"item": "fruit-peel", "name": "과일 껍질", "material": Material.FOOD})

judgements = st.lists(st.floats(0.001, 1), min_size=10, max_size=10).map(
    lambda weights: {m: weight / sum(weights) for m, weight in zip(JUDGED, weights, strict=True)}
)
things = st.lists(
    st.builds(
        DetectedObject,
        st.sampled_from([*MEANINGS, "thing"]),
        st.floats(0, 1),
        st.sampled_from([BOX, SMALL, (0.0, 0.0, 1.0, 1.0), (0.6, 0.6, 0.9, 0.7)]),
        judgements,
    ),
    max_size=12,
)


def seen(*found: DetectedObject) -> VisionResult:
    """By a detector alone."""
    return VisionResult(found, {"detector": "test@1"})


def judged(**shares: float) -> dict[Material, float]:
    """Probabilities of the material model: the shares named, the rest spread evenly."""
    named = {Material(name): share for name, share in shares.items()}
    rest = (1 - sum(named.values())) / (len(JUDGED) - len(named))
    return {material: named.get(material, rest) for material in JUDGED}


def looked(*found: DetectedObject, whole: Mapping[Material, float]) -> VisionResult:
    """By a detector and a material model."""
    return VisionResult(found, {"detector": "test@1", "classifier": "test@2"}, dict(whole), SURE)


def one(label: str, score: float, **shares: float) -> SeenItem:
    """The item of a picture that one thing fills."""
    return filling(DetectedObject(label, score, (0.0, 0.0, 1.0, 1.0), judged(**shares)))


def filling(thing: DetectedObject) -> SeenItem:
    (item,) = fuse(looked(thing, whole=thing.materials), MEANINGS, "ko")
    return item


def categories(item: SeenItem) -> list[str]:
    """As if each material were collected by itself."""
    return [candidate.material.value for candidate in item.candidates]


def asked(item: SeenItem, at: list[str] | None = None) -> fusion.Question:
    found = question(item, 0.75, "en", categories(item) if at is None else at)
    assert found is not None
    return found


def values(asking: fusion.Question) -> list[str]:
    return [choice.value for choice in asking.choices]


class TestFuse:
    def test_a_label_means_several_items_weighed_by_score_and_prior(self) -> None:
        (item,) = fuse(seen(DetectedObject("bottle", 0.8, BOX)), MEANINGS, "ko")
        assert [c.item for c in item.candidates] == ["pet-bottle", "glass-bottle", "coloured-pet", "jar"]
        assert item.confidence == 0.8 * 0.5
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


class TestAgreement:
    @pytest.mark.parametrize("score", [0.5, 0.7, 0.9])
    def test_raises_the_confidence_above_what_either_says(self, score: float) -> None:
        both, label_alone = (
            one("banana", score, food=0.7),
            fuse(seen(DetectedObject("banana", score, BOX)), MEANINGS, "ko")[0],
        )
        material_alone = fuse(looked(whole=judged(food=0.7)), MEANINGS, "ko")[0]
        mass = confidence(both, categories(both))
        assert mass > confidence(material_alone, categories(material_alone))
        assert mass > label_reliability(score, measured=True)
        assert label_alone.material is both.material

    @given(judgements, st.floats(0, 1), st.sampled_from(JUDGED))
    def test_never_lowers_it(self, shares: dict[Material, float], reliability: float, material: Material) -> None:
        def mass(label: dict[Material, float]) -> float:
            return pool(label, MaterialEvidence(shares, independent=True))[material]

        assert mass({material: reliability}) >= mass({}) - 1e-9
        if shares[material] >= 1 / len(shares):
            assert mass({material: reliability}) >= reliability - 1e-9

    def test_one_model_that_says_both_is_one_source(self) -> None:
        thing = DetectedObject("banana", 0.8, BOX, {Material.FOOD: 0.8})
        (item,) = fuse(VisionResult((thing,), {"describer": "far@1"}), MEANINGS, "ko")
        assert confidence(item, categories(item)) == pytest.approx(0.8, abs=0.03)

    def test_a_remote_models_own_words_stand_where_no_table_knows_them(self) -> None:
        (item,) = fuse(
            seen(DetectedObject("crumpled crisp bag", 0.9, BOX, {Material.VINYL: 0.9}, form="bag")), {}, "ko"
        )
        assert (item.material, item.form) == (Material.VINYL, "bag")
        assert item.candidates[0].name == "crumpled crisp bag"
        assert item.facts().material is Material.VINYL


class TestDisagreement:
    def test_of_banana_and_metal_offers_both(self) -> None:
        item = one("banana", 0.9, metal=0.97)
        assert {"metal", "food"} <= set(values(asked(item)))

    def test_of_phone_and_food_offers_both(self) -> None:
        item = one("cell phone", 0.9, food=0.97)
        assert {"food", "electronics"} <= set(values(asked(item)))

    @given(
        st.floats(0.9, 1),
        st.floats(0.5, 1),
        st.floats(0, 0.1),
        st.sampled_from(["banana", "cell phone"]),
        st.sampled_from([Material.METAL, Material.GLASS, Material.TEXTILE]),
    )
    def test_of_two_confident_sources_is_never_sure(
        self, score: float, against: float, support: float, label: str, material: Material
    ) -> None:
        own = MEANINGS[label][0].material
        item = one(label, score, **{material.value: min(against, 1 - support), own.value: support})
        assert question(item, 0.75, "ko", categories(item)) is not None

    def test_of_one_model_with_itself_is_asked_about(self) -> None:
        thing = DetectedObject("banana", 0.95, BOX, {Material.METAL: 0.95})
        (item,) = fuse(VisionResult((thing,), {"describer": "far@1"}), MEANINGS, "ko")
        assert {"metal", "fruit-peel"} <= set(values(asked(item)))

    def test_the_prior_divides_what_pixels_cannot_tell_apart(self) -> None:
        item = one("bottle", 0.95, plastic=0.55, glass=0.4)
        chances = {c.item: c.probability for c in item.candidates if c.item}
        assert chances["pet-bottle"] / chances["coloured-pet"] == pytest.approx(5)
        assert chances["glass-bottle"] / chances["jar"] == pytest.approx(6)


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
        weak = NOODLES.model_copy(update={"score": 0.3})
        (item,) = fuse(seen(DetectedObject("bottle", 0.9, BOX)), MEANINGS, "ko", user_input=weak)
        assert (item.candidates[0].item, item.answered) == ("pet-bottle", False)


class TestImpression:
    def test_is_the_same_in_whatever_order_things_were_found(self) -> None:
        cup, bottle = DetectedObject("cup", 0.5, BOX), DetectedObject("bottle", 0.9, BOX)
        assert (
            fusion.scene_signature(seen(cup, bottle)) == fusion.scene_signature(seen(bottle, cup)) == ("bottle", "cup")
        )

    def test_tells_pictures_apart_by_their_material(self) -> None:
        glass, metal = (VisionResult((), {}, {material: 0.9}) for material in (Material.GLASS, Material.METAL))
        assert fusion.scene_signature(glass) != fusion.scene_signature(metal)

    def test_nothing_seen_is_nothing(self) -> None:
        assert fusion.scene_signature(seen()) == ()


class TestPlaces:
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

    def test_without_places_each_candidate_goes_its_own_way(self) -> None:
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
