"""Heads of graphs that give finished boxes instead of a row for each cell.

    end_to_end        [1, n, 6]      x1 y1 x2 y2, score, class: YOLOv10, YOLO26, and Ultralytics' exports with NMS
    rows_class_score  [n, 7]         picture, x1 y1 x2 y2, class, score: YOLOv6 and YOLOv7 with NMS
    rows_score_class  [n, 7]         picture, x1 y1 x2 y2, score, class: YOLO-NAS, flat
    lists             [1, 1], [1, n, 4], 2 × [1, n]   how many, corners, scores and classes: EfficientNMS, YOLO-NAS
    dfine             2 × [1, n], [1, n, 4]           labels, corners, scores: D-FINE, DEIM and RT-DETR by their makers
    detr              [1, n, 4], [1, n, C]            cx cy w h as fractions, logits: D-FINE and RT-DETR by Transformers
    rfdetr            the same, for pixels normalised as ImageNet's: RF-DETR
    rtdetr_rows       [1, n, 4+C]    cx cy w h as fractions, scores: RT-DETR by Ultralytics

All but the last three give corners in pixels of the input. Masks and key points add columns or an output. Several of
these have the same shapes: values decide (finished_proof.py), else the names of the outputs, else who adds the model.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Final

import numpy as np

from bunri.platform.vision.heads import (
    YOLOV5,
    Candidates,
    Floats,
    Head,
    HeadName,
    Layout,
    Rest,
    Shape,
    best_of,
    corners_of,
)

_IMAGENET: Final = {"mean": (123.675, 116.28, 103.53), "std": (58.395, 57.12, 57.375)}
_MOST: Final = 10_000
"""Finished boxes of one picture; more are something else."""
_RTDETR_LEAST: Final = 50
"""Queries: fewer rows of numbers are no RT-DETR."""


def _decode_rows(outputs: Sequence[Floats], _size: tuple[int, int], least: float) -> Candidates:
    return _picked(outputs[0][0], 4, 5, least)


def _decode_score_class(outputs: Sequence[Floats], _size: tuple[int, int], least: float) -> Candidates:
    return _picked(_first_picture(outputs[0]), 4, 5, least)


def _decode_class_score(outputs: Sequence[Floats], _size: tuple[int, int], least: float) -> Candidates:
    return _picked(_first_picture(outputs[0]), 5, 4, least)


def _decode_lists(outputs: Sequence[Floats], _size: tuple[int, int], least: float) -> Candidates:
    return _picked(listed(outputs), 4, 5, least)


def _decode_detr(outputs: Sequence[Floats], size: tuple[int, int], least: float) -> Candidates:
    with np.errstate(over="ignore"):
        scores: Floats = 1 / (1 + np.exp(-outputs[1][0]))
    return best_of(corners_of(outputs[0][0]) * _pixels(size), scores, least)


def _decode_rtdetr_rows(outputs: Sequence[Floats], size: tuple[int, int], least: float) -> Candidates:
    rows = outputs[0][0]
    return best_of(corners_of(rows[:, :4]) * _pixels(size), rows[:, 4:], least)


def listed(outputs: Sequence[Floats]) -> Floats:
    """Boxes, scores, classes and maybe how many there are, as rows x1 y1 x2 y2, score, class."""
    boxes, scores, classes = (outputs[number][0] for number in range(3))
    count = int(outputs[3].ravel()[0]) if len(outputs) > 3 else len(boxes)
    rows: Floats = np.concatenate([boxes, scores.reshape(-1, 1), classes.reshape(-1, 1)], axis=1)
    return rows[: max(count, 0)]


def _first_picture(rows: Floats) -> Floats:
    first: Floats = rows[rows[:, 0] == 0][:, 1:]
    return first


def _picked(rows: Floats, score: int, label: int, least: float) -> Candidates:
    rows = rows[(rows[:, score] >= least) & (rows[:, label] >= 0)]
    return Candidates(rows[:, :4], rows[:, score], rows[:, label].astype(np.intp))


def _pixels(size: tuple[int, int]) -> Floats:
    return np.array([size[1], size[0]] * 2, np.float32)


END_TO_END: Final = replace(YOLOV5, name="end_to_end", decode=_decode_rows, distinct=True)
SCORE_CLASS: Final = replace(END_TO_END, name="rows_score_class", decode=_decode_score_class)
CLASS_SCORE: Final = replace(END_TO_END, name="rows_class_score", decode=_decode_class_score)
LISTS: Final = replace(END_TO_END, name="lists", decode=_decode_lists)
DFINE: Final = replace(LISTS, name="dfine", confidence=0.4, stretched=True)
DETR: Final = replace(DFINE, name="detr", decode=_decode_detr)
RFDETR: Final = replace(DETR, name="rfdetr", mean=_IMAGENET["mean"], std=_IMAGENET["std"])
RTDETR_ROWS: Final = replace(DETR, name="rtdetr_rows", decode=_decode_rtdetr_rows, confidence=0.25)

FRACTIONS: Final[frozenset[HeadName]] = frozenset({"detr", "rfdetr", "rtdetr_rows"})
"""Heads whose boxes are fractions of the input, by their middles."""


def recognise_finished(
    shapes: Sequence[Shape], names: Sequence[str], *, sized: bool, keypoints: tuple[int, int] | None = None
) -> list[Layout]:
    """The layouts with finished boxes that ``shapes`` may be.

    ``names`` are the outputs'; ``sized``: the graph also takes the size for which its boxes are wanted.
    """
    if sized:
        return _lists(shapes, names, DFINE) if len(shapes) == 3 else []
    if len(shapes) == 1 and len(shapes[0]) == 2 and shapes[0][1] == 7:
        return [Layout(SCORE_CLASS, None), Layout(CLASS_SCORE, None)]
    if len(shapes) == 4 and (counted := _lists(shapes, names, LISTS)):
        return counted
    if not 1 <= len(shapes) <= 3 or any(shape[0] != 1 or len(shape) not in (3, 4) for shape in shapes):
        return []
    masks = [number for number, shape in enumerate(shapes) if len(shape) == 4]
    flat = [number for number, shape in enumerate(shapes) if len(shape) == 3 and shape[1] <= _MOST]
    if len(masks) > 1 or len(masks) + len(flat) != len(shapes):
        return []
    if len(flat) == 2:
        return _queries(shapes, names, flat, masked=bool(masks))
    return _rows(shapes[flat[0]], flat[0], shapes[masks[0]][1] if masks else 0, keypoints) if flat else []


def _rows(shape: Shape, pick: int, masks: int, keypoints: tuple[int, int] | None) -> list[Layout]:
    more = masks or (keypoints[0] * keypoints[1] if keypoints else 0)
    found = []
    if shape[2] == 6 + more:
        rest: Rest | None = "masks" if masks else "keypoints" if more else None
        found.append(Layout(END_TO_END, None, (pick,), columns=6, rest=rest))
    if not more and shape[2] > 4 and shape[1] >= _RTDETR_LEAST:
        found.append(Layout(RTDETR_ROWS, shape[2] - 4, (pick,)))
    return found


def _queries(shapes: Sequence[Shape], names: Sequence[str], flat: Sequence[int], *, masked: bool) -> list[Layout]:
    """Boxes and logits of a DETR: told apart by their names where both have four columns."""
    found = []
    for boxes, logits in (flat, flat[::-1]):
        if shapes[boxes][2] != 4 or shapes[boxes][1] != shapes[logits][1]:
            continue
        if shapes[logits][2] == 4 and not {"boxes", "dets"} & set(names[boxes].lower().split("_")):
            continue
        heads = (RFDETR,) if names[boxes] == "dets" else (DETR, RFDETR)
        rest: Rest | None = "masks" if masked else None
        found += [Layout(head, shapes[logits][2], (boxes, logits), rest=rest) for head in heads]
    return found


def _lists(shapes: Sequence[Shape], names: Sequence[str], head: Head) -> list[Layout]:
    """Every way to read boxes, scores, classes and their number that shapes allow, or names where they tell."""
    orders = [
        order
        for order in permutations(range(len(shapes)))
        if _boxes(shapes[order[0]])
        and all(_flat(shapes[number]) == shapes[order[0]][1] for number in order[1:3])
        and all(_flat(shapes[number]) == 1 for number in order[3:])
    ]
    told = [
        order
        for order in orders
        if any(word in names[order[1]] for word in ("score", "conf"))
        and any(word in names[order[2]] for word in ("class", "label"))
    ]
    return [Layout(head, None, order) for order in told or orders]


def _boxes(shape: Shape) -> bool:
    return len(shape) == 3 and shape[0] == 1 and shape[2] == 4


def _flat(shape: Shape) -> int | None:
    """How many numbers a picture has in an output of [1, n] or [1, n, 1]."""
    return shape[1] if len(shape) == 2 or (len(shape) == 3 and shape[2] == 1) else None
