"""``python -m training.names DATA``: writes the network that names things into the package.

It is ImageNet's network as it was published, in eight bits. Nothing is trained: fine-tuning is what made the material
model forget these names. The pictures only give the ranges of the numbers between the layers.
"""

import argparse
import math
import tempfile
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bunri.platform.vision import names
from bunri.platform.vision.material.square import square
from bunri.platform.vision.names.namer import SIDE
from training import quantise
from training.fit import TrainingConfig
from training.network import imagenet
from training.samples import training_samples

PICTURES = 400
"""From which the ranges are taken."""

ANIMALS = 398
"""The first classes of ImageNet. Nobody asks bunri which dog it is, and they would take half a megabyte."""

RELATED = 16
"""So many animals that follow each other become one class."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.names", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with trashnet/ and more-photos/")
    parser.add_argument("--out", type=Path, default=Path(names.__file__).parent / "names.onnx")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "exact.onnx"
        network = imagenet(TrainingConfig().variant)
        network.out = _with_few_animals(network.out)
        quantise.export(network, exact, SIDE)
        quantise.quantise(exact, arguments.out, _views(arguments.data))


def _with_few_animals(layer: nn.Linear) -> nn.Linear:
    """The last layer with the mean of each run of animals, likelier by their number, in place of them."""
    runs = [*torch.arange(ANIMALS).split(RELATED), *torch.arange(ANIMALS, layer.out_features).split(1)]
    few = nn.Linear(layer.in_features, len(runs))
    few.weight.data = torch.stack([layer.weight.data[run].mean(0) for run in runs])
    few.bias.data = torch.stack([layer.bias.data[run].mean() + math.log(len(run)) for run in runs])
    return few


def _views(data: Path) -> NDArray[np.uint8]:
    """n × SIDE × SIDE × 3 RGB bytes of training pictures."""
    paths = [sample.path for sample in training_samples(data) if sample.side == "train"]
    drawn = np.random.default_rng(0).choice(len(paths), PICTURES, replace=False)
    return np.array([square(cv2.imread(str(paths[at])), SIDE)[:, :, ::-1] for at in sorted(drawn)], np.uint8)


if __name__ == "__main__":
    main()
