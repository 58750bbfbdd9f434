"""Boxes of an earlier photo, as they are in a crop or a screenshot of it."""

import pytest

from bunri.domains.waste.near import as_seen_in
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import Box, DescribedThing, DetectedObject, VisionResult


def seen(*boxes: Box | None) -> VisionResult:
    return VisionResult(tuple(DetectedObject("bottle", 0.9, box) for box in boxes), {"detector": "own@1"})


class TestAsSeenIn:
    def test_in_a_crop_things_are_larger(self) -> None:
        found = as_seen_in(seen((0.2, 0.2, 0.6, 0.6)), (0.1, 0.1, 0.9, 0.9))
        assert found is not None
        assert found.objects[0].box == pytest.approx((0.125, 0.125, 0.625, 0.625))
        assert found.models == {"detector": "own@1"}

    def test_in_a_screenshot_they_are_between_the_bars(self) -> None:
        found = as_seen_in(seen((0, 0, 1, 1)), (0.0, -1.0, 1.0, 2.0))
        assert found is not None
        assert found.objects[0].box == pytest.approx((0, 1 / 3, 1, 2 / 3))

    def test_what_reaches_a_little_over_the_edge_ends_there(self) -> None:
        found = as_seen_in(seen((0.0, 0.2, 0.8, 0.6)), (0.1, 0.0, 0.9, 1.0))
        assert found is not None
        assert found.objects[0].box == pytest.approx((0, 0.2, 0.875, 0.6))

    def test_a_crop_that_cuts_off_one_of_several_things_is_another_question(self) -> None:
        both = seen((0.2, 0.2, 0.6, 0.6), (0.85, 0.2, 1.0, 0.6))
        assert as_seen_in(both, (0.0, 0.0, 0.9, 1.0)) is None

    def test_things_that_a_language_model_saw_move_too(self) -> None:
        described = DescribedThing("cup", Material.PAPER, 0.8, box=(0.2, 0.2, 0.6, 0.6))
        result = VisionResult((), {"describer": "far@1"}, described=(described,))
        found = as_seen_in(result, (0.1, 0.1, 0.9, 0.9))
        assert found is not None
        assert found.described[0].box == pytest.approx((0.125, 0.125, 0.625, 0.625))
        assert as_seen_in(result, (0.5, 0.5, 1.5, 1.5)) is None

    def test_what_has_no_box_needs_none(self) -> None:
        assert as_seen_in(seen(None), (0.1, 0.1, 0.9, 0.9)) == seen(None)
