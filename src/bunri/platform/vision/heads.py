"""The input that each family of detectors takes, and how its outputs are decoded.

The shapes that a graph gives for a known input say which heads it may have, never its file's name:

    YOLOv5       [1, 3·cells, 5+C]   decoded cx cy w h, objectness, classes
    YOLOv8, 11   [1, 4+C, cells]     decoded cx cy w h, classes; [1, cells, 4+C] when transposed
    YOLOX        [1, cells, 5+C]     cx cy relative to the cell, log w h, objectness, classes; or decoded cx cy w h
    YOLOv6       [1, cells, 5+C]     decoded cx cy w h, objectness 1, classes
    NanoDet      3 × [1, cells, C] and 3 × [1, cells, 4·bins]
    NanoDet-Plus [1, cells, C+32]    both side by side, four strides

where cells are those of all strides together and C is the number of classes. Where several fit, the values that the
graph gives for a check picture decide (proof.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Shape = tuple[int, ...]
HeadName = Literal["yolov5", "yolov6", "yolov8", "yolov8_rows", "yolox", "yolox_decoded", "nanodet", "nanodet_plus"]

_P5: Final = (8, 16, 32)
_P6: Final = (8, 16, 32, 64)
_PLUS_BINS: Final = 8
_NANODET_BINS: Final = (8, 11)
"""Of the configurations that are published. Others with six outputs, such as YOLOv8 with 16, want other pixels."""
_LARGEST: Final = 12.0
"""Undecoded sides beyond e¹² cells are cut off: larger than any picture, and far from what overflows."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is left before overlaps are removed: n boxes (x1 y1 x2 y2, input pixels), scores 0–1, class numbers."""

    boxes: Floats
    scores: Floats
    classes: NDArray[np.intp]


Decoder = Callable[[Sequence[Floats], tuple[int, int], float], Candidates]
"""Outputs, the input's height and width, the least score → candidates."""


@dataclass(frozen=True, slots=True)
class Head:
    """One family: its decoder, its default ``confidence``, and how it wants its pixels.

    ``rgb`` or BGR; letterboxed in the middle (``centred``) or top left on ``pad``; then ``(x − mean) / std``.
    """

    name: HeadName
    decode: Decoder
    confidence: float
    rgb: bool = False
    centred: bool = True
    pad: int = 114
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)


def decode_yolov5(outputs: Sequence[Floats], _size: tuple[int, int], least: float) -> Candidates:
    rows = outputs[0][0]
    rows = rows[rows[:, 4] >= least]  # objectness is never less than the score
    return _best(_corners(rows[:, :4]), rows[:, 5:] * rows[:, 4:5], least)


def decode_yolov8(outputs: Sequence[Floats], _size: tuple[int, int], least: float) -> Candidates:
    columns = outputs[0][0]
    columns = columns[:, columns[4:].max(axis=0) >= least]
    return _best(_corners(columns[:4].T), columns[4:].T, least)


def decode_yolov8_rows(outputs: Sequence[Floats], size: tuple[int, int], least: float) -> Candidates:
    return decode_yolov8([outputs[0].swapaxes(1, 2)], size, least)


def decode_yolox(outputs: Sequence[Floats], size: tuple[int, int], least: float) -> Candidates:
    rows = outputs[0][0]
    likely = rows[:, 4] >= least
    rows, (corners, strides) = rows[likely], grid(*size, _P5)
    middles = (rows[:, :2] + corners[likely]) * strides[likely]
    sides = np.exp(np.minimum(rows[:, 2:4], _LARGEST)) * strides[likely]
    return _best(_corners(np.hstack([middles, sides])), rows[:, 5:] * rows[:, 4:5], least)


def decode_nanodet(outputs: Sequence[Floats], size: tuple[int, int], least: float) -> Candidates:
    """Classes of each stride first, then distances; within both, fine strides first or not: sorted here."""
    half = len(outputs) // 2
    levels = [
        np.concatenate(sorted((o[0] for o in part), key=len, reverse=True)) for part in (outputs[:half], outputs[half:])
    ]
    return _distances(levels[0], levels[1], grid(*size, _P5), 0.5, least)


def decode_nanodet_plus(outputs: Sequence[Floats], size: tuple[int, int], least: float) -> Candidates:
    rows = outputs[0][0]
    classes = rows.shape[1] - 4 * _PLUS_BINS
    return _distances(rows[:, :classes], rows[:, classes:], grid(*size, _P6), 0.0, least)


@lru_cache(maxsize=64)
def grid(height: int, width: int, strides: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Column and row of every cell (n × 2) and its stride (n × 1): fine strides first, row by row."""
    corners, sizes = [], []
    for stride in strides:
        rows, columns = np.mgrid[: -(-height // stride), : -(-width // stride)]
        corners.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        sizes.append(np.full((rows.size, 1), stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(sizes).astype(np.float32)


def _distances(classes: Floats, bins: Floats, cells: tuple[Floats, Floats], offset: float, least: float) -> Candidates:
    """NanoDet's boxes: from a point, the expected distance to each side, in strides (generalised focal loss)."""
    likely = classes.max(axis=1) >= least
    corners, strides = cells[0][likely], cells[1][likely]
    logits = bins[likely].reshape(len(strides), 4, bins.shape[1] // 4)
    weights = np.exp(logits - logits.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    reach = weights @ np.arange(logits.shape[2], dtype=np.float32) * strides
    points = (corners + np.float32(offset)) * strides
    return _best(np.hstack([points - reach[:, :2], points + reach[:, 2:]]), classes[likely], least)


def _corners(boxes: Floats) -> Floats:
    """From middle and sides to two corners."""
    half = boxes[:, 2:4] / 2
    return np.hstack([boxes[:, :2] - half, boxes[:, :2] + half])


def _best(boxes: Floats, scores: Floats, least: float) -> Candidates:
    """Each box with its best class, when that scores at least ``least``."""
    if not len(boxes):
        return Candidates(boxes, np.empty(0, np.float32), np.empty(0, np.intp))
    classes = scores.argmax(axis=1)
    best = scores[np.arange(len(scores)), classes]
    enough = best >= least
    return Candidates(boxes[enough], best[enough], classes[enough])


YOLOV5: Final = Head("yolov5", decode_yolov5, 0.25, rgb=True, std=(255.0, 255.0, 255.0))
YOLOV8: Final = Head("yolov8", decode_yolov8, 0.25, rgb=True, std=(255.0, 255.0, 255.0))
YOLOX: Final = Head("yolox", decode_yolox, 0.30, centred=False)
YOLOX_DECODED: Final = replace(YOLOX, name="yolox_decoded", decode=decode_yolov5)
YOLOV6: Final = replace(YOLOV5, name="yolov6")
YOLOV8_ROWS: Final = replace(YOLOV8, name="yolov8_rows", decode=decode_yolov8_rows)
NANODET: Final = Head(
    "nanodet", decode_nanodet, 0.35, pad=0, mean=(103.53, 116.28, 123.675), std=(57.375, 57.12, 58.395)
)
NANODET_PLUS: Final = replace(NANODET, name="nanodet_plus", decode=decode_nanodet_plus)


def recognise(shapes: Sequence[Shape], height: int, width: int) -> list[tuple[Head, int]]:
    """The heads that may give ``shapes`` for an input of that size, each with the number of classes it would know."""
    p5, p6 = (len(grid(height, width, strides)[0]) for strides in (_P5, _P6))
    if len(shapes) == 6 and all(len(shape) == 3 and shape[0] == 1 for shape in shapes):
        nanodet = _recognise_nanodet([shape[1:] for shape in shapes], p5)
        return [nanodet] if nanodet else []
    flat = [shape[1:] for shape in shapes if len(shape) == 3 and shape[0] == 1]
    if len(flat) != 1 or any(len(shape) not in (3, 5) for shape in shapes):
        return []  # beside its boxes YOLOv5 may give the levels they come from, of rank 5
    rows, columns = flat[0]
    candidates = (
        (rows in (3 * p5, 3 * p6), YOLOV5, columns - 5),
        (columns in (p5, p6), YOLOV8, rows - 4),
        (rows == p5, YOLOX, columns - 5),
        (rows in (p5, p6), YOLOX_DECODED, columns - 5),
        (rows in (p5, p6), YOLOV6, columns - 5),
        (rows in (p5, p6), YOLOV8_ROWS, columns - 4),
        (rows == p6, NANODET_PLUS, columns - 4 * _PLUS_BINS),
    )
    return [(head, classes) for fits, head, classes in candidates if fits and classes > 0]


def _recognise_nanodet(flat: Sequence[Shape], cells: int) -> tuple[Head, int] | None:
    classes, bins = {shape[1] for shape in flat[:3]}, {shape[1] for shape in flat[3:]}
    whole = sum(shape[0] for shape in flat[:3]) == sum(shape[0] for shape in flat[3:]) == cells
    if (
        not whole
        or len(classes) != 1
        or len(bins) != 1
        or next(iter(bins)) not in [4 * count for count in _NANODET_BINS]
    ):
        return None
    return NANODET, next(iter(classes))
