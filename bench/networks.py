"""The baseline of an analysis: one decode, the product's networks on as many pictures, its thumbnail, and nothing else.
Runs as a worker process."""

import resource
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench import worker_processes
from bench.baseline import baseline_session, sides
from bench.paths import detector
from bench.pictures import photos
from bunri.platform.vision import material, names
from bunri.platform.vision.local import MOST_CROPS, crop
from bunri.platform.vision.material.classifier import tta_views
from bunri.platform.vision.onnx import OnnxDetector

SIDE: Final = 224


def prepare(plan: worker_processes.Plan) -> Callable[[], Mapping[str, float]]:
    """Counts before the clock starts how many views of each photo the product's material model is shown."""
    cv2.setNumThreads(1)
    path = detector()
    assert path
    detect = baseline_session(path)
    own, (height, width) = detect.get_inputs()[0].name, sides(detect)
    judge = baseline_session(_file(material, "material.onnx"))
    name = baseline_session(_file(names, "names.onnx"))
    files = list(photos(plan["count"], plan["first"]))
    product = OnnxDetector(path, "counting")
    counts = [_views(product, file) for file in files]

    def analyse(file: bytes, views: int) -> None:
        picture = _decoded(file)
        _thumbnail(picture)
        detect.run(None, {own: cv2.dnn.blobFromImage(picture, size=(width, height))})
        small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)[None]
        judge.run(None, {"pixels": np.repeat(small, views, axis=0)})
        name.run(None, {"pixels": small})

    analyse(files[0], counts[0])

    def work() -> Mapping[str, float]:
        started, used = time.perf_counter(), _used()
        for file, views in zip(files, counts, strict=True):
            analyse(file, views)
        return {"seconds": time.perf_counter() - started, "cpu": _used() - used, "views": sum(counts) / len(counts)}

    return work


def _file(package: Any, name: str) -> Path:
    return Path(package.__file__).parent / name


def _decoded(file: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_REDUCED_COLOR_4)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def _thumbnail(picture: NDArray[np.uint8]) -> None:
    """As the product's, whose decode is no larger than its thumbnail either."""
    Image.fromarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)).save(BytesIO(), "WEBP", quality=75, method=0)


def _views(detector: OnnxDetector, file: bytes) -> int:
    picture = _decoded(file)
    found = detector.detect(picture)[:MOST_CROPS]
    return sum(len(tta_views(each)) for each in (picture, *(crop(picture, one.box) for one in found)))


def _used() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    worker_processes.serve(prepare)
