"""Spots of a picture that are found again in its copies and crops, each under a number.

A spot is a keypoint of SIFT (Lowe 2004) in a small grey picture, upright as photos are. Its number are the signs of 32
sums over its descriptor: random hyperplanes (Charikar 2002).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bunri.platform.photos.picture import Pixels

MOST: Final = 16
_SIDE: Final = 192
"""The longer side of the picture in which spots are sought; a messenger's copy has as many pixels."""
_CONTRAST: Final = 0.02
_AROUND: Final = 1.5
"""How much more of the picture a spot's number is about than in SIFT: fewer spots of other pictures have the same."""
_MARGIN: Final = 1.5
"""So many times its size a spot is away from the border: what is beyond would be another in each crop."""
_COARSEST: Final = 16
_UNSURE: Final = 3
"""The signs of the sums nearest to zero, which may be the other way in a copy."""
_BITS: Final = 32


def _sums() -> NDArray[np.float32]:
    """128 × 32, each column adding up to zero. Always the same, since numbers are stored."""
    random = np.random.Generator(np.random.PCG64(0)).integers(0, 2, (128, _BITS)) * 2.0 - 1
    return np.asarray(random - random.mean(axis=0), np.float32)


_SUMS: Final = _sums()
_POWERS: Final = 1 << np.arange(_BITS, dtype=np.uint64)

_WAYS: Final = np.array(list(product((0, 1), repeat=_UNSURE)), np.uint64)
"""Each way in which the unsure signs may be the other way."""


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """``points``: n × 2, x and y as fractions of the picture. ``descriptors``: n × 128."""

    points: NDArray[np.float64]
    descriptors: NDArray[np.float32]

    def numbers(self) -> list[int]:
        """Under which the picture is stored: 32-bit, at most MOST, each once."""
        return _distinct((self._summed() > 0) @ _POWERS)

    def sought(self) -> list[int]:
        """The numbers under which another copy of the picture may be stored: each with its unsure signs either way."""
        summed = self._summed()
        unsure = _POWERS[np.argsort(np.abs(summed), axis=1)[:, :_UNSURE]]
        return _distinct((((summed > 0) @ _POWERS)[:, None] ^ unsure @ _WAYS.T).ravel())

    def _summed(self) -> NDArray[np.float32]:
        return self.descriptors @ _SUMS


def landmarks(pixels: Pixels) -> Landmarks:
    """The clearest spots of a BGR picture; none where it is smooth. Takes some 10 ms."""
    grey = cv2.cvtColor(scaled(pixels, _SIDE), cv2.COLOR_BGR2GRAY)
    sift = cv2.SIFT.create(contrastThreshold=_CONTRAST)
    spots = _clearest(sift.detect(grey, None), grey.shape[1], grey.shape[0])
    if not spots:
        return Landmarks(np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    found, descriptors = sift.compute(grey, spots)
    points = np.asarray([spot.pt for spot in found]) / (grey.shape[1], grey.shape[0])
    return Landmarks(points, np.asarray(descriptors, np.float32))


def scaled(pixels: Pixels, side: int) -> Pixels:
    """In the same proportion, with ``side`` pixels on the longer side, also where it had fewer."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=interpolation), np.uint8)


def _clearest(spots: Sequence[cv2.KeyPoint], width: int, height: int) -> list[cv2.KeyPoint]:
    """The MOST spots of high contrast and size that are away from the border, upright. SIFT names a spot once for each
    direction that it might have."""
    found: dict[tuple[float, float, float], cv2.KeyPoint] = {}
    for spot in spots:
        (x, y), size = spot.pt, spot.size * _AROUND
        margin = size * _MARGIN
        if margin < x < width - margin and margin < y < height - margin:
            found[x, y, size] = cv2.KeyPoint(x, y, size, 0, spot.response, spot.octave)
    return sorted(found.values(), key=lambda spot: -spot.response * min(spot.size, _COARSEST * _AROUND))[:MOST]


def _distinct(numbers: Iterable[np.uint64]) -> list[int]:
    """As signed 32-bit integers, which is what PostgreSQL has."""
    return list(dict.fromkeys(int(number) - (1 << (_BITS - 1)) for number in numbers))
