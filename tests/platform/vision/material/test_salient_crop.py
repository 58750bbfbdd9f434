"""Finds an object on a plain background, and nothing where that is not clear."""

import cv2
import numpy as np
import pytest

from bunri.platform.vision.material.salient_crop import salient_crop


class TestSalientCrop:
    def test_comes_closer_to_the_thing_on_a_floor(self) -> None:
        floor = np.random.default_rng(3).normal(130, 5, (600, 800, 3)).clip(0, 255).astype(np.uint8)
        cv2.rectangle(floor, (500, 100), (600, 260), (30, 30, 200), -1)
        closer = salient_crop(floor)
        assert closer is not None
        assert closer.shape[0] == pytest.approx(160 * 1.24, abs=20)
        assert (closer == (30, 30, 200)).all(2).mean() > 0.4

    def test_says_nothing_where_nothing_stands_out(self) -> None:
        assert salient_crop(np.random.default_rng(3).integers(0, 256, (300, 300, 3), np.uint8)) is None

    def test_says_nothing_where_the_thing_fills_the_picture(self) -> None:
        close = np.full((300, 300, 3), 200, np.uint8)
        cv2.rectangle(close, (20, 20), (280, 280), (30, 30, 200), -1)
        assert salient_crop(close) is None

    @pytest.mark.parametrize("shape", [(1, 1), (2, 900), (900, 2), (96, 96), (97, 97)])
    def test_takes_crops_of_every_shape(self, shape: tuple[int, int]) -> None:
        assert salient_crop(np.full((*shape, 3), 50, np.uint8)) is None
