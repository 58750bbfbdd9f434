"""A detector that is an ONNX graph, run by ONNX Runtime on the CPU or another provider."""

import ast
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from bunri.platform.vision import coco
from bunri.platform.vision.errors import (
    ModelBatchFixed,
    ModelEndsInNms,
    ModelInputFails,
    ModelInputsSeveral,
    ModelInputType,
    ModelLayout,
    ModelNotRecognised,
    VisionFailed,
)
from bunri.platform.vision.heads import Candidates, Floats, Head, recognise
from bunri.platform.vision.letterbox import Fit, letterbox
from bunri.platform.vision.proof import Checked, Reading, check_picture, proven
from bunri.platform.vision.protocol import Detection, Pixels
from bunri.platform.vision.session import open_session

IOU: Final = 0.45
_DYNAMIC_SIDE: Final = 640
_STRIDE: Final = 32
_MOST: Final = 1000
"""Candidates that enter the removal of overlaps, best first: bounds its time when a threshold is very low."""

Feed = dict[str, NDArray[Any]]
"""A graph's input by its name."""
_MAX_NAMES: Final = 100_000
_FLOATS: Final = ("tensor(float)", "tensor(float16)")
_NMS_COLUMNS: Final = (6, 7)
"""Of what exports with their own NMS give: a box, its score and its class, maybe the number of the picture."""


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
    ) -> None:
        """Load, and run a blank and a check picture: that warms up, and the outputs tell the head.

        Raises ProviderMissing, ModelBroken when the file does not load, and ModelNotRecognised, most often of a kind
        that says why, when it is not proven what its input or its outputs mean.
        """
        self.name = name
        self.version = _digest(model)[:8]
        self._session = open_session(model, name, threads, provider)
        self._input = _picture_input(self._session, name)
        self._sides = _sides(self._input.shape)
        metadata: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        height, width = (side or _DYNAMIC_SIDE for side in self._sides)
        found = self._read_proven(metadata, height, width)
        if None in self._sides:  # a graph may promise any size and hold the cells of one
            half = (height // 2, width) if self._sides[0] is None else (height, width // 2)
            if self._read_proven(metadata, *half).head != found.head:
                raise ModelNotRecognised(name=name, outputs=[list(output.shape) for output in found.outputs])
        self.head = found.head
        self.classes = _class_names(metadata, found.classes)
        self._confidence = self.head.confidence if confidence is None else confidence
        self._iou = IOU if iou is None else iou

    def detect(self, pixels: Pixels, *, confidence: float | None = None, iou: float | None = None) -> list[Detection]:
        """Objects in an upright BGR picture, best first. Raises VisionFailed when the runtime does."""
        fit, feed = self.prepare(pixels)
        return self.read(self.run(feed), fit, confidence=confidence, iou=iou)

    def canvas(self, pixels: Pixels) -> Pixels:
        """The network's input for an upright BGR picture, as bytes. The canvas of a canvas is the same."""
        return letterbox(pixels, self._fit(pixels), self.head.pad)

    def prepare(self, pixels: Pixels) -> tuple[Fit, Feed]:
        """Where the picture lies, and the graph's input by name: 1 × 3 × height × width."""
        fit = self._fit(pixels)
        return fit, {self._input.name: self._blob(letterbox(pixels, fit, self.head.pad), self.head)}

    def run(self, feed: Feed) -> Sequence[Floats]:
        """The network alone. Raises VisionFailed when the runtime fails."""
        try:
            outputs = self._session.run(None, feed)
            return [output.astype(np.float32, copy=False) for output in outputs]
        except Exception as error:  # the runtime's errors share no base but Exception; maps and words are no arrays
            raise VisionFailed(model=self.name) from error

    def read(
        self, outputs: Sequence[Floats], fit: Fit, *, confidence: float | None = None, iou: float | None = None
    ) -> list[Detection]:
        """Decoded detections, best first."""
        least = self._confidence if confidence is None else confidence
        with np.errstate(all="ignore"):  # what overflows in half precision is dropped, not reported to the terminal
            decoded = _finite(self.head.decode(outputs, (fit.height, fit.width), least))
        found = _without_overlaps(decoded, self._iou if iou is None else iou)
        boxes = fit.fractions(found.boxes).tolist()
        return [
            Detection(self.classes[label], score, (box[0], box[1], box[2], box[3]))
            for label, score, box in zip(found.classes.tolist(), found.scores.tolist(), boxes, strict=True)
        ]

    def _fit(self, pixels: Pixels) -> Fit:
        """Where the graph leaves its input open, no larger than the picture's shape needs: whole strides."""
        height, width = pixels.shape[:2]
        scale = _DYNAMIC_SIDE / max(height, width)
        rows, columns = (
            side or max(_STRIDE, -(-round(length * scale) // _STRIDE) * _STRIDE)
            for side, length in zip(self._sides, (height, width), strict=True)
        )
        return Fit.into((width, height), rows, columns, centred=self.head.centred)

    def _blob(self, canvas: Pixels, head: Head) -> NDArray[Any]:
        """1 × 3 × height × width in the graph's type, each channel normalised straight into its place."""
        blob = np.empty((1, 3, *canvas.shape[:2]), self._dtype)
        for channel in range(3):
            source = canvas[:, :, 2 - channel if head.rgb else channel]
            scale = np.float32(1 / head.std[channel])
            np.subtract(source, np.float32(head.mean[channel]), out=blob[0, channel], casting="same_kind")
            blob[0, channel] *= scale
        return blob

    @property
    def _dtype(self) -> type[np.floating[Any]]:
        return np.float16 if self._input.type == "tensor(float16)" else np.float32

    def _read_proven(self, metadata: dict[str, str], height: int, width: int) -> Reading:
        """How the outputs for an input of that size are read. Raises ModelNotRecognised."""
        shapes = [output.shape for output in self._run_blank(height, width)]
        heads = recognise(shapes, height, width)
        if not heads and any(len(shape) in (2, 3) and shape[-1] in _NMS_COLUMNS for shape in shapes):
            raise ModelEndsInNms(name=self.name, outputs=[list(shape) for shape in shapes])
        if not heads or metadata.get("task", "detect") != "detect":
            raise ModelNotRecognised(name=self.name, outputs=[list(shape) for shape in shapes])
        picture, answers = check_picture(height, width), dict[tuple[bool, object, object], Sequence[Floats]]()
        for head, _ in heads:
            wanted = (head.rgb, head.mean, head.std)
            if wanted not in answers:
                answers[wanted] = self.run({self._input.name: self._blob(picture, head)})
        readings = [Reading(head, classes, answers[head.rgb, head.mean, head.std]) for head, classes in heads]
        return proven(readings, Checked(self.name, height, width, _names_count(metadata)))

    def _run_blank(self, height: int, width: int) -> Sequence[Floats]:
        try:
            return self.run({self._input.name: np.zeros((1, 3, height, width), self._dtype)})
        except VisionFailed as error:
            shape = _shown(self._input.shape)
            raise ModelInputFails(name=self.name, shape=shape, height=height, width=width) from error


def _digest(model: Path | bytes) -> str:
    if isinstance(model, bytes):
        return hashlib.sha256(model).hexdigest()
    with model.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _picture_input(session: ort.InferenceSession, name: str) -> ort.NodeArg:
    """The one input: floats, 1 × 3 × height × width. Raises the kind of ModelNotRecognised that says what is not so."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        shown = ", ".join(f"{each.name} ({_shown(each.shape)})" for each in inputs)
        raise ModelInputsSeveral(name=name, inputs=shown or "0")
    shape = inputs[0].shape
    if len(shape) != 4 or (shape[1] != 3 and (isinstance(shape[1], int) or shape[3] == 3)):
        raise ModelLayout(name=name, shape=_shown(shape))
    if isinstance(shape[0], int) and shape[0] != 1:
        raise ModelBatchFixed(name=name, batch=shape[0], shape=_shown(shape))
    if inputs[0].type not in _FLOATS:
        raise ModelInputType(name=name, type=inputs[0].type)
    return inputs[0]


def _shown(shape: Sequence[int | str | None]) -> str:
    return " × ".join("?" if side is None else str(side) for side in shape)


def _sides(shape: Sequence[int | str | None]) -> tuple[int | None, int | None]:
    """Height and width that the graph demands of its n × 3 × height × width; None where it takes any."""
    height, width = (side if isinstance(side, int) else None for side in shape[2:])
    return height, width


def _names_count(metadata: dict[str, str]) -> int | None:
    """How many classes the metadata name, None when they name none that can be read."""
    try:
        names = ast.literal_eval(metadata.get("names", "")[:_MAX_NAMES])
    except (ValueError, SyntaxError, TypeError, RecursionError):
        return None
    return len(names) if isinstance(names, dict | list | tuple) and names else None


def _finite(found: Candidates) -> Candidates:
    kept = np.isfinite(found.boxes).all(axis=1) & np.isfinite(found.scores)
    return Candidates(found.boxes[kept], found.scores[kept], found.classes[kept])


def _class_names(metadata: dict[str, str], count: int) -> tuple[str, ...]:
    """From the ``names`` that Ultralytics' exports carry, else COCO's when there are as many, else numbers."""
    try:
        names = ast.literal_eval(metadata.get("names", "")[:_MAX_NAMES])
        return tuple(str(names[number]) for number in range(count))
    except (ValueError, SyntaxError, KeyError, TypeError, IndexError, RecursionError):
        return coco.CLASSES if count == len(coco.CLASSES) else tuple(f"class {number}" for number in range(count))


def _without_overlaps(found: Candidates, iou: float) -> Candidates:
    """Of boxes of one class that overlap more than ``iou`` only the best is kept; best first."""
    order = np.argsort(-found.scores, kind="stable")[:_MOST]
    boxes, scores, classes = found.boxes[order], found.scores[order], found.classes[order]
    if not len(boxes):
        return Candidates(boxes, scores, classes)
    sides = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    indices = cv2.dnn.NMSBoxesBatched(sides.tolist(), scores.tolist(), classes.tolist(), 0.0, iou)
    kept = np.sort(np.asarray(indices, np.intp).ravel())
    return Candidates(boxes[kept], scores[kept], classes[kept])
