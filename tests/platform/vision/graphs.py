"""Tiny ONNX graphs written by hand (onnx.proto3), so that heads whose weights we may not ship are run for real."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TYPES = {
    np.dtype(np.float32): 1,
    np.dtype(np.uint8): 2,
    np.dtype(np.int32): 6,
    np.dtype(np.int64): 7,
    np.dtype(np.float16): 10,
}
_INTS = 7


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    body = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def tensor(name: str, array: NDArray[Any]) -> bytes:
    dims = b"".join(_field(1, side) for side in array.shape)
    return dims + _field(2, _TYPES[array.dtype]) + _field(8, name) + _field(9, array.tobytes())


def node(kind: str, inputs: Sequence[str], output: str, **attributes: int | Sequence[int]) -> bytes:
    body = b"".join(_field(1, name) for name in inputs) + _field(2, output) + _field(4, kind)
    for name, value in attributes.items():
        if isinstance(value, int):
            body += _field(5, _field(1, name) + _field(3, value) + _field(20, 2))
        else:
            body += _field(5, _field(1, name) + b"".join(_field(8, each) for each in value) + _field(20, _INTS))
    return body


def value(name: str, shape: Sequence[int | str], dtype: type = np.float32) -> bytes:
    dims = b"".join(_field(1, _field(1 if isinstance(side, int) else 2, side)) for side in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, _TYPES[np.dtype(dtype)]) + _field(2, dims)))


def model(
    nodes: Sequence[bytes],
    tensors: Sequence[bytes],
    inputs: Sequence[bytes],
    outputs: Sequence[bytes],
    metadata: Mapping[str, str],
) -> bytes:
    graph = b"".join(
        _field(number, part)
        for number, parts in ((1, nodes), (5, tensors), (11, inputs), (12, outputs))
        for part in parts
    )
    extra = b"".join(_field(14, _field(1, key) + _field(2, text)) for key, text in metadata.items())
    return _field(1, 8) + _field(7, graph + _field(2, "tiny")) + _field(8, _field(1, "") + _field(2, 13)) + extra


def always(*answers: NDArray[Any], side: int = 64, dtype: type = np.float32, **metadata: str) -> bytes:
    """A graph that gives the same ``answers`` whatever it is shown."""
    names = [f"output{number}" for number in range(len(answers))]
    return model(
        [node("Identity", [f"fixed_{name}"], name) for name in names],
        [tensor(f"fixed_{name}", answer) for name, answer in zip(names, answers, strict=True)],
        [value("images", [1, 3, side, side], dtype)],
        [value(name, answer.shape, answer.dtype.type) for name, answer in zip(names, answers, strict=True)],
        metadata,
    )


def gives(outputs: Mapping[str, NDArray[Any]], *inputs: bytes, side: int = 64, **metadata: str) -> bytes:
    """A graph with outputs of these names, and with other inputs than a picture of floats when they are given."""
    return model(
        [node("Identity", [f"fixed_{name}"], name) for name in outputs],
        [tensor(f"fixed_{name}", answer) for name, answer in outputs.items()],
        inputs or [value("images", [1, 3, side, side])],
        [value(name, answer.shape, answer.dtype.type) for name, answer in outputs.items()],
        metadata,
    )


def grid_of(side: int = 64) -> NDArray[np.float32]:
    """4 × cells: where the cells of a square input lie, as boxes of cx, cy, w, h four cells wide."""
    strides = [(stride, side // stride) for stride in (8, 16, 32)]
    each = [np.mgrid[:count, :count][::-1].reshape(2, -1) * stride + stride / 2 for stride, count in strides]
    sizes = [np.full((2, count**2), 4 * stride) for stride, count in strides]
    return np.concatenate([np.concatenate(each, 1), np.concatenate(sizes, 1)]).astype(np.float32)


def nothing_seen(classes: int = 80, side: int = 64) -> NDArray[np.float32]:
    """The output 1 × (4 + classes) × cells of a YOLOv8 that sees nothing: boxes around their cells, scores of 0."""
    boxes = grid_of(side)
    return np.concatenate([boxes, np.zeros((classes, boxes.shape[1]), np.float32)])[None]


def mean_colours() -> bytes:
    """A YOLOv8 of any input size: at each cell cx and cy are its middle plus its mean R and G, w and h are four cells
    plus its mean B and R, and two classes are its mean G and B."""
    nodes = [node("Concat", ["images", "images"], "six", axis=1)]
    tensors = [tensor("flat", np.array([1, 6, -1], np.int64)), tensor("none", np.zeros((1, 6, 1, 1), np.float32))]
    tensors += [tensor(f"axis{axis}", np.array(axis, np.int64)) for axis in (2, 3)]
    for stride in (8, 16, 32):
        steps = {"right": [stride, 0, 0, 0, 0, 0], "down": [0, stride, 0, 0, 0, 0]}
        first = [-stride / 2, -stride / 2, 4 * stride, 4 * stride, 0, 0]
        for name, numbers in (*steps.items(), ("first", first)):
            tensors.append(tensor(f"{name}{stride}", np.array(numbers, np.float32).reshape(1, 6, 1, 1)))
        nodes.append(node("AveragePool", ["six"], f"pool{stride}", kernel_shape=[stride] * 2, strides=[stride] * 2))
        nodes.append(node("Mul", [f"pool{stride}", "none"], f"zero{stride}"))
        seen = f"pool{stride}"
        for name, axis in (("right", 3), ("down", 2)):  # a sum along an axis counts its cells
            nodes.append(node("Add", [f"zero{stride}", f"{name}{stride}"], f"step_{name}{stride}"))
            nodes.append(node("CumSum", [f"step_{name}{stride}", f"axis{axis}"], f"way_{name}{stride}"))
            nodes.append(node("Add", [seen, f"way_{name}{stride}"], f"seen_{name}{stride}"))
            seen = f"seen_{name}{stride}"
        nodes.append(node("Add", [seen, f"first{stride}"], f"placed{stride}"))
        nodes.append(node("Reshape", [f"placed{stride}", "flat"], f"cells{stride}"))
    nodes.append(node("Concat", [f"cells{stride}" for stride in (8, 16, 32)], "output0", axis=2))
    inputs = [value("images", [1, 3, "height", "width"])]
    return model(nodes, tensors, inputs, [value("output0", [1, 6, "cells"])], {})


def convolutions(**metadata: str) -> bytes:
    """A YOLOv8 of two classes on 64 × 64 that really convolves: something around every cell of whatever it sees.

    Its Convs are first, plain, depthwise, plain, plain and, before the outputs, three last.
    """
    random, nodes, tensors = np.random.default_rng(0), list[bytes](), list[bytes]()

    def conv(name: str, seen: str, into: int, out: int, stride: int, groups: int = 1, size: int = 3) -> str:
        weights = random.normal(0, (2 / (into // groups * size**2)) ** 0.5, (out, into // groups, size, size))
        bias = np.array([0, 0, 24, 20, 0.4, 0.6]) if size == 1 else np.zeros(out)
        tensors.append(tensor(f"{name}_w", (weights * (0.03 if size == 1 else 1)).astype(np.float32)))
        tensors.append(tensor(f"{name}_b", bias.astype(np.float32)))
        shape = {"kernel_shape": [size] * 2, "strides": [stride] * 2, "pads": [size // 2] * 4}
        nodes.append(node("Conv", [seen, f"{name}_w", f"{name}_b"], name, group=groups, **shape))
        nodes.append(node("Relu", [name], f"{name}_seen"))
        return f"{name}_seen"

    first = conv("first", "images", 3, 16, 2)
    depthwise = conv("depthwise", conv("plain4", first, 16, 16, 2), 16, 16, 1, groups=16)
    levels = [conv("plain8", depthwise, 16, 32, 2)]
    levels.append(conv("plain16", levels[-1], 32, 32, 2))
    levels.append(conv("plain32", levels[-1], 32, 32, 2))
    for number, level in enumerate(levels):
        nodes.append(node("Reshape", [conv(f"last{number}", level, 32, 6, 1, size=1), "flat"], f"cells{number}"))
    nodes.append(node("Concat", [f"cells{number}" for number in range(3)], "offsets", axis=2))
    nodes.append(node("Add", ["offsets", "grid"], "output0"))
    tensors.append(tensor("grid", nothing_seen(2) * np.array([1, 1, 0, 0, 1, 1], np.float32).reshape(1, 6, 1)))
    tensors.append(tensor("flat", np.array([1, 6, -1], np.int64)))
    inputs, outputs = [value("images", [1, 3, 64, 64])], [value("output0", [1, 6, 84])]
    return model(nodes, tensors, inputs, outputs, metadata)
