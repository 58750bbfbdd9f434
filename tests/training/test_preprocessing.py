"""What the network was taught on and what it is shown at use are made by the same code."""

from pathlib import Path

import cv2
import numpy as np

from bunri.platform.vision.material.classifier import MATERIALS, SIDE, looks
from training import sets
from training.samples import Sample


def a_picture(folder: Path, height: int, width: int) -> Path:
    path = folder / "thing.png"
    cv2.imwrite(str(path), np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))
    return path


class TestPreprocessing:
    def test_a_measured_picture_is_the_first_look_of_the_classifier(self, tmp_path: Path) -> None:
        path = a_picture(tmp_path, 90, 301)
        target = tuple(float(name == "glass") for name in MATERIALS)
        drawn = sets.whole(tmp_path / "set.npy", [Sample(path, "web", "test", target, (0,))], SIDE)
        picture = cv2.imread(str(path))
        assert picture is not None
        first, second = looks(np.asarray(picture, np.uint8))
        np.testing.assert_array_equal(drawn.pixels[0], first)
        np.testing.assert_array_equal(first[:, ::-1], second)
