"""What the network was taught, remembered: how near a picture lies to pictures of each material, and to none of them.

A network's own confidence says little about pictures unlike any it saw; neighbours say more. Remembered are the
features of the training pictures, on their main axes, and of views that show no thing or a board of any ground
(Sun et al. 2022, "Out-of-distribution detection with deep nearest neighbors"). Made by ``training``.
"""

from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NEIGHBOUR: Final = 5
"""The fifth nearest: one mislabelled or accidental neighbour decides nothing."""


class Memory:
    """``memory.npz``. Immutable, so threads may share it."""

    def __init__(self, mean: Floats, axes: Floats, kinds: list[Floats]) -> None:
        """``mean``: features; ``axes``: features × axes; ``kinds``: for each material, and last for none of them,
        what is remembered of it, n × axes on the unit sphere."""
        self._mean, self._axes, self._kinds = mean, axes, kinds

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises OSError, KeyError or ValueError where there is no memory in the file."""
        with np.load(path, allow_pickle=False) as stored:
            mean, axes = stored["mean"].astype(np.float32), stored["axes"].astype(np.float32)
            points, kind_of = stored["points"].astype(np.float32), stored["kinds"]
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        return cls(mean, axes, [points[kind_of == kind] for kind in range(int(kind_of.max()) + 1)])

    def likeness(self, features: Floats) -> Floats:
        """Of n × features: n × (materials + 1) cosines to the NEIGHBOUR-th nearest of each kind, the last to none."""
        on_axes = (features - self._mean) @ self._axes
        on_axes /= np.maximum(np.linalg.norm(on_axes, axis=1, keepdims=True), np.float32(1e-6))
        nearest = [np.partition(on_axes @ kind.T, -NEIGHBOUR, axis=1)[:, -NEIGHBOUR] for kind in self._kinds]
        return np.stack(nearest, axis=1)
