"""What our own models say of a thing that a language model described. Pure."""

from collections.abc import Sequence
from typing import Final

from bunri.domains.waste.fusion.evidence import Shares
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import Box, DescribedThing, DetectedObject, VisionResult

SAME_PLACE: Final = 0.5
"""From this overlap (intersection over union) on, two boxes are of one thing."""


def distinct(things: Sequence[DescribedThing]) -> list[DescribedThing]:
    """Largest first, of things that are called the same the largest."""
    largest: dict[tuple[str | None, Material], DescribedThing] = {}
    for thing in sorted(things, key=lambda thing: (-_area(thing.box), -thing.probability)):
        largest.setdefault((thing.item, thing.material), thing)
    return list(largest.values())


def detected_as(thing: DescribedThing, vision: VisionResult) -> DetectedObject | None:
    """The detection of ``thing``: that at its place, or the only one where only one thing was described."""
    if len(vision.described) == len(vision.objects) == 1:
        return vision.objects[0]
    overlaps = [(_overlap(thing.box, each.box), each) for each in vision.objects]
    best, same = max(overlaps, key=lambda pair: pair[0], default=(0.0, None))
    return same if best >= SAME_PLACE else None


def own_materials(detection: DetectedObject | None, vision: VisionResult) -> Shares:
    """Probabilities of the material model: of the whole picture where one thing was described, else of the crop; empty
    where it did not look."""
    if len(vision.described) == 1:
        return vision.image_probabilities
    return detection.materials if detection and vision.accept_threshold is not None else {}


def _overlap(one: Box | None, other: Box | None) -> float:
    if one is None or other is None:
        return 0.0
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0.0, width) * max(0.0, height)
    return both / (_area(one) + _area(other) - both)


def _area(box: Box | None) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) if box else 1.0
