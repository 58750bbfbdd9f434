"""Tiny ONNX graphs written by hand (onnx.proto3), so that heads whose weights we may not ship are run for real."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TYPES = {np.dtype(np.float32): 1, np.dtype(np.int64): 7, np.dtype(np.float16): 10}
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


def mean_colours() -> bytes:
    """A YOLOv8 of any input size: at each cell cx, cy, w, h, two classes are its mean R, G, B, R, G, B."""
    strides = (8, 16, 32)
    nodes = [node("Concat", ["images", "images"], "six", axis=1)]
    for stride in strides:
        nodes.append(node("AveragePool", ["six"], f"pool{stride}", kernel_shape=[stride] * 2, strides=[stride] * 2))
        nodes.append(node("Reshape", [f"pool{stride}", "flat"], f"cells{stride}"))
    nodes.append(node("Concat", [f"cells{stride}" for stride in strides], "output0", axis=2))
    flat = tensor("flat", np.array([1, 6, -1], np.int64))
    inputs = [value("images", [1, 3, "height", "width"])]
    return model(nodes, [flat], inputs, [value("output0", [1, 6, "cells"])], {})


def convolutions(**metadata: str) -> bytes:
    """A YOLOv8 of two classes on 64 × 64 that really convolves: one thing near the middle of whatever it sees.

    Its Convs are first, plain, depthwise, plain, plain and, before the outputs, three last.
    """
    random, nodes, tensors = np.random.default_rng(0), list[bytes](), list[bytes]()

    def conv(name: str, seen: str, into: int, out: int, stride: int, groups: int = 1, size: int = 3) -> str:
        weights = random.normal(0, (2 / (into // groups * size**2)) ** 0.5, (out, into // groups, size, size))
        bias = np.array([32, 32, 24, 20, 0.4, 0.6]) if size == 1 else np.zeros(out)
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
    nodes.append(node("Concat", [f"cells{number}" for number in range(3)], "output0", axis=2))
    tensors.append(tensor("flat", np.array([1, 6, -1], np.int64)))
    inputs, outputs = [value("images", [1, 3, 64, 64])], [value("output0", [1, 6, 84])]
    return model(nodes, tensors, inputs, outputs, metadata)
