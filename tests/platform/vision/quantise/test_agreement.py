"""One detector graded by another."""

import pytest

from bunri.platform.vision.protocol import Box, Detection
from bunri.platform.vision.quantise.agreement import agreement

LEFT: Box = (0.0, 0.0, 0.4, 0.4)
RIGHT: Box = (0.5, 0.5, 0.9, 0.9)


def seen(score: float, box: Box = LEFT, label: str = "cup") -> Detection:
    return Detection(label, score, box)


class TestAgreeing:
    def test_with_itself_is_whole(self) -> None:
        found = [[seen(0.9), seen(0.3, RIGHT)], [], [seen(0.5, label="bottle"), seen(0.1, RIGHT)]]
        graded = agreement(found, found)
        assert graded
        assert (graded.pictures, graded.objects) == (3, 3)
        assert (graded.recall, graded.precision, graded.ap50) == (1, 1, 1)
        assert graded.score_difference == 0

    def test_nothing_to_agree_on_has_no_grade(self) -> None:
        assert agreement([[seen(0.2)], []], [[seen(0.9)], []]) is None

    def test_finding_nothing_is_zero(self) -> None:
        graded = agreement([[seen(0.9)]], [[]])
        assert graded
        assert (graded.recall, graded.precision, graded.ap50, graded.score_difference) == (0, 0, 0, 0)

    @pytest.mark.parametrize("other", [seen(0.9, RIGHT), seen(0.9, label="bottle"), seen(0.9, (0.2, 0.0, 0.6, 0.4))])
    def test_another_place_or_class_is_another_object(self, other: Detection) -> None:
        graded = agreement([[seen(0.9)]], [[other]])
        assert graded
        assert (graded.recall, graded.precision) == (0, 0)

    def test_an_object_is_found_once(self) -> None:
        graded = agreement([[seen(0.9)]], [[seen(0.5), seen(0.8, (0.0, 0.0, 0.4, 0.38))]])
        assert graded
        assert (graded.recall, graded.precision) == (1, 0.5)
        assert graded.score_difference == pytest.approx(0.1)  # the surer one was the object

    def test_ap_counts_what_the_threshold_hides_and_recall_does_not(self) -> None:
        graded = agreement([[seen(0.9), seen(0.3, RIGHT)]], [[seen(0.9), seen(0.2, RIGHT)]])
        assert graded
        assert (graded.ap50, graded.recall, graded.precision) == (1, 0.5, 1)

    def test_ap_is_the_mean_precision_over_recalls(self) -> None:
        """Right, wrong, right: precision 1 up to a recall of one half (51 of 101 points), two thirds beyond."""
        claims = [seen(0.9), seen(0.8, RIGHT, "bottle"), seen(0.7, RIGHT)]
        graded = agreement([[seen(0.9), seen(0.9, RIGHT)]], [claims])
        assert graded
        assert graded.ap50 == pytest.approx((51 + 50 * 2 / 3) / 101)

    def test_different_pictures_cannot_be_compared(self) -> None:
        with pytest.raises(ValueError):
            agreement([[seen(0.9)]], [])
