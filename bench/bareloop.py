"""A member of a crew: what anybody would write in ten lines, decode and ``session.run``, and nothing else."""

import time
from collections.abc import Callable, Mapping

import cv2
import numpy as np
import onnxruntime as ort

from bench import crew
from bench.pictures import photos
from bench.places import detector


def prepare(plan: crew.Plan) -> Callable[[], Mapping[str, float]]:
    """``reduced``: the decoder leaves out what a small network does not need, as ours does."""
    cv2.setNumThreads(1)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    path = detector()
    assert path
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name, (height, width) = session.get_inputs()[0].name, session.get_inputs()[0].shape[2:]
    how = cv2.IMREAD_REDUCED_COLOR_4 if plan["reduced"] else cv2.IMREAD_COLOR
    files = list(photos(plan["count"], plan["first"]))

    def look(file: bytes) -> None:
        picture = cv2.imdecode(np.frombuffer(file, np.uint8), how)
        assert picture is not None
        session.run(None, {name: cv2.dnn.blobFromImage(picture, size=(width, height))})

    look(files[0])

    def work() -> Mapping[str, float]:
        started = time.perf_counter()
        for file in files:
            look(file)
        return {"seconds": time.perf_counter() - started}

    return work


if __name__ == "__main__":
    crew.member(prepare)
