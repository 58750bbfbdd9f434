"""Compares a quantised detector with the original on the same pictures."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import cv2
import numpy as np

from bunri.platform.vision.protocol import Detector, Pixels
from bunri.platform.vision.quantise.agreement import FAINT, Agreement, agreement

_RESAVED: Final = 75
"""The JPEG quality of pictures saved once more."""
_TIMED: Final = 30


@dataclass(frozen=True, slots=True)
class Comparison:
    """``quantised`` grades the small detector by the exact one; None without an object to agree on.

    ``resaved`` is the reference: the exact detector on pictures saved once more, graded by itself on the originals.
    """

    quantised: Agreement | None
    resaved: Agreement | None
    exact_s: float
    """Median time of one picture, decoding left out; so is ``quantised_s``."""
    quantised_s: float


def compare(exact: Detector, quantised: Detector, pictures: Iterable[Pixels]) -> Comparison:
    """``pictures`` are taken one by one. Raises VisionFailed; ValueError without pictures."""
    exactly, small, again = [], [], []
    seconds: tuple[list[float], list[float]] = ([], [])
    for number, picture in enumerate(pictures):
        exactly.append(exact.detect(picture, confidence=FAINT))
        small.append(quantised.detect(picture, confidence=FAINT))
        again.append(exact.detect(resaved(picture), confidence=FAINT))
        if number < _TIMED:
            for detector, took in zip((exact, quantised), seconds, strict=True):
                took.append(_seconds(detector, picture))
    return Comparison(agreement(exactly, small), agreement(exactly, again), *(median(took) for took in seconds))


def resaved(picture: Pixels) -> Pixels:
    """As after being sent by a messenger, which saves a picture once more."""
    saved = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _RESAVED])[1]
    return np.asarray(cv2.imdecode(saved, cv2.IMREAD_COLOR), np.uint8)


def _seconds(detector: Detector, picture: Pixels) -> float:
    started = time.perf_counter()
    detector.detect(picture)
    return time.perf_counter() - started


def divided(pictures: Sequence[Pixels], least: int) -> tuple[Sequence[Pixels], Sequence[Pixels]]:
    """Pictures for calibration and for comparison: every third is held out when enough remain, else all serve both."""
    learnt = [picture for number, picture in enumerate(pictures) if number % 3]
    return (learnt, pictures[::3]) if len(learnt) >= least else (pictures, pictures)
