"""Writes a detector that knows two things by their colour: python detector.py FILE.

Weights that find real things may not be shipped, and the tests want several things in a photo. So this is a YOLOv8 of
COCO's classes on 96 × 96 whose nine coarse cells each hold a bottle as far as they are magenta and a banana as far as
they are cyan. In every other picture it finds nothing.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SIDE, CELL, CLASSES, BOTTLE, BANANA = 96, 32, 80, 39, 46
COARSE = (SIDE // CELL) ** 2


def cells(stride: int) -> NDArray[np.float32]:
    """The box of each cell, 4 × cells: cx, cy, w, h."""
    middles = (np.mgrid[: SIDE // stride, : SIDE // stride].reshape(2, -1)[::-1] + 0.5) * stride
    return np.vstack([middles, np.full_like(middles, stride)]).astype(np.float32)


def detector() -> onnx.ModelProto:
    """Input n × 3 × 96 × 96 RGB 0–1, output 1 × 84 × 189: cx, cy, w, h, classes."""
    colours = np.zeros((CLASSES, 3, 1, 1), np.float32)
    colours[BOTTLE, :, 0, 0] = 0.5, -1, 0.5
    colours[BANANA, :, 0, 0] = -1, 0.5, 0.5
    fine = np.hstack([cells(8), cells(16)])  # of the finer strides, which see nothing
    constants = {
        "colours": colours,
        "boxes": cells(CELL)[None],
        "flat": np.array([1, CLASSES, COARSE], np.int64),
        "none": np.float32(0),
        "all": np.float32(1),
        "fine": np.vstack([fine, np.zeros((CLASSES, fine.shape[1]), np.float32)])[None],
    }
    nodes = [
        helper.make_node("AveragePool", ["images"], ["means"], kernel_shape=[CELL] * 2, strides=[CELL] * 2),
        helper.make_node("Conv", ["means", "colours"], ["likeness"]),
        helper.make_node("Clip", ["likeness", "none", "all"], ["scores"]),
        helper.make_node("Reshape", ["scores", "flat"], ["classes"]),
        helper.make_node("Concat", ["boxes", "classes"], ["coarse"], axis=1),
        helper.make_node("Concat", ["fine", "coarse"], ["output0"], axis=2),
    ]
    graph = helper.make_graph(
        nodes,
        "marks",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 4 + CLASSES, fine.shape[1] + COARSE])],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(detector(), path)
