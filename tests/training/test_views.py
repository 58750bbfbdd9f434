"""Cutting things out and laying them elsewhere."""

import cv2
import numpy as np
import pytest
from training.cutouts import Cutout, Image, board, cut_out

from training import views

SIDE = 96


@pytest.fixture
def red_on_board() -> Image:
    """A red disc of 60 pixels' radius on a pale board whose light falls off to the right."""
    pixels = np.full((240, 320, 3), (205, 215, 220), np.float32) * np.linspace(1, 0.75, 320, dtype=np.float32)[:, None]
    cv2.circle(pixels, (160, 120), 60, (30, 30, 190), -1)
    return pixels.astype(np.uint8)


@pytest.fixture
def props(red_on_board: Image) -> views.Props:
    return views.Props((Cutout(red_on_board, cut_out(red_on_board, on_board=True)),), ())


class TestCutOut:
    def test_finds_the_disc_and_nothing_else(self, red_on_board: Image) -> None:
        alpha = cut_out(red_on_board, on_board=True)
        assert alpha is not None
        truth = np.zeros(alpha.shape, np.uint8)
        cv2.circle(truth, (160, 120), 60, 1, -1)
        found = alpha > 127
        assert (found & (truth > 0)).sum() / (found | (truth > 0)).sum() > 0.93

    def test_a_plain_picture_has_no_thing(self) -> None:
        assert cut_out(np.full((240, 320, 3), 200, np.uint8), on_board=True) is None

    def test_the_board_is_seen_behind_the_thing(self, red_on_board: Image) -> None:
        behind = board(red_on_board)[120, 160]
        np.testing.assert_allclose(behind, np.array([205, 215, 220]) * 0.875, atol=6)


class TestView:
    def test_the_same_seed_draws_the_same_view(self, red_on_board: Image, props: views.Props) -> None:
        picture = props.lenders[0]
        first, again = (views.view(picture, props, np.random.default_rng(4), SIDE) for _ in range(2))
        np.testing.assert_array_equal(first, again)

    @pytest.mark.parametrize("seed", range(8))
    def test_a_laid_thing_keeps_its_colour_on_a_grey_floor(self, props: views.Props, seed: int) -> None:
        shown = views.view(props.lenders[0], props, np.random.default_rng(seed), SIDE, views.FLOOR).astype(int)
        assert shown.shape == (SIDE, SIDE, 3)
        middle = shown[SIDE // 2 - 4 : SIDE // 2 + 4, SIDE // 2 - 4 : SIDE // 2 + 4].mean((0, 1))
        assert middle[0] > 1.5 * middle[1]

    @pytest.mark.parametrize("seed", range(4))
    def test_boards_of_a_ground_are_drawn_and_again_the_same(self, props: views.Props, seed: int) -> None:
        first, again = (views.board_of_background(props, np.random.default_rng(seed), SIDE) for _ in range(2))
        assert first.shape == (SIDE, SIDE, 3)
        assert first.std() > 1
        np.testing.assert_array_equal(first, again)

    def test_a_negative_is_drawn_too(self, props: views.Props) -> None:
        assert views.negative(props, np.random.default_rng(0), SIDE).shape == (SIDE, SIDE, 3)
