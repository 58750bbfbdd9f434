"""The input that each family of detectors takes, and how outputs with a row for each cell are decoded.

The shapes that a graph gives for a known input say which heads it may have, never its file's name:

    YOLOv5       [1, 3·cells, 5+C]   decoded cx cy w h, objectness, classes
    YOLOv8–12    [1, 4+C, cells]     decoded cx cy w h, classes; [1, cells, 4+C] when transposed
    YOLOX        [1, cells, 5+C]     cx cy relative to the cell, log w h, objectness, classes; or decoded cx cy w h
    YOLOv6       [1, cells, 5+C]     decoded cx cy w h, objectness 1, classes
    YOLO-NAS     [1, cells, 4] and [1, cells, C]   decoded corners, and classes
    NanoDet      3 × [1, cells, C] and 3 × [1, cells, 4·bins]
    NanoDet-Plus [1, cells, C+32]    both side by side, four strides

where cells are those of all strides together and C is the number of classes. Masks and key points add columns behind
these. Where several fit, the values that the graph gives for a check picture decide (proof.py). Graphs that give
finished boxes: finished.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Shape = tuple[int, ...]
HeadName = Literal[
    "yolov5",
    "yolov6",
    "yolov8",
    "yolov8_rows",
    "yolox",
    "yolox_decoded",
    "yolo_nas",
    "nanodet",
    "nanodet_plus",
    "end_to_end",
    "rows_score_class",
    "rows_class_score",
    "lists",
    "dfine",
    "detr",
    "rfdetr",
    "rtdetr_rows",
]
Rest = Literal["masks", "keypoints", "branch"]
"""What a graph gives beside its boxes, which is not read."""

_P5: Final = (8, 16, 32)
_P6: Final = (8, 16, 32, 64)
_STRIDES: Final = (_P5, _P6, (4, 8, 16, 32), (8, 16), (16, 32))
"""As published: most networks, those for large pictures, those for small things (P2), and small networks."""
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

    ``rgb`` or BGR; letterboxed in the middle (``centred``) or top left on ``pad``, or ``stretched`` over the whole
    input; then ``(x − mean) / std``, each as BGR or RGB.
    """

    name: HeadName
    decode: Decoder
    confidence: float
    rgb: bool = False
    centred: bool = True
    stretched: bool = False
    pad: int = 114
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    distinct: bool = False
    """Whether the graph gives one box for each thing, so that no overlaps are left to remove."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A head that a graph may have: how many ``classes`` it would know, and which of its outputs are read.

    ``picks`` are the numbers of the outputs, in the decoder's order. Of the first, ``columns`` along ``axis`` count.
    """

    head: Head
    classes: int | None
    """None: the outputs do not say."""
    picks: tuple[int, ...] = (0,)
    columns: int | None = None
    axis: int = 2
    strides: tuple[int, ...] = _P5
    rest: Rest | None = None

    def select(self, outputs: Sequence[Floats]) -> list[Floats]:
        """What the decoder takes."""
        picked = [outputs[pick] for pick in self.picks]
        if self.columns is not None:
            picked[0] = picked[0][:, :, : self.columns] if self.axis == 2 else picked[0][:, : self.columns]
        return picked


def decode_yolov5(outputs: Sequence[Floats], _size: tuple[int, int], least: float) -> Candidates:
    rows = outputs[0][0]
    rows = rows[rows[:, 4] >= least]  # objectness is never less than the score
    return best_of(corners_of(rows[:, :4]), rows[:, 5:] * rows[:, 4:5], least)


def decode_yolov8(outputs: Sequence[Floats], _size: tuple[int, int], least: float) -> Candidates:
    columns = outputs[0][0]
    columns = columns[:, columns[4:].max(axis=0) >= least]
    return best_of(corners_of(columns[:4].T), columns[4:].T, least)


def decode_yolov8_rows(outputs: Sequence[Floats], size: tuple[int, int], least: float) -> Candidates:
    return decode_yolov8([outputs[0].swapaxes(1, 2)], size, least)


def decode_yolox(outputs: Sequence[Floats], size: tuple[int, int], least: float) -> Candidates:
    rows = outputs[0][0]
    likely = rows[:, 4] >= least
    rows, (corners, strides) = rows[likely], grid(*size, _P5)
    middles = (rows[:, :2] + corners[likely]) * strides[likely]
    sides = np.exp(np.minimum(rows[:, 2:4], _LARGEST)) * strides[likely]
    return best_of(corners_of(np.hstack([middles, sides])), rows[:, 5:] * rows[:, 4:5], least)


def decode_yolo_nas(outputs: Sequence[Floats], _size: tuple[int, int], least: float) -> Candidates:
    return best_of(outputs[0][0], outputs[1][0], least)


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
    return best_of(np.hstack([points - reach[:, :2], points + reach[:, 2:]]), classes[likely], least)


def corners_of(boxes: Floats) -> Floats:
    """From middle and sides to two corners."""
    half = boxes[:, 2:4] / 2
    return np.hstack([boxes[:, :2] - half, boxes[:, :2] + half])


def best_of(boxes: Floats, scores: Floats, least: float) -> Candidates:
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


YOLO_NAS: Final = replace(YOLOV5, name="yolo_nas", decode=decode_yolo_nas)


def recognise(
    shapes: Sequence[Shape], height: int, width: int, keypoints: tuple[int, int] | None = None
) -> list[Layout]:
    """The layouts with rows for cells that ``shapes`` may be, for an input of that size.

    ``keypoints``: how many the graph says that it gives of each thing, and by how many numbers.
    """
    if len(shapes) == 6 and all(len(shape) == 3 and shape[0] == 1 for shape in shapes):
        nanodet = _recognise_nanodet([shape[1:] for shape in shapes], len(grid(height, width, _P5)[0]))
        return [nanodet] if nanodet else []
    flat = [number for number, shape in enumerate(shapes) if len(shape) == 3 and shape[0] == 1]
    others = [shape for shape in shapes if len(shape) != 3]
    masks = _masks(others, height, width)
    if not flat or masks is None:
        return []
    if len(flat) == 2 and not others and shapes[flat[0]][1] == shapes[flat[1]][1]:
        apart = _recognise_apart(shapes, flat, height, width)
        if apart:
            return apart
    if len({shapes[number] for number in flat}) != 1 or len(flat) > 2:
        return []
    layouts = _recognise_rows(shapes[flat[-1]][1:], height, width, masks, keypoints)
    if len(flat) == 2:  # an auxiliary branch that helps training, then the main one: YOLOv9
        layouts = [replace(layout, rest="branch") for layout in layouts if layout.head is YOLOV8]
    return [replace(layout, picks=(flat[-1],)) for layout in layouts]


def _masks(others: Sequence[Shape], height: int, width: int) -> int | None:
    """How many numbers say each thing's mask; None when there are outputs that are neither masks nor levels of YOLOv5.

    Beside its boxes YOLOv5 may give the levels they come from, of rank 5.
    """
    quarter = (-(-height // 4), -(-width // 4))
    masks = [shape for shape in others if len(shape) == 4 and shape[0] == 1 and shape[2:] == quarter]
    if len(masks) > 1 or any(len(shape) != 5 for shape in others if shape not in masks):
        return None
    return masks[0][1] if masks else 0


def _recognise_rows(
    flat: Shape, height: int, width: int, masks: int, keypoints: tuple[int, int] | None
) -> list[Layout]:
    rows, columns = flat
    found = []
    for strides in _STRIDES:
        cells = len(grid(height, width, strides)[0])
        candidates = [
            (rows == 3 * cells, YOLOV5, columns - 5),
            (columns == cells, YOLOV8, rows - 4),
            (rows == cells and strides == _P5, YOLOX, columns - 5),
            (rows == cells, YOLOX_DECODED, columns - 5),
            (rows == cells, YOLOV6, columns - 5),
            (rows == cells, YOLOV8_ROWS, columns - 4),
            (rows == cells and strides == _P6, NANODET_PLUS, columns - 4 * _PLUS_BINS),
        ]
        for fits, head, classes in candidates:
            if fits:
                found += _with_rest(head, classes, strides, masks, keypoints)
    return found


def _with_rest(
    head: Head, classes: int, strides: tuple[int, ...], masks: int, keypoints: tuple[int, int] | None
) -> list[Layout]:
    """Of ``classes`` columns behind the box and the objectness some may belong to masks or to key points."""
    taken = masks
    rest: Rest | None = "masks" if masks else None
    if keypoints and not masks and head in (YOLOV8, YOLOV8_ROWS):
        taken, rest = keypoints[0] * keypoints[1], "keypoints"
    if classes <= taken or (rest and head is NANODET_PLUS):
        return []
    before = 5 if head in (YOLOV5, YOLOX, YOLOX_DECODED, YOLOV6) else 4
    columns = before + classes - taken if rest else None
    axis = 1 if head is YOLOV8 else 2
    return [Layout(head, classes - taken, columns=columns, axis=axis, strides=strides, rest=rest)]


def _recognise_apart(shapes: Sequence[Shape], flat: Sequence[int], height: int, width: int) -> list[Layout]:
    """Boxes of cells in one output and their classes in another."""
    rows = shapes[flat[0]][1]
    return [
        Layout(YOLO_NAS, shapes[classes][2], (boxes, classes), strides=strides)
        for boxes, classes in (flat, flat[::-1])
        for strides in _STRIDES
        if shapes[boxes][2] == 4 and rows == len(grid(height, width, strides)[0])
    ]


def _recognise_nanodet(flat: Sequence[Shape], cells: int) -> Layout | None:
    classes, bins = {shape[1] for shape in flat[:3]}, {shape[1] for shape in flat[3:]}
    whole = sum(shape[0] for shape in flat[:3]) == sum(shape[0] for shape in flat[3:]) == cells
    if (
        not whole
        or len(classes) != 1
        or len(bins) != 1
        or next(iter(bins)) not in [4 * count for count in _NANODET_BINS]
    ):
        return None
    return Layout(NANODET, next(iter(classes)), tuple(range(6)))
