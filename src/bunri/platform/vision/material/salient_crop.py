"""Finds the object in a picture that is mostly background, so that the network can be shown it larger.

Without learning: background is what the picture's border shows, the object is what differs from it. That works on
floors, tables and boards; where the border is not background, no crop is made.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bunri.platform.vision.protocol import Pixels

_SMALL: Final = 96
_FRAME: Final = 0.06
_DIFFERS: Final = 3.0
"""In robust standard deviations of the border's own colours from its plane."""

_GRAIN: Final = np.array([4.0, 2.5, 2.5], np.float32)
"""Least deviation in L, a, b, since that of a perfectly plain background is 0."""

_PART: Final = 0.15
"""Fraction of the largest piece's area; smaller pieces are specks, not parts of the object."""

_LEAST: Final = 0.015
_MOST: Final = 0.6
"""Fractions of the picture's area: below is a speck, above a crop would enlarge nothing."""

_MARGIN: Final = 0.12
Floats = NDArray[np.float32]


def salient_crop(pixels: Pixels) -> "Pixels | None":
    """The part of a BGR picture around its object, as a view; None where nothing stands out clearly."""
    height, width = pixels.shape[:2]
    scale = _SMALL / max(height, width)
    if scale >= 1 or min(height, width) * scale < 16:
        return None
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    box = _box(_stands_out(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.COLOR_BGR2LAB).astype(np.float32)))
    if box is None:
        return None
    left, top, across, down = (length / scale for length in box)
    around = _MARGIN * max(across, down)
    left, right = max(0, int(left - around)), min(width, int(left + across + around) + 1)
    top, bottom = max(0, int(top - around)), min(height, int(top + down + around) + 1)
    if (right - left) * (bottom - top) > _MOST * height * width:
        return None
    return pixels[top:bottom, left:right]


def _stands_out(lab: Floats) -> NDArray[np.uint8]:
    """A mask of pixels unlike the background: a plane of colour fitted to the border, refitted without outliers."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y], axis=-1).astype(np.float32)
    rim = max(2, round(_FRAME * _SMALL))
    frame = np.ones((height, width), bool)
    frame[rim:-rim, rim:-rim] = False
    away = np.zeros((height, width), np.float32)
    for _ in range(3):
        plane, *_ = np.linalg.lstsq(terms[frame], lab[frame], rcond=None)
        apart = np.abs(lab - terms @ plane)
        spread = np.maximum(1.5 * np.median(apart[frame], axis=0), _GRAIN)
        away = np.sqrt(((apart / spread) ** 2).mean(axis=2))
        frame &= away < _DIFFERS
        if frame.sum() < 0.4 * height * width * _FRAME:
            return np.zeros((height, width), np.uint8)
    return (away > _DIFFERS).astype(np.uint8)


def _box(mask: NDArray[np.uint8]) -> tuple[int, int, int, int] | None:
    """Left, top, width, height around the largest piece and those that may be parts of it."""
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if count < 2 or areas.max() < _LEAST * mask.size:
        return None
    parts = np.isin(labels, 1 + np.flatnonzero(areas >= _PART * areas.max()))
    left, top, across, down = cv2.boundingRect(parts.astype(np.uint8))
    return left, top, across, down
