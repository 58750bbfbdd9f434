"""From what was seen and said to items and questions."""

from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.recycling.public import Match, Meaning
from bunri.domains.waste import fusion
from bunri.domains.waste.fusion import SeenItem, fuse, question
from bunri.kit.materials import Material, Tag
from bunri.platform.vision.protocol import Sight, Thing

BOX = (0.1, 0.1, 0.5, 0.9)
MEANINGS = {
    "bottle": (
        Meaning(item="pet-bottle", name="투명 페트병", material=Material.PET, form="bottle", prior=0.5),
        Meaning(item="glass-bottle", name="유리병", material=Material.GLASS, form="bottle", prior=0.3),
        Meaning(item="coloured-pet", name="유색 페트병", material=Material.PLASTIC, form="bottle", prior=0.1),
        Meaning(item="jar", name="유리 단지", material=Material.GLASS, form="jar", prior=0.05),
    ),
    "banana": (Meaning(item="fruit-peel", name="과일 껍질", material=Material.FOOD, form=None, prior=0.97),),
    "person": (),
}
TOLD = Match(
    item="cup-noodle",
    name="컵라면 용기",
    category="styrofoam",
    category_name="스티로폼",
    material=Material.STYROFOAM,
    form="cup",
    score=0.9,
)


def seen(*things: Thing) -> Sight:
    return Sight(things, {"detector": "test@1"})


class TestFuse:
    def test_a_label_means_several_items_weighed_by_score_and_prior(self) -> None:
        (item,) = fuse(seen(Thing("bottle", 0.8, BOX)), MEANINGS, "ko")
        assert [c.item for c in item.candidates] == ["pet-bottle", "glass-bottle", "coloured-pet", "jar"]
        assert item.confidence == 0.8 * 0.5
        assert (item.material, item.form, item.box) == (Material.PET, "bottle", BOX)

    def test_what_is_not_waste_is_left_out(self) -> None:
        items = fuse(seen(Thing("person", 0.9, BOX), Thing("banana", 0.9, BOX)), MEANINGS, "ko")
        assert [item.label for item in items] == ["banana"]

    def test_nothing_found_makes_the_whole_picture_the_item(self) -> None:
        (item,) = fuse(seen(Thing("person", 0.9, BOX)), MEANINGS, "ko")
        assert (item.label, item.box, item.confidence) == ("unknown", None, 0.0)

    def test_the_largest_thing_comes_first(self) -> None:
        small, large = Thing("banana", 0.9, (0, 0, 0.1, 0.1)), Thing("bottle", 0.5, (0, 0, 0.9, 0.9))
        assert [item.label for item in fuse(seen(small, large), MEANINGS, "ko")] == ["bottle", "banana"]

    def test_things_that_nothing_tells_apart_are_one_item(self) -> None:
        apples = [Thing("banana", 0.6, (0, 0, size, size)) for size in (0.1, 0.3, 0.2)]
        (item,) = fuse(seen(*apples), MEANINGS, "ko")
        assert item.box == (0, 0, 0.3, 0.3)

    def test_things_of_different_materials_stay_apart(self) -> None:
        glass = Thing("bottle", 0.9, BOX, {Material.GLASS: 0.9})
        clear = Thing("bottle", 0.9, BOX, {Material.PLASTIC: 0.9})
        assert [item.material for item in fuse(seen(glass, clear), MEANINGS, "ko")] == [Material.GLASS, Material.PET]

    def test_words_decide_about_the_largest_thing_only(self) -> None:
        items = fuse(seen(Thing("bottle", 0.9, BOX), Thing("banana", 0.9, (0, 0, 0.1, 0.1))), MEANINGS, "ko", told=TOLD)
        assert items[0].candidates[0].item == "cup-noodle"
        assert items[0].confidence == 1.0
        assert items[1].material is Material.FOOD

    def test_words_that_name_nothing_well_are_left_out(self) -> None:
        weak = TOLD.model_copy(update={"score": 0.3})
        (item,) = fuse(seen(Thing("bottle", 0.9, BOX)), MEANINGS, "ko", told=weak)
        assert item.candidates[0].item == "pet-bottle"

    def test_a_judge_of_materials_outweighs_the_prior(self) -> None:
        thing = Thing("bottle", 1.0, BOX, {Material.GLASS: 0.9, Material.PET: 0.1})
        (item,) = fuse(seen(thing), MEANINGS, "ko")
        assert item.material is Material.GLASS

    def test_a_remote_models_own_words_stand_where_no_table_knows_them(self) -> None:
        (item,) = fuse(seen(Thing("crumpled crisp bag", 0.9, BOX, {Material.VINYL: 0.9}, form="bag")), {}, "ko")
        assert (item.material, item.form) == (Material.VINYL, "bag")
        assert item.facts().material is Material.VINYL

    @given(st.lists(st.tuples(st.sampled_from(["bottle", "banana", "person", "thing"]), st.floats(0, 1)), max_size=30))
    def test_there_is_always_an_item_and_never_too_many(self, things: list[tuple[str, float]]) -> None:
        items = fuse(seen(*(Thing(label, score, BOX) for label, score in things)), MEANINGS, "ko", tags=[Tag.WET])
        assert 1 <= len(items) <= fusion.MOST_ITEMS
        assert all(0 <= item.confidence <= 1 and item.tags == (Tag.WET,) for item in items)


class TestMaterials:
    WHOLE: ClassVar = {Material.GLASS: 0.5, Material.PLASTIC: 0.3, Material.OTHER: 0.2}

    def test_the_whole_picture_speaks_where_nothing_was_found(self) -> None:
        (item,) = fuse(Sight((), {}, self.WHOLE, 0.94), MEANINGS, "en")
        assert [c.material for c in item.candidates] == [Material.GLASS, Material.PLASTIC, Material.PET]
        assert (item.label, item.candidates[0].name, item.confidence) == ("unknown", "Glass", 0.5)

    def test_it_is_believed_from_its_own_threshold_on(self) -> None:
        (unsure,) = fuse(Sight((), {}, {Material.METAL: 0.9}, 0.94), MEANINGS, "ko")
        (sure,) = fuse(Sight((), {}, {Material.METAL: 0.96}, 0.94), MEANINGS, "ko")
        assert question(unsure, 0.75, "ko") is not None
        assert question(sure, 0.75, "ko") is None

    def test_plastic_is_always_worth_the_question_whether_it_is_a_clear_bottle(self) -> None:
        (item,) = fuse(Sight((), {}, {Material.PLASTIC: 1.0}, 0.94), MEANINGS, "en")
        asked = question(item, 0.75, "en")
        assert asked is not None
        assert [choice.value for choice in asked.choices] == ["plastic", "pet"]

    def test_a_weak_detection_gives_way_to_the_whole_picture(self) -> None:
        weak = Thing("banana", 0.4, BOX, {Material.METAL: 0.9})
        (item,) = fuse(Sight((weak,), {}, {Material.METAL: 0.95}, 0.94), MEANINGS, "ko")
        assert (item.label, item.material) == ("unknown", Material.METAL)

    def test_the_prior_divides_what_pixels_cannot_tell_apart(self) -> None:
        thing = Thing("bottle", 1.0, BOX, {Material.PLASTIC: 0.6, Material.GLASS: 0.4})
        (item,) = fuse(seen(thing), MEANINGS, "ko")
        chances = {c.item: round(c.probability, 3) for c in item.candidates}
        assert chances == {"pet-bottle": 0.5, "glass-bottle": 0.343, "coloured-pet": 0.1, "jar": 0.057}


class TestImpression:
    def test_is_the_same_in_whatever_order_things_were_found(self) -> None:
        one, other = Thing("cup", 0.5, BOX), Thing("bottle", 0.9, BOX)
        assert fusion.impression(seen(one, other)) == fusion.impression(seen(other, one)) == ("bottle", "cup")

    def test_tells_pictures_apart_by_their_material(self) -> None:
        glass, metal = (Sight((), {}, {material: 0.9}) for material in (Material.GLASS, Material.METAL))
        assert fusion.impression(glass) != fusion.impression(metal)

    def test_nothing_seen_is_nothing(self) -> None:
        assert fusion.impression(seen()) == ()


class TestQuestion:
    def test_a_sure_item_is_not_asked_about(self) -> None:
        (item,) = fuse(seen(Thing("banana", 0.95, BOX)), MEANINGS, "ko")
        assert question(item, 0.75, "ko") is None

    def test_doubt_offers_at_most_three_choices(self) -> None:
        (item,) = fuse(seen(Thing("bottle", 0.9, BOX)), MEANINGS, "ko")
        asked = question(item, 0.75, "ko")
        assert asked is not None
        assert [choice.value for choice in asked.choices] == ["pet-bottle", "glass-bottle", "coloured-pet"]

    def test_a_single_candidate_is_a_yes_or_no(self) -> None:
        (item,) = fuse(seen(Thing("banana", 0.4, BOX)), MEANINGS, "ko")
        asked = question(item, 0.75, "en")
        assert asked is not None
        assert [choice.label for choice in asked.choices] == ["Yes", "No"]
        assert asked.text == "Is it this: 과일 껍질?"

    def test_nothing_known_offers_the_broad_materials(self) -> None:
        asked = question(SeenItem(label="unknown", candidates=()), 0.75, "en")
        assert asked is not None
        assert {"glass", "paper", "plastic"} <= {choice.value for choice in asked.choices}


class TestAnswer:
    def test_every_offered_choice_is_understood(self) -> None:
        for thing in (Thing("bottle", 0.9, BOX), Thing("banana", 0.3, BOX), Thing("person", 0.9, BOX)):
            (item,) = fuse(seen(thing), MEANINGS, "ko")
            asked = question(item, 0.75, "ko")
            assert asked is not None
            for choice in asked.choices:
                assert fusion.answer(item, choice.value, "ko") is not None

    def test_a_choice_leaves_no_doubt(self) -> None:
        (item,) = fuse(seen(Thing("bottle", 0.9, BOX)), MEANINGS, "ko")
        answered = fusion.answer(item, "glass-bottle", "ko")
        assert answered is not None
        assert (answered.confidence, answered.material) == (1.0, Material.GLASS)
        assert question(answered, 0.75, "ko") is None

    def test_no_asks_more_broadly(self) -> None:
        (item,) = fuse(seen(Thing("banana", 0.3, BOX)), MEANINGS, "ko")
        again = fusion.answer(item, fusion.NONE_OF_THESE, "ko")
        assert again is not None
        asked = question(again, 0.75, "ko")
        assert asked is not None
        assert len(asked.choices) == len(fusion.BROAD)

    def test_what_was_not_offered_is_not_understood(self) -> None:
        (item,) = fuse(seen(Thing("bottle", 0.9, BOX)), MEANINGS, "ko")
        assert fusion.answer(item, "spaceship", "ko") is None
