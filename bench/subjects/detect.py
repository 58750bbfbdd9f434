"""The plain detector from a JPEG file, beside its own network alone and beside OpenCV's network runtime."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from bench.bare import bare_session, sides
from bench.line import Line, missing, times
from bench.pictures import photos
from bench.places import weights
from bench.stats import median
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_photo
from bunri.platform.vision.onnx import OnnxDetector

NAMES: Final = ("yolox_nano", "nanodet_m", "yolov5n_640")


def measure(quick: bool) -> list[Line]:
    folder = weights()
    paths = [folder / f"{name}.onnx" for name in NAMES] if folder else []
    here = [path for path in paths if path.is_file()]
    if not here:
        return [missing("from a JPEG file", "photos/s", "no weights: set BUNRI_MODELS_DIR or BUNRI_SHARED")]
    cv2.setNumThreads(1)
    files = list(photos(6 if quick else 20))
    lines = [line for path in here for line in _lines(path, files)]
    why = "no YOLOv5m weights and no Ultralytics here; the same path is measured with the models above"
    return [*lines, missing("YOLOv5m beside Ultralytics' ONNX path", "photos/s", why, times(1.1))]


def _lines(path: Path, files: list[bytes]) -> list[Line]:
    """In turns, photo by photo, so that all meet the same moods of the machine."""
    detector = OnnxDetector(path, path.stem, threads=1)
    ways: dict[str, Callable[[bytes], object]] = {
        "ours": lambda file: detector.detect(open_photo(file, PhotoLimits()).pixels),
        "network": _network(path),
    }
    why = ""
    try:
        ways["opencv"] = _opencv(path)
    except cv2.error as error:
        why = f"OpenCV DNN does not load it: {str(error).splitlines()[0][:100]}"
    rates = _rates(ways, files)
    what = f"{path.stem}: 3 MB JPEG → detections"
    return [
        Line(what, rates["ours"], "photos/s", None, "session.run alone", rates["network"], "1 thread"),
        Line(what, rates["ours"], "photos/s", None, "cv2.imread + OpenCV DNN", rates["opencv"])
        if "opencv" in rates
        else missing(f"{path.stem} beside OpenCV DNN", "photos/s", why),
    ]


def _rates(ways: dict[str, Callable[[bytes], object]], files: list[bytes]) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for file in (files[0], *files):
        for name, look in ways.items():
            started = time.perf_counter()
            look(file)
            seconds[name].append(time.perf_counter() - started)
    return {name: 1 / median(took[1:]) for name, took in seconds.items()}


def _network(path: Path) -> Callable[[bytes], object]:
    session = bare_session(path)
    name, blob = session.get_inputs()[0].name, np.zeros((1, 3, *sides(session)), np.float32)
    return lambda _: session.run(None, {name: blob})


def _opencv(path: Path) -> Callable[[bytes], object]:
    """As an example of OpenCV's would: the whole picture decoded, squeezed into the input, forwarded."""
    net = cv2.dnn.readNetFromONNX(str(path))
    height, width = sides(bare_session(path))
    outputs = net.getUnconnectedOutLayersNames()

    def look(file: bytes) -> Any:
        picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        net.setInput(cv2.dnn.blobFromImage(picture, size=(width, height)))
        return net.forward(outputs)

    look(cv2.imencode(".jpg", np.zeros((64, 64, 3), np.uint8))[1].tobytes())
    return look
