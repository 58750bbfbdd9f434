"""Turns a crop of any shape into the square that the network takes. Training and inference share this file."""

from typing import Final

import cv2
import numpy as np

from bunri.platform.vision.protocol import Pixels

GREY: Final = 127
"""Grey, which is zero after normalisation."""

_MOST_SQUEEZED: Final = 4 / 3
"""Limit of the change of aspect ratio, as in pretraining; the rest is padded."""


def square(pixels: Pixels, side: int) -> Pixels:
    """Shrunk or grown to ``side`` × ``side``; a long crop is squeezed by at most 4 : 3 and padded with grey."""
    height, width = pixels.shape[:2]
    squeeze = min(_MOST_SQUEEZED, max(height, width) / min(height, width))
    scale = side / max(height, width)
    rows = side if height >= width else round(height * scale * squeeze)
    columns = side if width >= height else round(width * scale * squeeze)
    rows, columns = (min(side, max(1, length)) for length in (rows, columns))
    smaller = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    if rows == columns:
        return np.asarray(smaller, np.uint8)
    canvas = np.full((side, side, 3), GREY, np.uint8)
    top, left = (side - rows) // 2, (side - columns) // 2
    canvas[top : top + rows, left : left + columns] = smaller
    return canvas
