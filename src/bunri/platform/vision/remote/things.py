"""From a remote detector's classes to our Things."""

from collections.abc import Iterable, Mapping
from typing import Final

from bunri.kit.materials import Material
from bunri.platform.vision.protocol import Box, Thing

MOST_THINGS: Final = 20
LONGEST_LABEL: Final = 60
MATERIALS: Final = {material.value: material for material in Material if material is not Material.UNKNOWN}


def detected(label: str, score: float, box: Box | None, materials: Mapping[str, Material]) -> Thing:
    """One detection. A class that ``materials`` names, or that is called like a material, judges material too."""
    label = clean(label) or "unknown"
    material = materials.get(label) or MATERIALS.get(label)
    return Thing(label, score, box, {material: score} if material else {})


def likeliest(things: Iterable[Thing]) -> tuple[Thing, ...]:
    """The MOST_THINGS of the highest score, best first."""
    return tuple(sorted(things, key=lambda thing: -thing.score)[:MOST_THINGS])


def clean(label: str) -> str:
    """A class name that is safe to show and to pass on: lower-case letters, digits and single spaces, bounded.

    It may come from a model that has read the photo, so nothing in it may look like markup or a command.
    """
    words = "".join(letter if letter.isalnum() else " " for letter in label[: 4 * LONGEST_LABEL].lower()).split()
    return " ".join(words)[:LONGEST_LABEL].strip()
