"""Eight bits instead of thirty-two: static quantisation of a detector's graph, its ranges from real pictures.

QDQ (QuantizeLinear and DequantizeLinear around what stays a Conv) lets every runtime fuse it its own way: ONNX Runtime
is as fast with it as with its own QOperator form. Weights are signed and by channel, activations unsigned, which is
what VNNI multiplies; their ranges are means over the pictures: one picture's outlier would cost all others their steps.

Only the plain convolutions of the body are quantised (docs/models.md has what the rest would cost). Left out are

- the first Conv and the ones before the outputs: their ranges are those of pictures and of boxes;
- Convs by groups (depthwise): few products to save, and the spread of their values is more than 8 bits hold;
- everything else: sigmoids, and the decoding of boxes, where one step of 640 / 255 pixels is a miss.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import onnx
from onnx import ModelProto, NodeProto, version_converter
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from bunri.platform.vision.errors import ModelNotQuantisable
from bunri.platform.vision.inputs import Feed

_QUANTISED: Final = frozenset(
    {"QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "ConvInteger"}
)
_BY_CHANNEL_SINCE: Final = 13
"""The opset whose DequantizeLinear knows an axis."""
_MOST_SAID: Final = 200
FROM: Final = "bunri.quantised_from"
"""The metadata key that names the original."""


def is_quantised(model: Path) -> bool:
    """Raises ModelNotQuantisable for what is no ONNX file."""
    return any(node.op_type in _QUANTISED for node in _load(model).graph.node)


def made_here(model: Path) -> bool:
    """Whether ``quantise`` made it. Raises ModelNotQuantisable for what is no ONNX file."""
    return any(entry.key == FROM for entry in _load(model).metadata_props)


def quantise(model: Path, source: str, feeds: Iterable[Feed], folder: Path) -> bytes:
    """The graph of ``model`` in 8 bits, its ranges those of ``feeds``, which are taken one by one.

    ``source`` is noted in its metadata; temporaries lie in ``folder``. Raises ModelNotQuantisable, OSError.
    """
    exact = _load(model)
    with TemporaryDirectory(prefix=f".{model.stem}.", dir=folder) as place, _quiet():
        plain, made = Path(place) / "plain.onnx", Path(place) / "int8.onnx"
        try:
            body = _body(_prepared(exact, plain))
            if not body:  # the tools would take an empty list for everything
                raise ModelNotQuantisable(name=model.stem, reason="no plain Conv between others")
            quantize_static(
                plain,
                made,
                _Reader(feeds),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=["Conv"],
                nodes_to_quantize=body,
                calibrate_method=CalibrationMethod.MinMax,
                extra_options={"CalibMovingAverage": True},
            )
        except (OSError, ModelNotQuantisable):
            raise
        except Exception as error:  # onnx, the runtime and its tools have no common base
            reason = (str(error) or type(error).__name__).splitlines()[0][:_MOST_SAID]
            raise ModelNotQuantisable(name=model.stem, reason=reason) from error
        return _signed(onnx.load(made), exact, source)


def _prepared(exact: ModelProto, plain: Path) -> ModelProto:
    """Written to ``plain``: folded, shapes inferred, of an opset that can do it by channel, every node with a name."""
    model = ModelProto()
    model.CopyFrom(exact)
    _modernise(model)
    if any(opset.domain in ("", "ai.onnx") and opset.version < _BY_CHANNEL_SINCE for opset in model.opset_import):
        model = version_converter.convert_version(model, _BY_CHANNEL_SINCE)
    modern = plain.with_stem("modern")
    onnx.save(model, modern)
    quant_pre_process(modern, plain, skip_symbolic_shape=True)
    folded = onnx.load(plain)
    for number, node in enumerate(folded.graph.node):
        node.name = f"{node.op_type}_{number}"
    onnx.save(folded, plain)
    return folded


def _modernise(model: ModelProto) -> None:
    """What old exporters write and later opsets refuse: weights among the inputs, a Resize with empty scales."""
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    for node in model.graph.node:
        if node.op_type == "Resize" and len(node.input) == 4:  # to sizes: then there are no scales
            node.input[2] = ""


def _body(model: ModelProto) -> list[str]:
    """The plain convolutions with others before and behind them."""
    nodes = list(model.graph.node)
    return [
        node.name
        for node, before, behind in zip(nodes, _convs_before(nodes), _convs_behind(nodes), strict=True)
        if node.op_type == "Conv" and before and behind and _groups(node) == 1
    ]


def _convs_before(nodes: list[NodeProto]) -> list[bool]:
    """Nodes are in the order of their work."""
    tensors: set[str] = set()
    found = []
    for node in nodes:
        found.append(not tensors.isdisjoint(node.input))
        if found[-1] or node.op_type == "Conv":
            tensors.update(node.output)
    return found


def _convs_behind(nodes: list[NodeProto]) -> list[bool]:
    """Up to the next Softmax: behind that, a YOLOv8 takes the mean of its bins by one last Conv."""
    tensors: set[str] = set()
    found = []
    for node in reversed(nodes):
        found.append(not tensors.isdisjoint(node.output))
        if node.op_type == "Conv" or (found[-1] and node.op_type != "Softmax"):
            tensors.update(node.input)
    return found[::-1]


def _groups(node: NodeProto) -> int:
    return next((attribute.i for attribute in node.attribute if attribute.name == "group"), 1)


class _Reader(CalibrationDataReader):  # type: ignore[misc]  # the runtime's tools are untyped
    def __init__(self, feeds: Iterable[Feed]) -> None:
        self._feeds = iter(feeds)

    def get_next(self) -> Feed | None:
        return next(self._feeds, None)


def _signed(made: ModelProto, exact: ModelProto, source: str) -> bytes:
    """With the original's own metadata (its classes) and its source, without the notes of the tools."""
    del made.metadata_props[:], made.graph.value_info[:]
    made.metadata_props.extend(exact.metadata_props)
    made.metadata_props.add(key=FROM, value=source)
    return bytes(made.SerializeToString())


def _load(model: Path) -> ModelProto:
    try:
        return onnx.load(model)
    except OSError:
        raise
    except Exception as error:  # protobuf's errors differ by its implementation
        raise ModelNotQuantisable(name=model.stem, reason="no ONNX file") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences the tools, which recommend what is done already and log what they raise."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
