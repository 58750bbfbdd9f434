"""A detector that is an ONNX graph, run by ONNX Runtime on the CPU or another provider."""

import ast
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, get_args

import cv2
import numpy as np

from bunri.platform.vision.class_names import class_names, named_classes
from bunri.platform.vision.errors import ModelClassesUnknown, ModelInputFails, ModelNotRecognised, VisionFailed
from bunri.platform.vision.finished import recognise_finished
from bunri.platform.vision.heads import Candidates, Floats, HeadName, Layout, recognise
from bunri.platform.vision.inputs import Feed, PictureInput
from bunri.platform.vision.letterbox import Fit, letterbox
from bunri.platform.vision.proof import Checked, Reading, check_picture, proven
from bunri.platform.vision.protocol import Detection, Pixels
from bunri.platform.vision.session import open_session

IOU: Final = 0.45
HEAD: Final = "bunri.head"
"""The metadata key of a head that was said when a model was added."""
_DYNAMIC_SIDE: Final = 640
_STRIDE: Final = 32
_MOST: Final = 1000
"""Candidates that enter the removal of overlaps, best first: bounds its time when a threshold is very low."""
_TASKS: Final = ("detect", "segment")
"""Of Ultralytics: both give boxes, and so does "pose" where it says how many numbers its key points take."""


class OnnxDetector:
    """A ``Detector`` (protocol.py) with the head that its outputs prove.

    ``detect`` may run in several threads at once: ``Run`` of a session is thread-safe and nothing else is shared.
    """

    def __init__(
        self,
        model: Path | bytes,
        name: str,
        *,
        threads: int = 1,
        provider: str = "CPUExecutionProvider",
        confidence: float | None = None,
        iou: float | None = None,
        head: HeadName | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        """Load, and run a blank and a check picture: that warms up, and the outputs tell the head.

        ``head`` settles what the values leave in doubt, ``classes`` are for graphs that name none. Raises
        ProviderMissing, ModelBroken when the file does not load, and ModelNotRecognised, most often of a kind that
        says why, when it is not proven what its input or its outputs mean.
        """
        self.name = name
        self.version = _digest(model)[:8]
        self._session = open_session(model, name, threads, provider)
        self._input = PictureInput.of(self._session, name)
        self._metadata: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        self._told = _told(self._metadata) or head
        self._named = named_classes(self._metadata) or classes
        layout = self._read_proven()
        self.head, self._layout = layout.head, layout
        self.classes = class_names(layout.classes, self._named) or ()
        self._confidence = self.head.confidence if confidence is None else confidence
        self._iou = IOU if iou is None else iou

    @property
    def rest(self) -> str | None:
        """What it gives beside its boxes, which is left out."""
        return self._layout.rest

    @property
    def batch(self) -> int:
        """How many pictures are computed for each one."""
        return self._input.batch

    def detect(self, pixels: Pixels, *, confidence: float | None = None, iou: float | None = None) -> list[Detection]:
        """Objects in an upright BGR picture, best first. Raises VisionFailed when the runtime does."""
        fit, feed = self.prepare(pixels)
        return self.read(self.run(feed), fit, confidence=confidence, iou=iou)

    def canvas(self, pixels: Pixels) -> Pixels:
        """The network's input for an upright BGR picture, as bytes. The canvas of a canvas is the same."""
        return letterbox(pixels, self._fit(pixels), self.head.pad)

    def prepare(self, pixels: Pixels) -> tuple[Fit, Feed]:
        """Where the picture lies, and the graph's inputs by name."""
        fit = self._fit(pixels)
        return fit, self._input.feed(letterbox(pixels, fit, self.head.pad), self.head)

    def run(self, feed: Feed) -> Sequence[Floats]:
        """The network alone, its answer to the first picture of a batch. Raises VisionFailed when the runtime fails."""
        try:
            outputs = [output.astype(np.float32, copy=False) for output in self._session.run(None, feed)]
            if self.batch == 1:
                return outputs
            return [output[:1] if self._of_each(output, number) else output for number, output in enumerate(outputs)]
        except Exception as error:  # the runtime's errors share no base but Exception; maps and words are no arrays
            raise VisionFailed(model=self.name) from error

    def read(
        self, outputs: Sequence[Floats], fit: Fit, *, confidence: float | None = None, iou: float | None = None
    ) -> list[Detection]:
        """Decoded detections, best first."""
        least = self._confidence if confidence is None else confidence
        with np.errstate(all="ignore"):  # what overflows in half precision is dropped, not reported to the terminal
            decoded = _finite(self.head.decode(self._layout.select(outputs), (fit.height, fit.width), least))
        overlap = self._iou if iou is None else iou
        found = _named(_without_overlaps(decoded, None if self.head.distinct else overlap), len(self.classes))
        boxes = fit.fractions(found.boxes).tolist()
        return [
            Detection(self.classes[label], score, (box[0], box[1], box[2], box[3]))
            for label, score, box in zip(found.classes.tolist(), found.scores.tolist(), boxes, strict=True)
        ]

    def _fit(self, pixels: Pixels) -> Fit:
        """Where the graph leaves its input open, no larger than the picture's shape needs: whole strides."""
        height, width = pixels.shape[:2]
        if self.head.stretched:
            return Fit.over(*(side or _DYNAMIC_SIDE for side in self._input.sides))
        scale = _DYNAMIC_SIDE / max(height, width)
        rows, columns = (
            side or max(_STRIDE, -(-round(length * scale) // _STRIDE) * _STRIDE)
            for side, length in zip(self._input.sides, (height, width), strict=True)
        )
        return Fit.into((width, height), rows, columns, centred=self.head.centred)

    def _read_proven(self) -> Layout:
        """How the outputs are read. Raises ModelNotRecognised."""
        height, width = (side or _DYNAMIC_SIDE for side in self._input.sides)
        found = self._read_at(height, width)
        open_height, open_width = (side is None for side in self._input.sides)
        if (
            open_height or open_width
        ) and not found.head.stretched:  # it may promise any size and hold the cells of one
            half = (height // 2, width) if open_height else (height, width // 2)
            if self._read_at(*half).head != found.head:
                raise ModelNotRecognised(name=self.name, outputs=_shapes(found.outputs))
        if class_names(found.layout.classes, self._named) is None:
            raise ModelClassesUnknown(name=self.name, outputs=_shapes(found.outputs))
        return found.layout

    def _read_at(self, height: int, width: int) -> Reading:
        """How the outputs for an input of that size are read. Raises ModelNotRecognised."""
        shapes = [output.shape for output in self._run_blank(height, width)]
        layouts = self._layouts(shapes, height, width)
        if not layouts:
            raise ModelNotRecognised(name=self.name, outputs=[list(shape) for shape in shapes])
        picture, answers = check_picture(height, width), dict[tuple[bool, object, object], Sequence[Floats]]()
        readings = []
        for layout in layouts:
            wanted = (layout.head.rgb, layout.head.mean, layout.head.std)
            if wanted not in answers:
                answers[wanted] = self.run(self._input.feed(picture, layout.head))
            readings.append(Reading(layout, answers[wanted]))
        names = len(self._named) if self._named else None
        return proven(readings, Checked(self.name, height, width, names, self._told))

    def _layouts(self, shapes: Sequence[tuple[int, ...]], height: int, width: int) -> list[Layout]:
        names = [output.name for output in self._session.get_outputs()]
        keypoints, sized = _keypoints(self._metadata), self._input.size_name is not None
        if self._metadata.get("task", "detect") not in (*_TASKS, *(("pose",) if keypoints else ())):
            return []
        cells = [] if sized else recognise(shapes, height, width, keypoints)
        finished = recognise_finished(shapes, names, sized=sized, keypoints=keypoints)
        return cells + [layout for layout in finished if not cells or layout.head.name != "rtdetr_rows"]

    def _of_each(self, output: Floats, number: int) -> bool:
        """Whether an output has a part for each picture of a batch."""
        declared = self._session.get_outputs()[number].shape
        return bool(output.shape[0] == self.batch and (declared[0] == self.batch or output.ndim > 2))

    def _run_blank(self, height: int, width: int) -> Sequence[Floats]:
        try:
            return self.run(self._input.blank(height, width))
        except VisionFailed as error:
            shape = self._input.shown
            raise ModelInputFails(name=self.name, shape=shape, height=height, width=width) from error


def _digest(model: Path | bytes) -> str:
    if isinstance(model, bytes):
        return hashlib.sha256(model).hexdigest()
    with model.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _told(metadata: Mapping[str, str]) -> HeadName | None:
    """The head that was said when the model was added, or that Ultralytics notes of exports that finish their boxes."""
    head = metadata.get(HEAD)
    if head in get_args(HeadName):
        return head  # type: ignore[return-value]  # it is one of them
    finished = metadata.get("end2end") == "True" or _literal(metadata.get("args", "")).get("nms") is True
    return "end_to_end" if finished and metadata.get("author") == "Ultralytics" else None


def _literal(written: str) -> dict[str, object]:
    try:
        read = ast.literal_eval(written[:10_000])
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return {}
    return read if isinstance(read, dict) else {}


def _keypoints(metadata: Mapping[str, str]) -> tuple[int, int] | None:
    """How many key points Ultralytics' export gives of each thing, and by how many numbers: ``[17, 3]``."""
    written = re.fullmatch(r"[\[(](\d{1,3}), *(\d)[\])]", metadata.get("kpt_shape", ""))
    return (int(written[1]), int(written[2])) if written else None


def _shapes(outputs: Sequence[Floats]) -> list[list[int]]:
    return [list(output.shape) for output in outputs]


def _finite(found: Candidates) -> Candidates:
    kept = np.isfinite(found.boxes).all(axis=1) & np.isfinite(found.scores)
    return Candidates(found.boxes[kept], found.scores[kept], found.classes[kept])


def _named(found: Candidates, count: int) -> Candidates:
    """Without classes that have no name: finished boxes may say any number."""
    kept = found.classes < count
    return found if kept.all() else Candidates(found.boxes[kept], found.scores[kept], found.classes[kept])


def _without_overlaps(found: Candidates, iou: float | None) -> Candidates:
    """Of boxes of one class that overlap more than ``iou`` only the best is kept; best first. None: all are."""
    order = np.argsort(-found.scores, kind="stable")[:_MOST]
    boxes, scores, classes = found.boxes[order], found.scores[order], found.classes[order]
    if not len(boxes) or iou is None:
        return Candidates(boxes, scores, classes)
    sides = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    indices = cv2.dnn.NMSBoxesBatched(sides.tolist(), scores.tolist(), classes.tolist(), 0.0, iou)
    kept = np.sort(np.asarray(indices, np.intp).ravel())
    return Candidates(boxes[kept], scores[kept], classes[kept])
