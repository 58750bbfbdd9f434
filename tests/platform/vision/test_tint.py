"""Which bottles pixels call coloured: drawn ones, and real ones that were labelled by eye."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from bunri.platform.vision.local import crop
from bunri.platform.vision.protocol import Pixels
from bunri.platform.vision.tint import coloured

LABELLED = Path(__file__).parents[3] / "bench" / "bottles.csv"
GREY, GREEN, BROWN, WHITE = (150, 148, 146), (60, 150, 70), (30, 70, 130), (235, 236, 238)
Colour = tuple[int, int, int]


def bottle(body: Colour, *, label: Colour | None = None, cap: Colour = WHITE, ground: Colour = GREY) -> Pixels:
    """200 × 100 pixels of a bottle before its ground, perhaps with a label over half of its body."""
    picture = np.full((200, 100, 3), ground, np.uint8)
    cv2.rectangle(picture, (42, 4), (58, 24), cap, -1)
    cv2.rectangle(picture, (20, 26), (80, 196), body, -1)
    if label:
        cv2.rectangle(picture, (20, 90), (80, 175), label, -1)
    return picture


class TestDrawn:
    @pytest.mark.parametrize("body", [GREEN, BROWN])
    def test_a_coloured_body_is_told(self, body: Colour) -> None:
        assert coloured(bottle(body))
        assert coloured(bottle(body, ground=WHITE))

    @pytest.mark.parametrize("body", [GREY, WHITE, (120, 120, 118)])
    def test_what_has_no_colour_is_not(self, body: Colour) -> None:
        assert not coloured(bottle(body))

    def test_neither_label_nor_cap_make_a_clear_one_coloured(self) -> None:
        assert not coloured(bottle(GREY, label=GREEN, cap=GREEN))

    def test_nor_does_a_ground_that_shines_through(self) -> None:
        assert not coloured(bottle(GREEN, ground=GREEN))

    @pytest.mark.parametrize("shape", [(1, 1, 3), (3, 400, 3), (400, 2, 3)])
    def test_a_crop_of_any_shape_is_answered(self, shape: tuple[int, int, int]) -> None:
        assert coloured(np.zeros(shape, np.uint8)) is False


class TestLabelledByEye:
    def test_what_it_tells_is_right(self, shared: Path) -> None:
        told = []
        with LABELLED.open(newline="") as table:
            rows = list(csv.DictReader(table))
        for row in rows:
            picture = cv2.imread(str(shared / "data" / row["picture"]))
            assert picture is not None, row["picture"]
            x1, y1, x2, y2 = (float(row[side]) for side in ("x1", "y1", "x2", "y2"))
            if coloured(crop(np.asarray(picture, np.uint8), (x1, y1, x2, y2))):
                told.append(row["colour"] == "coloured")
        assert len(rows) >= 60
        assert len(told) >= 25
        assert sum(told) / len(told) >= 0.95
