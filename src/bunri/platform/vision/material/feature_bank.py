"""Features of the training pictures, to compare a new picture with: k-nearest-neighbour similarity by material.

A network's own confidence says little about pictures unlike any that it was trained on; the nearest neighbours say
more. The bank has the features of the training pictures on their principal axes, and of views of background alone
(Sun et al. 2022, "Out-of-distribution detection with deep nearest neighbors"). Made by ``training``.
"""

from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NEIGHBOUR: Final = 5
"""k of the k-nearest neighbours: at the fifth, one mislabelled or accidental neighbour decides nothing."""


class FeatureBank:
    """``feature_bank.npz``. Immutable, so threads may share it."""

    def __init__(self, mean: Floats, axes: Floats, kinds: list[Floats]) -> None:
        """``mean``: features; ``axes``: features × axes; ``kinds``: for each material, and last for none of them,
        its features, n × axes on the unit sphere."""
        self._mean, self._axes, self._kinds = mean, axes, kinds

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises OSError, KeyError or ValueError when the file holds no feature bank."""
        with np.load(path, allow_pickle=False) as stored:
            mean, axes = stored["mean"].astype(np.float32), stored["axes"].astype(np.float32)
            points, kind_of = stored["points"].astype(np.float32), stored["kinds"]
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        return cls(mean, axes, [points[kind_of == kind] for kind in range(int(kind_of.max()) + 1)])

    def knn_similarity(self, features: Floats) -> Floats:
        """Of n × features: n × (materials + 1) cosines to the NEIGHBOUR-th nearest of each kind, the last to none."""
        on_axes = (features - self._mean) @ self._axes
        on_axes /= np.maximum(np.linalg.norm(on_axes, axis=1, keepdims=True), np.float32(1e-6))
        nearest = [np.partition(on_axes @ kind.T, -NEIGHBOUR, axis=1)[:, -NEIGHBOUR] for kind in self._kinds]
        return np.stack(nearest, axis=1)
