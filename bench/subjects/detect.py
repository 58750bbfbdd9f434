"""The plain detector from a JPEG file, stage by stage, beside a baseline loop and beside OpenCV's network runtime; and
its network in 8 bits."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from bench.baseline import baseline_session, sides
from bench.paths import weights, workplace
from bench.pictures import photos
from bench.result import BenchmarkResult, missing, times
from bench.stats import median
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_picture
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.quantise.graph import quantise

NAMES: Final = ("yolox_nano", "nanodet_m", "yolov5n_640")
BASELINE_BUDGET: Final = times(0.85)
STAGES: Final = ("decode", "prepare", "network", "read")
CALIBRATING: Final = 12
"""Enough for the speed, which does not depend on the ranges; accuracy is measured by `bunri models quantize`."""

Detect = Callable[[bytes], object]


@dataclass
class Stopwatch:
    """Seconds of named pieces of work, over many rounds."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def of(self, name: str, work: Callable[..., Any], *given: object) -> Any:
        started = time.perf_counter()
        result = work(*given)
        self.seconds.setdefault(name, []).append(time.perf_counter() - started)
        return result

    def medians(self) -> dict[str, float]:
        """Medians without the first round, which warms up."""
        return {name: median(took[1:]) for name, took in self.seconds.items()}


def measure(quick: bool) -> list[BenchmarkResult]:
    folder = weights()
    paths = [folder / f"{name}.onnx" for name in NAMES] if folder else []
    here = [path for path in paths if path.is_file()]
    if not here:
        return [missing("from a JPEG file", "photos/s", "no weights: set BUNRI_MODELS_DIR or BUNRI_SHARED")]
    cv2.setNumThreads(1)
    files = list(photos(6 if quick else 20))
    lines = [line for path in here for line in _lines(path, files)]
    why = "no YOLOv5m weights and no Ultralytics here: docs/models.md has a run of its architecture"
    return [*lines, missing("YOLOv5m beside Ultralytics' ONNX path", "photos/s", why, times(1.1))]


def _lines(path: Path, files: list[bytes]) -> list[BenchmarkResult]:
    """All ways take turns, photo by photo, so that changes of the machine's load affect all of them alike."""
    detector = OnnxDetector(path, path.stem, threads=1)
    small = _quantised(detector, path, files[:CALIBRATING])
    ways: dict[str, Detect] = {"baseline": _baseline(path)}
    with suppress(cv2.error):  # its importer knows fewer operators
        ways["opencv"] = _opencv(path)
    stopwatch = Stopwatch()
    for file in (files[0], *files):
        stopwatch.of("ours", _stages, detector, file, stopwatch)
        stopwatch.of("network in 8 bits", small.run, detector.prepare(open_picture(file, PhotoLimits()).pixels)[1])
        for name, detect in ways.items():
            stopwatch.of(name, detect, file)
    return _results(path.stem, stopwatch.medians())


def _results(name: str, seconds: Mapping[str, float]) -> list[BenchmarkResult]:
    what, rate = f"{name}: 3 MB JPEG → detections", 1 / seconds["ours"]
    stages = " + ".join(f"{stage} {seconds[stage] * 1e3:.1f}" for stage in STAGES)
    limit = "baseline loop: quarter decode, session.run"
    peer = "quarter decode, blobFromImage, OpenCV DNN"
    network, in_8_bits = seconds["network"] * 1e3, seconds["network in 8 bits"] * 1e3
    return [
        BenchmarkResult(
            what, rate, "photos/s", BASELINE_BUDGET, limit, 1 / seconds["baseline"], f"{stages} ms, 1 thread"
        ),
        BenchmarkResult(what, rate, "photos/s", None, peer, 1 / seconds["opencv"])
        if "opencv" in seconds
        else missing(f"{name} beside OpenCV DNN", "photos/s", "OpenCV DNN does not load it"),
        BenchmarkResult(f"{name}: the network in 8 bits", in_8_bits, "ms", None, "in 32 bits", network),
    ]


def _stages(detector: OnnxDetector, file: bytes, stopwatch: Stopwatch) -> object:
    """The stages of ``detect``, each timed."""
    photo = stopwatch.of("decode", open_picture, file, PhotoLimits())
    fit, feed = stopwatch.of("prepare", detector.prepare, photo.pixels)
    outputs = stopwatch.of("network", detector.run, feed)
    return stopwatch.of("read", detector.read, outputs, fit)


def _quantised(detector: OnnxDetector, path: Path, files: list[bytes]) -> OnnxDetector:
    feeds = (detector.prepare(open_picture(file, PhotoLimits()).pixels)[1] for file in files)
    with workplace() as folder:
        return OnnxDetector(quantise(path, path.stem, feeds, folder), path.stem, threads=1)


def _baseline(path: Path) -> Detect:
    """Nothing but decoding at reduced size and the network on an empty input: a lower limit of the time."""
    session = baseline_session(path)
    name, blank = session.get_inputs()[0].name, np.zeros((1, 3, *sides(session)), np.float32)

    def detect(file: bytes) -> object:
        _quarter(file)
        return session.run(None, {name: blank})

    return detect


def _opencv(path: Path) -> Detect:
    """OpenCV's own network runtime as in its examples, with the product's reduced decoding."""
    net = cv2.dnn.readNetFromONNX(str(path))
    height, width = sides(baseline_session(path))
    outputs = net.getUnconnectedOutLayersNames()

    def detect(file: bytes) -> Any:
        net.setInput(cv2.dnn.blobFromImage(_quarter(file), size=(width, height)))
        return net.forward(outputs)

    detect(cv2.imencode(".jpg", np.zeros((64, 64, 3), np.uint8))[1].tobytes())
    return detect


def _quarter(file: bytes) -> Any:
    picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_REDUCED_COLOR_4)
    assert picture is not None
    return picture
