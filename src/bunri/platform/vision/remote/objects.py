"""From a remote detector's classes to DetectedObject."""

from collections.abc import Iterable, Mapping
from typing import Final

from bunri.kit.materials import Material
from bunri.platform.vision.protocol import Box, DetectedObject

MAX_OBJECTS: Final = 20
LONGEST_LABEL: Final = 60
MATERIALS: Final = {material.value: material for material in Material if material is not Material.UNKNOWN}


def detected(label: str, score: float, box: Box | None, materials: Mapping[str, Material]) -> DetectedObject:
    """One detection. A class that ``materials`` names, or that is named like a material, gives its material too."""
    label = clean(label) or "unknown"
    material = materials.get(label) or MATERIALS.get(label)
    return DetectedObject(label, score, box, {material: score} if material else {})


def likeliest(objects: Iterable[DetectedObject]) -> tuple[DetectedObject, ...]:
    """The MAX_OBJECTS of the highest score, best first."""
    return tuple(sorted(objects, key=lambda each: -each.score)[:MAX_OBJECTS])


def clean(label: str) -> str:
    """A class name that is safe to show and to pass on: lower-case letters, digits and single spaces, bounded.

    It may come from a model that has read the photo, so nothing in it may look like markup or a command.
    """
    words = "".join(letter if letter.isalnum() else " " for letter in label[: 4 * LONGEST_LABEL].lower()).split()
    return " ".join(words)[:LONGEST_LABEL].strip()
