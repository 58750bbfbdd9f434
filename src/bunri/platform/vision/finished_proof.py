"""What speaks against reading finished boxes (finished.py) in one way, seen in a graph's answer to the check picture.

Corners and middles look alike in a few boxes. Corners are proven when no box contradicts them (right of left, below
top, in the picture) and some box would reach out of the picture if its last two numbers were its sides; middles the
other way round. A graph that gives no boxes for a picture of nothing proves nothing: who adds it has to say its head.
"""

from typing import Final

import numpy as np

from bunri.platform.vision.errors import (
    ModelBoxesFractions,
    ModelBoxesUnproven,
    ModelEndsInNms,
    ModelNotRecognised,
    ModelOutputsNotFinite,
    ModelScoresUnproven,
)
from bunri.platform.vision.finished import FRACTIONS, listed
from bunri.platform.vision.heads import Floats, HeadName

_OUT: Final = 0.02
"""Of the input's sides: a box may reach out of the picture by rounding and by a network's exaggeration."""
_FAR: Final = 2.0
"""But not by so much: beyond that are no pixels of this picture."""
_FRACTION: Final = 1.5
"""The largest number of boxes that are fractions."""


def doubt_of_finished(
    head: HeadName, outputs: list[Floats], size: tuple[int, int], *, name: str, told: bool
) -> ModelNotRecognised | None:
    """``outputs`` as the head takes them, for an input of ``size`` (height, width); ``told``: that it is this head."""
    shapes = [list(output.shape) for output in outputs]
    if not all(np.isfinite(output).all() for output in outputs):
        return ModelOutputsNotFinite(name=name, outputs=shapes)
    boxes, scores, classes = _parts(head, outputs)
    given = boxes.any(axis=1)
    if not given.any():
        return None if told and head not in FRACTIONS else ModelEndsInNms(name=name, outputs=shapes)
    of_scores = None if head in ("detr", "rfdetr") else _doubt_of_scores(scores, name)
    if of_scores or (classes is not None and not _whole(classes)):
        return of_scores or ModelEndsInNms(name=name, outputs=shapes)
    if head in ("detr", "rfdetr") and scores.min() >= 0 and scores.max() <= 1:
        return ModelScoresUnproven(name=name, low=f"{scores.min():.2f}", high=f"{scores.max():.2f}")
    return _doubt_of_boxes(boxes[given], size, name=name, middles=head in FRACTIONS, told=told)


def _parts(head: HeadName, outputs: list[Floats]) -> tuple[Floats, Floats, Floats | None]:
    """Boxes, their scores or logits, and the numbers of their classes where these are given."""
    if head in ("detr", "rfdetr"):
        return outputs[0][0], outputs[1][0], None
    if head == "rtdetr_rows":
        return outputs[0][0, :, :4], outputs[0][0, :, 4:], None
    if head in ("lists", "dfine"):
        rows = listed(outputs)
    elif head == "end_to_end":
        rows = outputs[0][0]
    else:
        rows = outputs[0][:, 1:]
        if head == "rows_class_score":
            rows = rows[:, [0, 1, 2, 3, 5, 4]]
    return rows[:, :4], rows[:, 4], rows[:, 5]


def _doubt_of_scores(scores: Floats, name: str) -> ModelNotRecognised | None:
    low, high = float(scores.min()), float(scores.max())
    if low < -0.01 or high > 1.01:
        return ModelScoresUnproven(name=name, low=f"{low:.2f}", high=f"{high:.2f}")
    return None


def _whole(classes: Floats) -> bool:
    return bool((classes >= -1).all() and (classes == np.round(classes)).all())


def _doubt_of_boxes(
    boxes: Floats, size: tuple[int, int], *, name: str, middles: bool, told: bool
) -> ModelNotRecognised | None:
    seen = ", ".join(f"{column.min():.4g} … {column.max():.4g}" for column in boxes.T)
    fractions = bool(np.abs(boxes).max() <= _FRACTION)
    if fractions != middles:  # all heads with fractions give middles, all with pixels corners
        return (ModelBoxesFractions if fractions else ModelBoxesUnproven)(name=name, seen=seen)
    scale = np.ones(4) if fractions else np.array([size[1], size[0]] * 2)
    places = boxes.astype(np.float64) / scale
    right, wrong = (_of_middles, _of_corners) if middles else (_of_corners, _of_middles)
    proven = right(places, _FAR).all() and (told or not wrong(places, _OUT).all())
    return None if proven else ModelBoxesUnproven(name=name, seen=seen)


def _of_corners(places: np.ndarray, out: float) -> np.ndarray:
    """Which boxes are possible as two corners, in fractions of the picture."""
    ordered = (places[:, 2:] >= places[:, :2] - 1e-3).all(axis=1)
    inside = ((places >= -out) & (places <= 1 + out)).all(axis=1)
    return np.asarray(ordered & inside)


def _of_middles(places: np.ndarray, out: float) -> np.ndarray:
    """Which boxes are possible as middle and sides."""
    half = places[:, 2:] / 2
    corners = np.concatenate([places[:, :2] - half, places[:, :2] + half], axis=1)
    inside = ((corners >= -out) & (corners <= 1 + out)).all(axis=1)
    return np.asarray((places[:, 2:] >= 0).all(axis=1) & inside)
