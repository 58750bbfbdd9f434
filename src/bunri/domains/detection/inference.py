"""Detection in one picture, the same for the API, the page and the terminal. Slow: call it from a thread."""

import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import cv2
import numpy as np

from bunri.domains.detection.classes import chosen
from bunri.domains.detection.public import Corners, DetectionOptions, Found, ImageDetections, Timings
from bunri.kit.languages import Language
from bunri.platform.photos.picture import Picture
from bunri.platform.vision import coco
from bunri.platform.vision.draw import annotate
from bunri.platform.vision.protocol import Detection, Detector, Pixels

T = TypeVar("T")

_QUALITY: Final = 90
_LONGEST: Final = 16_000
"""Pixels; a JPEG's side is at most 65,535, and browsers show little more than this."""


def detect_objects(
    photo: Picture, decode_ms: float, detector: Detector, options: DetectionOptions, language: Language
) -> ImageDetections:
    """``decode_ms``: what reading the picture took. Raises ClassUnknown, VisionFailed."""
    only = chosen(options.classes or "", detector.classes, detector.name)
    detections, detect_ms = _timed(
        lambda: detector.detect(photo.pixels, confidence=options.confidence, iou=options.iou)
    )
    kept = [one for one in detections if not only or one.label in only][: options.max_detections]
    width, height = photo.header.upright
    return ImageDetections(
        width=width,
        height=height,
        timings=Timings(decode_ms=decode_ms, detect_ms=detect_ms),
        detections=[described(one, detector.classes, width, height, language) for one in kept],
        annotated=_drawn(photo.pixels, kept, language) if options.annotate else None,
    )


def described(found: Detection, classes: Sequence[str], width: int, height: int, language: Language) -> Found:
    """A detection in a picture of ``width`` × ``height`` pixels, with its name in ``language``."""
    return Found(
        label=found.label,
        name=coco.name(found.label, language),
        class_id=classes.index(found.label),
        score=round(found.score, 4),
        box=_rounded(found.box, (width, height) * 2, 1),
        box_fractions=_rounded(found.box, (1, 1, 1, 1), 5),
    )


def _rounded(box: Corners, sides: tuple[int, int, int, int], digits: int) -> Corners:
    x1, y1, x2, y2 = (round(part * side, digits) for part, side in zip(box, sides, strict=True))
    return x1, y1, x2, y2


def _drawn(pixels: Pixels, found: Sequence[Detection], language: Language) -> bytes:
    longest = max(pixels.shape[:2])
    if longest > _LONGEST:
        height, width = (max(1, side * _LONGEST // longest) for side in pixels.shape[:2])
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    drawn = annotate(pixels, found, language)
    return cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """What ``work`` returns, and how many milliseconds it took."""
    started = time.perf_counter()
    done = work()
    return done, round((time.perf_counter() - started) * 1e3, 1)
