"""Crops of all shapes become squares."""

import numpy as np

from bunri.platform.vision.material.square import GREY, square


class TestSquare:
    def test_a_four_to_three_photo_is_squeezed_without_a_border(self) -> None:
        assert (square(np.full((300, 400, 3), 9, np.uint8), 64) == 9).all()

    def test_a_long_crop_is_padded_in_the_middle_with_grey(self) -> None:
        made = square(np.full((100, 400, 3), 9, np.uint8), 64)
        rows = np.flatnonzero((made == 9).all((1, 2)))
        assert len(rows) == round(64 / 4 * 4 / 3)
        assert rows[0] == (64 - len(rows)) // 2
        assert (made[: rows[0]] == GREY).all()
