"""How well two detectors agree: one is taken for the truth, the other is graded as a detector of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bunri.platform.vision.protocol import Box, Detection

SURE: Final = 0.25
"""The score from which on a detection of the first counts as an object, and one of the second as claimed."""
FAINT: Final = 0.02
"""The least score that takes part in AP: a curve over all thresholds needs the faint ones too."""
_SAME_PLACE: Final = 0.5
_RECALLS: Final = np.linspace(0, 1, 101)

Found = Sequence[Sequence[Detection]]
"""By picture."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """All but the counts are fractions 0–1, over all classes together."""

    pictures: int
    objects: int
    """Of the first, with a score of at least ``SURE``."""
    ap50: float
    """Average precision of the second at an IoU of 0.5, interpolated at 101 recalls as COCO does it."""
    recall: float
    precision: float
    """Both at the threshold ``SURE``."""
    score_difference: float
    """Mean of |difference| where both found the same object."""


@dataclass(frozen=True, slots=True)
class _Claim:
    score: float
    difference: float | None
    """To the score of the object that it is; None when it is none."""


def agreement(truth: Found, found: Found) -> Agreement | None:
    """None when there is no object that could be agreed on. Raises ValueError for different numbers of pictures."""
    objects = [[each for each in picture if each.score >= SURE] for picture in truth]
    count = sum(map(len, objects))
    if not count:
        return None
    claims = [claim for pair in zip(objects, found, strict=True) for claim in _claims(*pair)]
    sure = [claim for claim in claims if claim.score >= SURE]
    right = [claim.difference for claim in sure if claim.difference is not None]
    return Agreement(
        pictures=len(objects),
        objects=count,
        ap50=_average_precision(claims, count),
        recall=len(right) / count,
        precision=len(right) / len(sure) if sure else 0.0,
        score_difference=float(np.mean(right)) if right else 0.0,
    )


def _claims(objects: Sequence[Detection], found: Sequence[Detection]) -> list[_Claim]:
    """The surest chooses first; an object is found once."""
    free, claims = list(objects), []
    for claim in sorted(found, key=lambda each: -each.score):
        same = [each for each in free if each.label == claim.label and overlap(each.box, claim.box) >= _SAME_PLACE]
        best = max(same, key=lambda each: overlap(each.box, claim.box), default=None)
        if best is not None:
            free.remove(best)
        claims.append(_Claim(claim.score, abs(claim.score - best.score) if best else None))
    return claims


def _average_precision(claims: Sequence[_Claim], count: int) -> float:
    right = np.array([claim.difference is not None for claim in sorted(claims, key=lambda each: -each.score)])
    recall = np.cumsum(right) / count
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    best_from = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0.0)  # no recall so high: 0
    at: NDArray[np.intp] = np.searchsorted(recall, _RECALLS)
    return float(best_from[at].mean())


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(width, 0.0) * max(height, 0.0)
    union = _area(one) + _area(other) - both
    return both / union if union > 0 else 0.0


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
