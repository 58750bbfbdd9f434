"""What the first version stored is read for ever, and written as it was."""

from dataclasses import replace
from typing import Any

import pytest

from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject, VisionResult
from bunri.platform.vision.stored import from_stored, to_stored

STORED: dict[str, Any] = {
    "things": [
        {
            "label": "bottle",
            "score": 0.9,
            "box": [0.1, 0.2, 0.5, 0.8],
            "materials": {"glass": 0.7, "plastic": 0.3},
            "form": "bottle",
            "coloured": True,
        },
        {"label": "cup", "score": 0.4, "box": None, "materials": {}, "form": None, "coloured": None},
    ],
    "models": {"detector": "yolox_nano@a1b2c3d4", "classifier": "material@e5f6a7b8"},
    "whole": {"glass": 0.6, "plastic": 0.4},
    "sure": 0.973,
}
RESULT = VisionResult(
    objects=(
        DetectedObject(
            "bottle", 0.9, (0.1, 0.2, 0.5, 0.8), {Material.GLASS: 0.7, Material.PLASTIC: 0.3}, "bottle", coloured=True
        ),
        DetectedObject("cup", 0.4),
    ),
    models={"detector": "yolox_nano@a1b2c3d4", "classifier": "material@e5f6a7b8"},
    image_probabilities={Material.GLASS: 0.6, Material.PLASTIC: 0.4},
    accept_threshold=0.973,
)


def test_a_row_of_the_first_version_is_read() -> None:
    assert from_stored(STORED) == RESULT


def test_a_row_is_written_as_the_first_version_did() -> None:
    assert to_stored(RESULT) == STORED


def test_names_and_a_second_opinion_are_kept_where_there_are_any() -> None:
    named = replace(RESULT, names={"imagenet:pop bottle": 0.7}, second_opinion={Material.GLASS: 0.9})
    assert from_stored(to_stored(named)) == named


def test_so_is_what_the_open_vocabulary_said() -> None:
    seen = replace(RESULT, vocabulary={"drink-can": 0.4})
    assert from_stored(to_stored(seen)) == seen


def test_what_was_left_out_has_its_default() -> None:
    assert from_stored({"things": [{"label": "cup", "score": 0.4}], "models": {}}) == VisionResult(
        objects=(DetectedObject("cup", 0.4),), models={}
    )


def test_anything_else_is_refused() -> None:
    with pytest.raises(ValueError, match="things"):
        from_stored({"models": {}})
