"""Exports the PyTorch network to the shipped file: ONNX with bytes as input, 8-bit weights, logits and features."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from training.network import Network


class FromBytes(nn.Module):
    """n × side × side × 3 RGB bytes to logits and features: preprocessing is part of the graph."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        features = self.network.features(pixels.permute(0, 3, 1, 2).float())
        return self.network.out(features), features


class _Views(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._batches: Iterator[NDArray[np.uint8]] = (pixels[at : at + 8] for at in range(0, len(pixels), 8))

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"pixels": np.ascontiguousarray(batch)}


def export(network: Network, path: Path, side: int) -> None:
    """The exact network in 32 bits."""
    network = network.eval().to(memory_format=torch.contiguous_format)
    example = torch.zeros(2, side, side, 3, dtype=torch.uint8)
    batch = torch.export.Dim("n", min=1, max=4096)
    program = torch.onnx.export(
        FromBytes(network),
        (example,),
        input_names=["pixels"],
        output_names=["logits", "features"],
        dynamic_shapes=({0: batch},),
        dynamo=True,
        verbose=False,
    )
    if program is None:
        raise RuntimeError("the exporter gave nothing")
    program.save(str(path), external_data=False)


def quantise(exact: Path, path: Path, views: NDArray[np.uint8]) -> None:
    """Eight bits, weights by channel, activation ranges from ``views`` (training views, n × side × side × 3)."""
    prepared = path.with_suffix(".prepared")
    quant_pre_process(exact, prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared, path, _Views(views), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax,
        op_types_to_quantize=["Conv", "Clip", "Add", "Gemm", "MatMul", "Relu", "Pad"],
    )  # fmt: skip
    prepared.unlink()
    model = onnx.load(path)
    del model.metadata_props[:], model.graph.value_info[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, path)
