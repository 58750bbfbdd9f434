"""Measures a model on a data set in the product's terms: right, sure, right among the choices."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from bunri.platform.vision.material import MATERIALS
from bunri.platform.vision.material.calibration import Calibration
from bunri.platform.vision.material.classifier import tta_views
from training.cutouts import Image
from training.samples import Sample

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of ``count`` pictures. ``sure_right`` is of those that were sure, and 1 where none was."""

    count: int
    top1: float
    top3: float
    sure: float
    sure_right: float
    in_choices: float
    """Right when sure, else the truth among the choices that are asked."""
    calibration_error: float
    """Expected calibration error over ten bins."""


def seen(model: Path, pictures: Iterable[Image], threads: int = 1) -> tuple[Floats, Floats]:
    """Logits (n × classes) and features (n × features): means over the views of each BGR picture that the classifier
    takes."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    outputs = ["logits", "features"]
    found = [
        [part.mean(axis=0) for part in session.run(outputs, {"pixels": tta_views(picture)})] for picture in pictures
    ]
    logits, features = (np.array(part, np.float32) for part in zip(*found, strict=True))
    return logits, features


def score(probabilities: Floats, samples: list[Sample], calibration: Calibration) -> Score:
    right = is_right(probabilities, samples)
    sure = is_sure(probabilities, calibration)
    return Score(
        count=len(samples),
        top1=float(right.mean()),
        top3=float(_any_right(probabilities, samples, lambda row: np.argsort(-row)[:3].tolist()).mean()),
        sure=float(sure.mean()),
        sure_right=float(right[sure].mean()) if sure.any() else 1.0,
        in_choices=float(np.where(sure, right, _any_right(probabilities, samples, _offered(calibration))).mean()),
        calibration_error=_calibration_error(probabilities.max(1), right),
    )


def is_right(probabilities: Floats, samples: list[Sample]) -> NDArray[np.bool_]:
    return _any_right(probabilities, samples, lambda row: [int(row.argmax())])


def is_sure(probabilities: Floats, calibration: Calibration) -> NDArray[np.bool_]:
    return np.array([calibration.is_sure(_named(row)) for row in probabilities])


def confusion(probabilities: Floats, samples: list[Sample]) -> NDArray[np.int64]:
    """Truth down, answer across; a picture with several right answers counts under the one given, else the first."""
    counts = np.zeros((len(MATERIALS), len(MATERIALS)), np.int64)
    for row, sample in zip(probabilities, samples, strict=True):
        answer = int(row.argmax())
        counts[answer if answer in sample.right else sample.right[0], answer] += 1
    return counts


def reliability(probabilities: Floats, samples: list[Sample], bins: int = 10) -> list[tuple[float, float, int]]:
    """Mean confidence, share right and count of each bin that holds pictures."""
    confidence, right = probabilities.max(1), is_right(probabilities, samples)
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    held = [bin_of == number for number in range(bins)]
    return [(float(confidence[at].mean()), float(right[at].mean()), int(at.sum())) for at in held if at.any()]


def _any_right(
    probabilities: Floats, samples: list[Sample], answers: Callable[[Floats], list[int]]
) -> NDArray[np.bool_]:
    return np.array(
        [not set(sample.right).isdisjoint(answers(row)) for row, sample in zip(probabilities, samples, strict=True)]
    )


def _offered(calibration: Calibration) -> Callable[[Floats], list[int]]:
    return lambda row: [MATERIALS.index(material) for material in calibration.choices(_named(row))]


def _named(row: Floats) -> dict:  # type: ignore[type-arg]
    return dict(zip(MATERIALS, row.tolist(), strict=True))


def _calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    bin_of = np.minimum((confidence * 10).astype(int), 9)
    parts = [(bin_of == number) for number in range(10)]
    return float(sum(abs(confidence[at].mean() - right[at].mean()) * at.mean() for at in parts if at.any()))
