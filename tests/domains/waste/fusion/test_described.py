"""What a language model describes, beside what our own models see."""

from hypothesis import given
from hypothesis import strategies as st
from tests.domains.waste.fusion.scenes import (
    BOX,
    DIVISIONS,
    KINDS,
    MEANINGS,
    SMALL,
    categories,
    judged,
    judgements,
    looked,
)

from bunri.domains.recycling.public import Meaning
from bunri.domains.waste.fusion import SeenItem, confidence, fuse, question
from bunri.domains.waste.fusion.evidence import DESCRIPTION_RELIABILITY
from bunri.domains.waste.fusion.items import AGREEING
from bunri.kit.materials import Material, Tag
from bunri.platform.vision.protocol import DescribedThing, DetectedObject, VisionResult

ITEMS: dict[str, tuple[Meaning, ...]] = {
    "jar": (Meaning(item="jar", name="유리 단지", material=Material.GLASS, form="jar", prior=1.0),),
    "medicine": (Meaning(item="medicine", name="약", material=Material.OTHER, form=None, prior=1.0),),
    "battery": (Meaning(item="battery", name="전지", material=Material.BATTERY, form=None, prior=1.0),),
}
JAR = DescribedThing("jar", Material.GLASS, 1.0, "jar")
BANANA = DetectedObject("banana", 0.9, BOX, judged(food=0.97))
GLASS = DetectedObject("bottle", 0.9, SMALL, judged(glass=0.97))


def fused(vision: VisionResult) -> list[SeenItem]:
    return fuse(vision, MEANINGS | ITEMS, "ko", divisions=DIVISIONS)


def alone(*things: DescribedThing) -> list[SeenItem]:
    """Where our own models saw nothing."""
    return fused(VisionResult((), {"describer": "test@1"}, described=things))


def beside(thing: DescribedThing, *found: DetectedObject, **shares: float) -> SeenItem:
    """Of a picture that one thing fills."""
    own = looked(*found, whole=judged(**shares))
    (item,) = fused(
        VisionResult(
            own.objects, own.models, own.image_probabilities, own.accept_threshold, own.names, described=(thing,)
        )
    )
    return item


def asks(item: SeenItem) -> bool:
    return question(item, 0.75, "ko", categories(item), KINDS) is not None


class TestAlone:
    def test_its_thing_is_offered_and_never_stated(self) -> None:
        (item,) = alone(JAR)
        assert item.candidates[0].item == "jar"
        assert confidence(item) <= DESCRIPTION_RELIABILITY
        assert asks(item)

    def test_without_an_item_its_material_is_offered(self) -> None:
        (item,) = alone(DescribedThing(None, Material.PAPER, 0.9))
        assert (item.candidates[0].item, item.candidates[0].material) == (None, Material.PAPER)
        assert (item.label, item.candidates[0].name) == ("unknown", "종이")
        assert asks(item)

    def test_knowing_nothing_it_adds_nothing(self) -> None:
        (item,) = alone(DescribedThing(None, Material.UNKNOWN, 0.9))
        assert item.candidates == ()
        assert asks(item)

    def test_item_and_material_that_differ_share_its_word(self) -> None:
        (item,) = alone(DescribedThing("jar", Material.PLASTIC, 1.0))
        assert {each.value: round(each.probability, 6) for each in item.candidates} == {"jar": 0.3, "plastic": 0.3}

    def test_several_things_are_several_items_the_largest_first(self) -> None:
        paper = DescribedThing(None, Material.PAPER, 0.9, box=SMALL)
        jar = DescribedThing("jar", Material.GLASS, 0.5, box=BOX)
        found = alone(paper, jar, DescribedThing("jar", Material.GLASS, 0.9, box=SMALL))
        assert [(each.material, each.box) for each in found] == [(Material.GLASS, BOX), (Material.PAPER, SMALL)]

    def test_what_it_sees_of_the_state_is_told_apart_from_what_people_said(self) -> None:
        (item,) = alone(DescribedThing("jar", Material.GLASS, 0.9, tags=(Tag.CAP_ON,)))
        assert (item.tags, item.seen_tags) == ((), (Tag.CAP_ON,))
        assert item.facts().tags == ()


class TestBesideOurOwn:
    def test_two_that_agree_are_surer_than_either(self) -> None:
        unsure = judged(glass=0.9)
        together = beside(JAR, glass=0.9)
        assert asks(fused(looked(whole=unsure))[0])
        assert not asks(together)
        assert together.candidates[0].item == "jar"

    def test_a_material_model_in_doubt_makes_nothing_sure(self) -> None:
        assert asks(beside(JAR, glass=0.45))

    def test_where_it_contradicts_a_sure_material_both_are_offered(self) -> None:
        item = beside(JAR, food=0.97)
        assert asks(item)
        assert {Material.GLASS, Material.FOOD} <= {each.material for each in item.candidates}

    def test_a_material_of_which_the_other_knows_nothing_is_never_sure(self) -> None:
        for thing in (
            DescribedThing("battery", Material.BATTERY, 1.0),
            DescribedThing("medicine", Material.OTHER, 1.0),
        ):
            assert asks(beside(thing, metal=0.97)), thing

    def test_each_thing_has_the_material_of_the_detection_at_its_place(self) -> None:
        own = looked(BANANA, GLASS, whole=judged(food=0.97))
        things = (DescribedThing("jar", Material.GLASS, 0.9, box=SMALL), DescribedThing(None, Material.PAPER, 0.9))
        vision = VisionResult(own.objects, own.models, own.image_probabilities, own.accept_threshold, described=things)
        paper, jar = fused(vision)
        assert not asks(jar)
        assert paper.material is Material.PAPER
        assert asks(paper), "nobody else looked there"

    def test_pixels_of_a_bottle_speak_of_its_colour(self) -> None:
        bottle = DetectedObject("bottle", 0.9, BOX, judged(plastic=0.9), coloured=True)
        described = DescribedThing("bottle", Material.PET, 0.9, "bottle", BOX)
        clear = beside(described, DetectedObject("bottle", 0.9, BOX, judged(plastic=0.9)), plastic=0.9)
        coloured = beside(described, bottle, plastic=0.9)
        pet = [sum(c.probability for c in each.candidates if c.material is Material.PET) for each in (clear, coloured)]
        assert pet[1] < pet[0] / 2


described = st.builds(
    DescribedThing,
    st.sampled_from([None, "jar", "medicine", "battery", "bottle", "no-such-item"]),
    st.sampled_from(list(Material)),
    st.floats(0, 1),
    st.sampled_from([None, "jar", "bottle"]),
    st.sampled_from([None, BOX, SMALL]),
)


@given(judgements, st.lists(described, min_size=1, max_size=4), st.booleans())
def test_whatever_a_model_says_it_is_never_sure_without_the_other(
    shares: dict[Material, float], things: list[DescribedThing], looked_at: bool
) -> None:
    own = looked(BANANA, GLASS, whole=shares) if looked_at else VisionResult((), {})
    vision = VisionResult(
        own.objects, own.models, own.image_probabilities, own.accept_threshold, described=tuple(things)
    )
    known = {meaning.item for meant in (MEANINGS | ITEMS).values() for meaning in meant}
    known |= {meaning.item for meant in DIVISIONS.values() for meaning in meant}
    for item in fused(vision):
        assert sum(each.probability for each in item.candidates) <= 1 + 1e-6
        assert {each.item for each in item.candidates} <= known | {None}
        if not looked_at:
            assert asks(item)
        elif not asks(item) and len(things) == 1:
            likeliest = max(shares, key=lambda each: shares[each])
            best = item.candidates[0].material
            assert best is likeliest or (best, likeliest) == (Material.PET, Material.PLASTIC)
            assert shares[likeliest] >= AGREEING
