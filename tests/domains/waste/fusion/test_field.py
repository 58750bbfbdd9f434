"""What confirmed photos that look alike add to the evidence, and what they may not do."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from tests.domains.waste.fusion.scenes import DIVISIONS, KINDS, MEANINGS, categories, judged, judgements, looked

from bunri.domains.waste.fusion import SeenItem, fuse, question
from bunri.domains.waste.fusion.field import FieldOpinion, prior, with_neighbours
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject, VisionResult

KNOWN: tuple[Material, ...] = tuple(material for material in Material if material is not Material.UNKNOWN)


def neighbours(
    material: Material, share: float = 0.9, *, two: bool = True, threshold: float = 0.8, **items: float
) -> FieldOpinion:
    shares = {each: share if each is material else (1 - share) / (len(KNOWN) - 1) for each in KNOWN}
    named = {item.replace("_", "-"): each for item, each in items.items()}
    return FieldOpinion(shares, frozenset({material}), frozenset({material} if two else ()), threshold, named)


def _item(result: VisionResult, field: FieldOpinion | None = None) -> SeenItem:
    return fuse(result, MEANINGS, "ko", field=field)[0]


def _asks(result: VisionResult, field: FieldOpinion | None) -> bool:
    item = _item(result, field)
    return question(item, 0.75, "ko", categories(item), KINDS) is not None


DOUBT = looked(whole=judged(glass=0.5, plastic=0.4), second=judged(glass=0.6, plastic=0.3))


class TestEvidence:
    def test_neighbours_put_their_material_first(self) -> None:
        assert _item(DOUBT).material is Material.GLASS
        assert _item(DOUBT, neighbours(Material.METAL)).material is Material.METAL

    def test_they_name_materials_for_which_the_networks_have_no_class(self) -> None:
        metal = looked(whole=judged(metal=0.5), second=judged(metal=0.6))
        assert Material.BATTERY not in {each.material for each in _item(metal).candidates}
        assert _item(metal, neighbours(Material.BATTERY)).material is Material.BATTERY

    def test_they_tell_clear_bottles_from_other_plastic(self) -> None:
        plastic = looked(whole=judged(plastic=0.9), second=judged(plastic=0.9))
        assert _asks(plastic, None)
        assert _item(plastic, neighbours(Material.PET)).material is Material.PET
        assert not _asks(plastic, neighbours(Material.PET))

    def test_they_name_items_where_there_is_doubt(self) -> None:
        meanings = {**MEANINGS, "medicine": MEANINGS["name:pills"]}
        field = neighbours(Material.OTHER, medicine=0.9)
        (item,) = fuse(looked(whole=judged(plastic=0.3)), meanings, "ko", field=field)
        assert item.candidates[0].item == "medicine"

    def test_beside_other_things_they_are_not_heard(self) -> None:
        two = (
            DetectedObject("bottle", 0.9, (0.1, 0.1, 0.4, 0.9), judged(glass=0.5)),
            DetectedObject("banana", 0.9, (0.6, 0.2, 0.9, 0.5), judged(food=0.5)),
        )
        result = looked(*two, whole=judged(glass=0.5), second=judged(glass=0.5))
        assert fuse(result, MEANINGS, "ko", field=neighbours(Material.METAL)) == fuse(result, MEANINGS, "ko")

    @given(judgements, st.sampled_from(KNOWN), st.floats(0.1, 0.95))
    def test_what_both_say_adds_up(self, shares: Mapping[Material, float], material: Material, share: float) -> None:
        both = with_neighbours(shares, neighbours(material, share))
        assert abs(sum(both.values()) - 1) < 1e-6
        assert set(both) >= {*shares, material}

    @given(judgements)
    def test_what_nobody_taught_changes_nothing(self, shares: Mapping[Material, float]) -> None:
        assert set(prior(shares, frozenset())) == set(shares)


class TestBeingSure:
    def test_neighbours_by_two_and_a_network_are_sure_together(self) -> None:
        assert _asks(DOUBT, None)
        assert not _asks(DOUBT, neighbours(Material.GLASS, 0.95))

    def test_one_person_is_not(self) -> None:
        assert _asks(DOUBT, neighbours(Material.GLASS, 0.95, two=False))

    def test_neighbours_alone_are_not(self) -> None:
        assert _asks(DOUBT, neighbours(Material.METAL, 0.99))

    def test_nor_where_the_threshold_was_never_reached(self) -> None:
        assert _asks(DOUBT, neighbours(Material.GLASS, 0.99, threshold=2.0))

    def test_who_contradicts_what_both_networks_are_sure_of_leaves_it_to_the_person(self) -> None:
        glass = looked(whole=judged(glass=0.85), second=judged(glass=0.82))
        assert not _asks(glass, None)
        assert _asks(glass, neighbours(Material.PLASTIC, 0.95))

    def test_one_person_who_contradicts_does_not(self) -> None:
        """Alone nobody gets more than half of the shares (``field_bank``)."""
        glass = looked(whole=judged(glass=0.95), second=judged(glass=0.95))
        assert not _asks(glass, neighbours(Material.PLASTIC, 0.48, two=False))

    def test_what_divides_over_disposals_is_still_asked_about(self) -> None:
        cloth = looked(whole=judged(textile=0.9), second=judged(textile=0.9))
        (item,) = fuse(cloth, MEANINGS, "ko", divisions=DIVISIONS, field=neighbours(Material.TEXTILE, 0.95))
        assert question(item, 0.75, "ko", [each.value for each in item.candidates], KINDS) is not None
