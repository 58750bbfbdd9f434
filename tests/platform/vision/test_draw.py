"""Annotated copies."""

import numpy as np
import pytest

from bunri.kit.languages import LANGUAGES, Language
from bunri.platform.vision.draw import annotate
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

    def test_nothing_found_changes_nothing(self) -> None:
        noise = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
        assert (annotate(noise, [], "ko") == noise).all()
