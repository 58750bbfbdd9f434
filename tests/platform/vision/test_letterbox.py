"""A picture goes into any canvas and its boxes find the way back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bunri.platform.vision.letterbox import Fit, letterbox

SIDES = st.integers(1, 3000)


class TestFitting:
    @given(SIDES, SIDES, st.sampled_from([32, 416, 640]), st.sampled_from([64, 416]), st.booleans())
    def test_the_scaled_picture_lies_inside_and_its_corners_are_the_corners(
        self, width: int, height: int, rows: int, columns: int, centred: bool
    ) -> None:
        fit = Fit.into((width, height), rows, columns, centred=centred)
        right, bottom = fit.left + fit.inner[0], fit.top + fit.inner[1]
        assert 0 <= fit.left < right <= columns
        assert 0 <= fit.top < bottom <= rows
        whole = np.array([[fit.left, fit.top, right, bottom]], np.float32)
        np.testing.assert_allclose(fit.fractions(whole), [[0, 0, 1, 1]], atol=1e-6)

    def test_boxes_are_clipped_to_the_picture(self) -> None:
        fit = Fit.into((200, 100), 64, 64, centred=True)
        assert fit.fractions(np.array([[-5, 0, 90, 48]], np.float32)).tolist() == [[0, 0, 1, 1]]

    def test_the_rest_of_the_canvas_is_padding(self) -> None:
        pixels = np.full((10, 20, 3), 200, np.uint8)
        top_left = letterbox(pixels, Fit.into((20, 10), 64, 64, centred=False), 114)
        assert (top_left[:32] == 200).all()
        assert (top_left[32:] == 114).all()
        middle = letterbox(pixels, Fit.into((20, 10), 64, 64, centred=True), 0)
        assert (middle[16:48] == 200).all()
        assert not middle[:16].any()
        assert not middle[48:].any()
