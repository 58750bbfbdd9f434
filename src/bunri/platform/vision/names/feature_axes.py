"""A network's features of a picture in a few bytes: their directions on a few principal axes. Made by
``training.field_bank``.

What is stored of a picture is small, and tells how near two pictures are and nothing else: the picture cannot be made
from it.
"""

from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_STEPS: Final = 127
"""The largest number of a byte with a sign."""


class FeatureAxes:
    """``feature_axes.npz``. Immutable, so threads may share it."""

    def __init__(self, mean: Floats, axes: Floats) -> None:
        """``mean``: features; ``axes``: features × axes. Raises ValueError when they do not fit."""
        if axes.ndim != 2 or mean.shape != axes.shape[:1]:
            raise ValueError("as many means as rows of axes are needed")
        self._mean, self._axes = mean, axes

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises OSError, KeyError or ValueError when the file holds no axes."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["mean"].astype(np.float32), stored["axes"].astype(np.float32) / _STEPS)

    def save(self, path: Path) -> None:
        """With a byte for each number of the axes."""
        axes = np.round(self._axes * (_STEPS / np.abs(self._axes).max())).astype(np.int8)
        np.savez_compressed(path, mean=self._mean.astype(np.float16), axes=axes)

    def shorten(self, features: Floats) -> bytes:
        """A byte for each axis, of one picture's features. Raises ValueError for another number of features."""
        on_axes = (scaled_to_one(features) - self._mean) @ self._axes
        largest = max(float(np.abs(on_axes).max()), 1e-6)
        return np.round(on_axes * (_STEPS / largest)).astype(np.int8).tobytes()


def directions(shortened: list[bytes]) -> Floats:
    """Of n pictures: n × axes, each of length one. Raises ValueError when they have different numbers of axes."""
    if len({len(each) for each in shortened}) > 1:
        raise ValueError("features of different networks")
    rows = np.frombuffer(b"".join(shortened), np.int8).reshape(len(shortened), -1).astype(np.float32)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-6)), np.float32)


def scaled_to_one(features: Floats) -> Floats:
    """With the length one: bright and dark pictures differ in their length alone."""
    return np.asarray(features / np.maximum(np.linalg.norm(features), np.float32(1e-6)), np.float32)
