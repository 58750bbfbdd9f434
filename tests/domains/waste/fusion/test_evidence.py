"""What two sources of evidence say together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domains.waste.fusion.scenes import (
    BOX,
    JUDGED,
    MEANINGS,
    asked,
    categories,
    judged,
    judgements,
    looked,
    one,
    seen,
    values,
)

from bunri.domains.waste.fusion import confidence, fuse, question
from bunri.domains.waste.fusion.evidence import MaterialEvidence, label_reliability, pool
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject, VisionResult


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
        crisps = seen(DetectedObject("crumpled crisp bag", 0.9, BOX, {Material.VINYL: 0.9}, form="bag"))
        (item,) = fuse(crisps, {}, "en")
        assert (item.material, item.form) == (Material.VINYL, "bag")
        assert item.candidates[0].name == "crumpled crisp bag"
        (in_korean,) = fuse(crisps, {}, "ko")
        assert in_korean.candidates[0].name == "비닐"
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
