"""Whether a photo shows anything: a covered lens or a blank sheet is told at once, and not taken for some waste."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bunri.platform.photos.errors import EmptyPicture, TooDark
from bunri.platform.photos.picture import Pixels

SIDE: Final = 64
"""Pixels of the long side that is looked at: the means of so large cells hide a sensor's noise."""
DARK: Final = 40
"""A photo whose brightest hundredth stays below this (of 255) shows nothing. The darkest of 8,357 photos has 83."""
PLAIN: Final = 12.0
"""A photo of less contrast (of 255, in its strongest channel) shows nothing. The plainest of 8,357 photos, a white
sheet, has 13.7; the next has 18.2."""
_TAIL: Final = 0.5
"""Percent of the cells at each end that do not count as contrast: single specks."""


def check_shows_something(pixels: Pixels) -> None:
    """``pixels``: BGR, height × width × 3. Raises TooDark, EmptyPicture."""
    cells = _cells(pixels)
    if np.percentile(cells.max(axis=2), 99) < DARK:
        raise TooDark
    if _contrast(cells) < PLAIN:
        raise EmptyPicture


def _cells(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    if max(height, width) >= 8 * SIDE and not (height % 2 or width % 2):  # half of it is had at once, the rest is slow
        height, width = height // 2, width // 2
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _contrast(cells: Pixels) -> float:
    """Between the brightest and the darkest cells of a channel, without the soft shading that a lamp gives a wall: what
    a plane or a bowl over the picture explains is taken away."""
    height, width = cells.shape[:2]
    shading = _shading(height, width)
    values: NDArray[np.float64] = cells.reshape(-1, 3).astype(np.float64)
    rest = np.ascontiguousarray((values - shading @ (shading.T @ values)).T)
    low, high = np.percentile(rest, (_TAIL, 100 - _TAIL), axis=1)
    return float((high - low).max())


@lru_cache(maxsize=8)
def _shading(height: int, width: int) -> NDArray[np.float64]:
    """An orthonormal basis, cells × 6, of the planes and bowls over so many cells: the remainder of a least-squares
    fit is what is left after projecting on it. Photos of phones have two shapes."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1).reshape(-1, 6)
    vectors, sizes, _ = np.linalg.svd(terms, full_matrices=False)
    basis: NDArray[np.float64] = vectors[:, sizes > 1e-9 * sizes[0]]  # a row of cells alone has fewer
    return basis
