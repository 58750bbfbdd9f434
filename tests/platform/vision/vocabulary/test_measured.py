"""What scores are worth is found on photos whose answer is known."""

import numpy as np
import pytest

from bunri.platform.vision.vocabulary.measured import Judged, bounds, fit, right_rows
from bunri.platform.vision.vocabulary.rows import EmbeddedRows, shares

ROWS = 12


def drawn(truth_scale: float, reliability: float, photos: int = 4000) -> Judged:
    """Answers drawn as the mixture says: by their shares, or any row."""
    chance = np.random.default_rng(4)
    similarities = chance.normal(0.2, 0.03, (photos, ROWS)).astype(np.float32)
    likely = reliability * shares(similarities, truth_scale) + (1 - reliability) / ROWS
    answers = [chance.choice(ROWS, p=row / row.sum()) for row in likely]
    return Judged(similarities, np.eye(ROWS, dtype=bool)[answers])


class TestFitting:
    @pytest.mark.parametrize(("scale", "reliability"), [(100, 0.8), (40, 0.6), (150, 0.4)])
    def test_it_finds_what_the_answers_were_drawn_with(self, scale: float, reliability: float) -> None:
        found = fit(drawn(scale, reliability), "v")
        assert found.reliability == pytest.approx(reliability, abs=0.11)
        assert scale / 1.6 <= found.scale <= scale * 1.6

    def test_scores_that_say_nothing_are_worth_nothing(self) -> None:
        judged = drawn(100, 0.8)
        shuffled = Judged(judged.similarities, np.roll(judged.right, 1, axis=0))
        found = fit(shuffled, "v")
        chance = np.mean(shares(shuffled.similarities, found.scale).max(axis=1)) * found.reliability
        assert chance < 0.12

    def test_a_model_that_is_always_right_is_believed_by_nine_tenths_at_most(self) -> None:
        similarities = np.where(np.eye(ROWS, dtype=bool), 0.4, 0.1).astype(np.float32)
        found = fit(Judged(np.tile(similarities, (5, 1)), np.tile(np.eye(ROWS, dtype=bool), (5, 1))), "v")
        assert (found.photos, found.right, found.in_three) == (60, 60, 60)
        assert found.reliability == 0.9

    def test_of_a_material_any_of_its_rows_is_right(self) -> None:
        right = right_rows(("can", "cup", "jar"), {"cup", "jar"})
        judged = Judged(np.asarray([[0.3, 0.1, 0.2]], np.float32), right[None])
        assert judged.ranks().tolist() == [1]


class TestRows:
    def test_a_row_is_as_near_as_its_nearest_sentence(self) -> None:
        embedded = EmbeddedRows.of({"a": ["x", "y"], "b": ["z"]}, np.eye(3, dtype=np.float32))
        picture = np.asarray([[0.1, 0.9, 0.4]], np.float32)
        np.testing.assert_allclose(embedded.similarities(picture), [[0.9, 0.4]])

    def test_shares_add_up_to_one_for_the_largest_similarities_too(self) -> None:
        found = shares(np.asarray([[1, -1, 0.99]], np.float32), 300)
        assert found.sum() == pytest.approx(1)
        assert np.isfinite(found).all()


def test_bounds_are_wilsons() -> None:
    assert bounds(0, 0) == (0, 1)
    assert bounds(19, 20) == pytest.approx((0.764, 0.991), abs=0.001)
