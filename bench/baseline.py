"""The baseline: decoding and ``session.run`` and nothing else. Runs as a worker process."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

from bench import worker_processes
from bench.paths import detector
from bench.pictures import photos

_QUIET = 4


def baseline_session(path: Path) -> ort.InferenceSession:
    """The network on one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _QUIET
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def sides(session: ort.InferenceSession) -> tuple[int, int]:
    """Height and width of its input; 640 where it takes any."""
    height, width = (side if isinstance(side, int) else 640 for side in session.get_inputs()[0].shape[2:])
    return height, width


def prepare(plan: worker_processes.Plan) -> Callable[[], Mapping[str, float]]:
    """``reduced``: decode at a quarter of the size, as the product does, since a small network needs no more."""
    cv2.setNumThreads(1)
    path = detector()
    assert path
    session = baseline_session(path)
    name, (height, width) = session.get_inputs()[0].name, sides(session)
    how = cv2.IMREAD_REDUCED_COLOR_4 if plan["reduced"] else cv2.IMREAD_COLOR
    files = list(photos(plan["count"], plan["first"]))

    def detect(file: bytes) -> None:
        picture = cv2.imdecode(np.frombuffer(file, np.uint8), how)
        assert picture is not None
        session.run(None, {name: cv2.dnn.blobFromImage(picture, size=(width, height))})

    detect(files[0])

    def work() -> Mapping[str, float]:
        started = time.perf_counter()
        for file in files:
            detect(file)
        return {"seconds": time.perf_counter() - started}

    return work


if __name__ == "__main__":
    worker_processes.serve(prepare)
