"""From what was seen in a photo to what is seen in a part of it. Pure."""

from dataclasses import replace
from typing import Final

from bunri.platform.photos.picture import Fractions
from bunri.platform.vision.protocol import Box, VisionResult

_SHOWN: Final = 0.8
"""How much of each thing the part must show."""


def as_seen_in(result: VisionResult, place: Fractions) -> VisionResult | None:
    """What was seen in a photo, with boxes as they are in the picture that lies at ``place`` in it; None where that
    cuts off a thing, since it may have been cropped to be about another."""
    boxes = [*(thing.box for thing in result.objects), *(thing.box for thing in result.described)]
    if any(box and _shown(box, place) < _SHOWN for box in boxes):
        return None
    return replace(
        result,
        objects=tuple(replace(thing, box=thing.box and _moved(thing.box, place)) for thing in result.objects),
        described=tuple(replace(thing, box=thing.box and _moved(thing.box, place)) for thing in result.described),
    )


def _shown(box: Box, place: Fractions) -> float:
    """Share of ``box`` that is within ``place``."""
    width = min(box[2], place[2]) - max(box[0], place[0])
    height = min(box[3], place[3]) - max(box[1], place[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(width, 0) * max(height, 0) / area if area > 0 else 1.0


def _moved(box: Box, place: Fractions) -> Box:
    left, top, right, bottom = place
    x1, x2 = ((at - left) / (right - left) for at in (box[0], box[2]))
    y1, y2 = ((at - top) / (bottom - top) for at in (box[1], box[3]))
    return max(x1, 0.0), max(y1, 0.0), min(x2, 1.0), min(y2, 1.0)
