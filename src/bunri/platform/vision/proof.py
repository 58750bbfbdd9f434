"""What the numbers of a graph mean, as far as its answer to one picture proves it.

Shapes leave several readings open (heads.py). Each is held against the values for a check picture that shows nothing:
decoded middles lie near the cell that gives them, undecoded ones do not depend on where their cell lies, widths do not
grow from left to right but right edges do, and scores are between 0 and 1. A graph is read only when one reading is
left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bunri.platform.vision.errors import (
    ModelBoxesCorners,
    ModelBoxesFractions,
    ModelBoxesUnproven,
    ModelHeadsSeveral,
    ModelNotRecognised,
    ModelObjectnessUnproven,
    ModelOutputsNotFinite,
    ModelScoresUnproven,
)
from bunri.platform.vision.finished_proof import doubt_of_finished
from bunri.platform.vision.heads import Floats, Head, HeadName, Layout, grid
from bunri.platform.vision.protocol import Pixels

_FINISHED: Final[frozenset[HeadName]] = frozenset(
    {"end_to_end", "rows_score_class", "rows_class_score", "lists", "dfine", "detr", "rfdetr", "rtdetr_rows"}
)
_COCO: Final = 80
_SEEN: Final = 0.25
"""The score from which a cell sees something."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A layout that a graph may have, and what the graph gave for the check picture as its head wants it."""

    layout: Layout
    outputs: Sequence[Floats]

    @property
    def head(self) -> Head:
        return self.layout.head

    @property
    def classes(self) -> int:
        """0 where the outputs do not say."""
        return self.layout.classes or 0


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a graph beside its outputs."""

    name: str
    height: int
    width: int
    names: int | None
    """How many classes its metadata name."""
    told: HeadName | None = None
    """Its head as who added it says, which settles what values leave in doubt."""


def check_picture(height: int, width: int) -> Pixels:
    """Four quarters, red, green, blue and yellow: no thing, but colours and edges."""
    picture = np.empty((height, width, 3), np.uint8)
    top, left = height // 2, width // 2
    picture[:top, :left], picture[:top, left:] = (30, 30, 200), (60, 160, 30)
    picture[top:, :left], picture[top:, left:] = (190, 60, 30), (40, 200, 220)
    return picture


def proven(readings: Sequence[Reading], checked: Checked) -> Reading:
    """The one reading that the values leave. Raises the kind of ModelNotRecognised that says what was seen."""
    doubts = [(reading, _doubt(reading, checked)) for reading in readings]
    left = _settled([reading for reading, doubt in doubts if doubt is None], checked)
    if len(left) == 1:
        return left[0]
    if left:
        raise _ambiguous(left, checked)
    told = [doubt for _, doubt in doubts if doubt is not None]
    likely = [doubt for reading, doubt in doubts if doubt and reading.head.name != "rtdetr_rows"] or told
    raise next((doubt for doubt in likely if not isinstance(doubt, ModelBoxesUnproven)), likely[0])


def _ambiguous(left: list[Reading], checked: Checked) -> ModelNotRecognised:
    heads = sorted({reading.head.name for reading in left})
    if set(heads) <= {"yolov5", "yolov6", "yolov8", "yolov8_rows", "yolox", "yolox_decoded"}:
        return ModelObjectnessUnproven(name=checked.name, outputs=_shapes(left[0].outputs))
    return ModelHeadsSeveral(name=checked.name, outputs=_shapes(left[0].outputs), heads=", ".join(heads))


def _settled(left: list[Reading], checked: Checked) -> list[Reading]:
    """Readings that differ in the number of classes are settled by their names, or by there being COCO's 80."""
    left = [reading for reading in left if reading.head.name == checked.told] or left
    if len(left) < 2:
        return left
    wanted = _COCO if checked.names is None else checked.names
    return [reading for reading in left if reading.classes == wanted] or left


def _doubt(reading: Reading, checked: Checked) -> ModelNotRecognised | None:
    """What speaks against a reading, or None."""
    outputs = reading.layout.select(reading.outputs)
    if reading.head.name in _FINISHED:
        told, size = reading.head.name == checked.told, (checked.height, checked.width)
        return doubt_of_finished(reading.head.name, outputs, size, name=checked.name, told=told)
    if not all(np.isfinite(output).all() for output in outputs):
        return ModelOutputsNotFinite(name=checked.name, outputs=_shapes(outputs))
    if reading.head.name == "nanodet":
        half = len(outputs) // 2
        classes, bins = (np.concatenate([output[0] for output in part]) for part in (outputs[:half], outputs[half:]))
        return _doubt_of_bins(bins, checked) or _doubt_of_scores(classes, checked)
    output = outputs[0][0]
    rows = output.T if reading.head.name == "yolov8" else output
    if reading.head.name == "yolo_nas":
        rows = np.hstack([_middles_of(output), outputs[1][0]])
    if reading.head.name == "nanodet_plus":
        split = reading.classes
        return _doubt_of_bins(rows[:, split:], checked) or _doubt_of_scores(rows[:, :split], checked)
    of_boxes = _doubt_of_offsets if reading.head.name == "yolox" else _doubt_of_boxes
    return (
        of_boxes(rows, checked, _places(reading, checked))
        or _doubt_of_scores(rows[:, 4:], checked)
        or _doubt_of_objectness(reading, rows[:, 4:], checked)
    )


def _doubt_of_boxes(rows: Floats, checked: Checked, middles: NDArray[np.float64]) -> ModelNotRecognised | None:
    """Decoded boxes: middles in pixels that follow the cells, and sides that do not."""
    name, seen = checked.name, _ranges(rows)
    boxes = rows[: len(middles), :4].astype(np.float64)  # so that no square of a large number overflows
    slopes = [_slope(boxes[:, column], middles[:, column % 2]) for column in range(4)]
    sizes = (checked.width, checked.height)
    follow = all(_follows(boxes[:, axis], middles[:, axis]) for axis in (0, 1))
    if follow and all(0.5 < slopes[axis] * sizes[axis] < 1.5 for axis in (0, 1)):
        return ModelBoxesFractions(name=name, seen=seen)
    if not follow or not all(0.5 < slopes[axis] < 1.5 for axis in (0, 1)):
        return ModelBoxesUnproven(name=name, seen=seen)
    if any(abs(slope) > 0.5 for slope in slopes[2:]) or not _in_the_middle(boxes, middles):
        return ModelBoxesCorners(name=name, seen=seen)
    sides = rows[:, 2:4]
    if any(abs(slope) > 0.25 for slope in slopes[2:]) or sides.min() < 0 or np.median(sides) > 4 * max(sizes):
        return ModelBoxesUnproven(name=name, seen=seen)
    return None


def _doubt_of_offsets(rows: Floats, checked: Checked, middles: NDArray[np.float64]) -> ModelNotRecognised | None:
    """YOLOX's undecoded boxes: some cells from their cell, wherever that lies, and logarithms of sides."""
    boxes = rows[: len(middles), :4].astype(np.float64)
    follow = any(_follows(boxes[:, column], middles[:, column % 2]) for column in range(4))
    silent = np.mean((rows[:, :4] == 0).all(axis=1)) > 0.5  # nothing is known of boxes that are not given
    far = np.median(np.abs(rows[:, :2])) > 4
    large = rows[:, 2:4].max() > np.log(max(checked.height, checked.width)) + 2
    if follow or silent or far or large:
        return ModelBoxesUnproven(name=checked.name, seen=_ranges(rows))
    return None


def _doubt_of_bins(bins: Floats, checked: Checked) -> ModelNotRecognised | None:
    """NanoDet's distances are logits; those that went through a softmax would go through it twice."""
    sides = bins.reshape(len(bins), 4, -1)
    if sides.min() >= 0 and np.allclose(sides.sum(axis=2), 1, atol=0.01):
        return ModelBoxesUnproven(name=checked.name, seen=f"{sides.min():.2g} … {sides.max():.2g}")
    return None


def _doubt_of_scores(scores: Floats, checked: Checked) -> ModelNotRecognised | None:
    low, high = float(scores.min()), float(scores.max())
    if low < -0.01 or high > 1.01:  # half precision and 8 bits round
        return ModelScoresUnproven(name=checked.name, low=f"{low:.2f}", high=f"{high:.2f}")
    return None


def _doubt_of_objectness(reading: Reading, scores: Floats, checked: Checked) -> ModelNotRecognised | None:
    """The first score is the objectness or not, as the head says. Where it is 1 in every cell it is no class."""
    if reading.head.name == checked.told:
        return None
    certain = bool(scores[:, 0].min() > 0.99)
    fits = {
        "yolov6": certain,
        "yolox": checked.names != reading.classes + 1,
        "yolox_decoded": not certain,
        "yolov8_rows": not certain,
        "yolov8": not certain and not _may_have_objectness(reading, scores, checked.names),
    }
    if fits.get(reading.head.name, True):
        return None
    return ModelObjectnessUnproven(name=checked.name, outputs=_shapes(reading.outputs))


def _may_have_objectness(reading: Reading, scores: Floats, names: int | None) -> bool:
    """Whether the first class of a YOLOv8 could be an objectness, as in a transposed YOLOX."""
    if names is not None:
        return names == reading.classes - 1
    best = scores[:, 1:].max(axis=1, initial=0.0)
    seen = best >= _SEEN
    both = bool(seen.any() and (scores[seen, 0] * best[seen] >= _SEEN).all())
    return reading.classes == _COCO + 1 or both


def _places(reading: Reading, checked: Checked) -> NDArray[np.float64]:
    """The middle of each cell of the finest level in pixels, once for each anchor.

    That level comes first and has most cells: there, boxes say most clearly whether they follow them.
    """
    finest = reading.layout.strides[0]
    corners, _ = grid(checked.height, checked.width, (finest,))
    return np.tile((corners.astype(np.float64) + 0.5) * finest, (3 if reading.head.name == "yolov5" else 1, 1))


def _middles_of(corners: Floats) -> Floats:
    """From two corners to middle and sides."""
    return np.hstack([(corners[:, :2] + corners[:, 2:4]) / 2, corners[:, 2:4] - corners[:, :2]])


def _slope(values: NDArray[np.float64], places: NDArray[np.float64]) -> float:
    """By how much values grow with places."""
    spread = places - places.mean()
    return float((spread * (values - values.mean())).sum() / max(float((spread * spread).sum()), 1e-9))


def _follows(values: NDArray[np.float64], places: NDArray[np.float64]) -> bool:
    """Whether the places explain more than half of how the values differ."""
    spread = float(values.std() * places.std())
    return spread > 0 and abs(_slope(values, places)) * float(places.std() ** 2) / spread > 0.7


def _in_the_middle(boxes: NDArray[np.float64], middles: NDArray[np.float64]) -> bool:
    """Whether the first two numbers lie nearer to their cells than they would if they were a corner."""
    near = np.median(np.abs(boxes[:, :2] - middles), axis=0)
    if_corner = np.median(np.abs(boxes[:, :2] + boxes[:, 2:4] / 2 - middles), axis=0)
    return bool((near * 1.25 < if_corner).all())


def _ranges(rows: Floats) -> str:
    """The least and the largest of each of the four numbers of a box."""
    return ", ".join(f"{column.min():.4g} … {column.max():.4g}" for column in rows[:, :4].T)


def _shapes(outputs: Sequence[NDArray[np.float32]]) -> list[list[int]]:
    return [list(output.shape) for output in outputs]
