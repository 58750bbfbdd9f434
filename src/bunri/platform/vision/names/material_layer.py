"""One linear layer on the namer's features: what the picture is made of, in another network's opinion.

The namer's network was never tuned to materials, and the layer was trained on photos by phone, too, which the material
model never saw. So where both say the same, it means more than one of them that is sure. Made by
``training.material_layer``.
"""

from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from bunri.kit.materials import Material

Floats = NDArray[np.float32]

LENGTH: Final = 8
"""To which the features of each picture are scaled: bright and dark pictures differ in their length alone."""
MEDICINE: Final = "medicine"
"""A class beside the materials. What is none of the other materials may be that."""


class MaterialLayer:
    """``material_layer.npz``. Immutable, so threads may share it."""

    def __init__(self, classes: tuple[str, ...], weights: Floats, bias: Floats) -> None:
        """``classes``: materials and MEDICINE; ``weights``: features × classes. Raises ValueError when they do not
        fit."""
        self._classes, self._weights, self._bias = classes, weights, bias
        if weights.shape[1:] != bias.shape or bias.shape != (len(classes),):
            raise ValueError("as many columns and biases as classes are needed")
        self._materials = tuple(Material.OTHER if name == MEDICINE else Material(name) for name in classes)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises OSError, KeyError or ValueError when the file holds no layer."""
        with np.load(path, allow_pickle=False) as stored:
            classes, weights, bias = stored["classes"], stored["weights"], stored["bias"]
        return cls(tuple(classes.tolist()), weights.astype(np.float32), bias.astype(np.float32))

    def save(self, path: Path) -> None:
        """With 16 bits a weight."""
        np.savez_compressed(
            path, classes=np.array(self._classes), weights=self._weights.astype(np.float16), bias=self._bias
        )

    def probabilities(self, features: Floats) -> Floats:
        """Of n × features: n × classes; rows add up to 1. Raises ValueError for another number of features."""
        scores = scaled(features) @ self._weights + self._bias
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

    def judge(self, features: Floats) -> dict[Material, float]:
        """The probability of each material in one picture; medicine counts as other."""
        shares: dict[Material, float] = {}
        for material, share in zip(self._materials, self.probabilities(features[None])[0].tolist(), strict=True):
            shares[material] = shares.get(material, 0.0) + share
        return shares


def scaled(features: Floats) -> Floats:
    """n × features, each row of the length LENGTH."""
    length = np.maximum(np.linalg.norm(features, axis=1, keepdims=True), np.float32(1e-6))
    return np.asarray(features * (LENGTH / length), np.float32)
