"""Names that people use for a model's classes."""

import pytest

from bunri.domains.detection.classes import chosen
from bunri.domains.detection.errors import ClassUnknown
from bunri.platform.vision.coco import CLASSES


class TestChoosing:
    def test_any_language_any_case_any_spaces(self) -> None:
        assert chosen("Wine  Glass, 병,cup", CLASSES, "m") == {"wine glass", "bottle", "cup"}

    def test_nothing_wanted_is_no_choice(self) -> None:
        assert chosen(" , ", CLASSES, "m") == frozenset()

    def test_a_model_of_ones_own_has_its_own_names(self) -> None:
        assert chosen("can lid", ["can", "can lid"], "m") == {"can lid"}
        with pytest.raises(ClassUnknown):
            chosen("person", ["can", "can lid"], "m")

    def test_the_unknown_name_comes_with_similar_ones(self) -> None:
        with pytest.raises(ClassUnknown) as raised:
            chosen("cup,battle", CLASSES, "m")
        assert raised.value.data["name"] == "battle"
        assert "bottle" in str(raised.value.data["near"])

    def test_a_name_like_nothing_is_cut_short(self) -> None:
        with pytest.raises(ClassUnknown) as raised:
            chosen("§" * 500, CLASSES, "m")
        assert raised.value.data == {"name": "§" * 40, "model": "m", "near": "–"}
