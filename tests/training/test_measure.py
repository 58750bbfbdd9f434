"""Measuring a model on labelled pictures."""

from pathlib import Path

import numpy as np
from training.samples import Sample

from bunri.platform.vision.material import MATERIALS
from training import measure


class TestMeasure:
    def test_several_right_answers_all_count(self) -> None:
        paper, cardboard = MATERIALS.index("paper"), MATERIALS.index("cardboard")
        row = np.zeros((1, len(MATERIALS)), np.float32)
        row[0, cardboard] = 1
        either = Sample(Path(), "web", "test", (0.1,) * len(MATERIALS), (paper, cardboard))
        assert measure.is_right(row, [either]).all()
        assert measure.confusion(row, [either])[cardboard, cardboard] == 1
