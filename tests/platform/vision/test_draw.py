"""Annotated copies."""

import numpy as np
import pytest

from bunri.kit.languages import LANGUAGES, Language
from bunri.platform.vision.draw import annotate, colours
from bunri.platform.vision.protocol import Detection


class TestAnnotating:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_draws_box_and_name_on_a_copy(self, language: Language) -> None:
        grey = np.full((200, 300, 3), 100, np.uint8)
        drawn = annotate(grey, [Detection("bottle", 0.87, (0.25, 0.5, 0.75, 1.0))], language)
        assert (grey == 100).all()
        changed = (drawn != 100).any(axis=2)
        assert changed[150, 75]
        assert not changed[150, 150]
        assert changed[80:100, 75:140].mean() > 0.5
        assert not changed[:70].any()

    def test_names_at_the_top_stay_inside(self) -> None:
        drawn = annotate(np.zeros((60, 60, 3), np.uint8), [Detection("cup", 1.0, (0, 0, 1, 1))], "en")
        assert drawn[4:10, 2:30].any()

    def test_names_of_boxes_in_one_place_are_written_below_each_other(self) -> None:
        grey = np.full((200, 300, 3), 100, np.uint8)
        box = (0.2, 0.5, 0.9, 0.9)
        one = annotate(grey, [Detection("cup", 0.9, box)], "en")
        two = annotate(grey, [Detection("cup", 0.9, box), Detection("vase", 0.8, box)], "en")
        assert (two[80:99] == one[80:99]).all()
        assert (two[102:115, 70:110] != one[102:115, 70:110]).any()

    def test_names_at_the_right_edge_stay_inside(self) -> None:
        grey = np.full((200, 300, 3), 100, np.uint8)
        drawn = annotate(grey, [Detection("wine glass", 0.9, (0.95, 0.5, 1, 1))], "en")
        assert (drawn[85:98, 200:270] != 100).any(axis=2).mean() > 0.9

    def test_a_thousand_in_one_place_are_drawn(self) -> None:
        grey = np.full((200, 300, 3), 100, np.uint8)
        assert annotate(grey, [Detection("cup", 0.9, (0.2, 0.5, 0.9, 0.9))] * 1000, "en").shape == grey.shape

    def test_nothing_found_changes_nothing(self) -> None:
        noise = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
        assert (annotate(noise, [], "ko") == noise).all()


class TestColours:
    def test_each_label_has_its_own_and_keeps_it(self) -> None:
        found = colours(["cup", "bottle", "cup", "orange", "vase", "dining table"])
        assert len(set(found.values())) == len(found) == 5
        assert colours(["cup"])["cup"] == found["cup"]
