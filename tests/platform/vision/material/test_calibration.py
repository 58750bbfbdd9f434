"""Logits and similarities become probabilities that doubt what is unfamiliar."""

import json

import numpy as np
import pytest

from bunri.kit.materials import Material
from bunri.platform.vision.material import MATERIALS, Calibration


class TestDoubt:
    CALIBRATION = Calibration(
        materials=MATERIALS,
        network_weight=1,
        similarity_weight=4,
        background_weight=8,
        bias=(0.0,) * (len(MATERIALS) + 1),
        accept_threshold=0.9,
        most_choices=3,
    )

    def judged(self, logits: dict[str, float], similarity: dict[str, float]) -> dict[Material, float]:
        """Probabilities where all that is not named speaks for nothing."""
        names = [*(name.value for name in MATERIALS), "none"]
        rows = [
            np.array([[said.get(name, 0) for name in shown]], np.float32)
            for said, shown in ((logits, names[:-1]), (similarity, names))
        ]
        (row,) = self.CALIBRATION.probabilities(*rows)
        return dict(zip(MATERIALS, row.tolist(), strict=True))

    def spread(self, **shares: float) -> dict[Material, float]:
        rest = (1 - sum(shares.values())) / (len(MATERIALS) - len(shares))
        return {name: shares.get(name.value, rest) for name in MATERIALS}

    def test_the_file_keeps_its_first_keys(self) -> None:
        stored = json.loads(self.CALIBRATION.model_dump_json())
        assert {key: stored[key] for key in ("network", "memory", "nothing", "sure")} == {
            "network": 1,
            "memory": 4,
            "nothing": 8,
            "sure": 0.9,
        }
        assert Calibration.model_validate(stored) == self.CALIBRATION

    def test_only_from_the_threshold_on_it_is_sure(self) -> None:
        assert self.CALIBRATION.is_sure(self.spread(glass=0.9))
        assert not self.CALIBRATION.is_sure(self.spread(glass=0.89))

    def test_something_else_is_never_a_sure_answer(self) -> None:
        assert not self.CALIBRATION.is_sure(self.spread(other=0.99))

    def test_it_asks_for_the_three_likeliest_but_never_for_something_else(self) -> None:
        asked = self.CALIBRATION.choices(self.spread(glass=0.3, other=0.4, plastic=0.15, metal=0.1))
        assert asked == (Material.GLASS, Material.PLASTIC, Material.METAL)

    def test_what_is_remembered_of_a_class_makes_it_likelier(self) -> None:
        without = self.judged({"glass": 4, "plastic": 3}, {})
        assert (
            self.judged({"glass": 4, "plastic": 3}, {"glass": 0.9, "plastic": 0.2})[Material.GLASS]
            > (without[Material.GLASS])
        )

    def test_what_looks_like_none_is_doubted_without_another_answer(self) -> None:
        plain, odd = (self.judged({"glass": 6, "plastic": 2}, {"glass": 0.5, "none": none}) for none in (0, 0.9))
        assert odd[Material.GLASS] < plain[Material.GLASS]
        assert sorted(odd, key=odd.__getitem__)[-2:] == [Material.PLASTIC, Material.GLASS]
        assert sum(odd.values()) == pytest.approx(1, abs=1e-5)
