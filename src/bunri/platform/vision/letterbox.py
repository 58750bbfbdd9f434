"""Fitting a picture of any shape into a network's input, and finding the way back."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from bunri.platform.vision.protocol import Pixels


@dataclass(frozen=True, slots=True)
class Fit:
    """How a picture lies in a ``height`` × ``width`` canvas: scaled first, then moved by ``left`` and ``top``."""

    height: int
    width: int
    inner: tuple[int, int]
    """Width and height of the scaled picture."""
    left: int
    top: int

    @classmethod
    def into(cls, picture: tuple[int, int], height: int, width: int, *, centred: bool) -> Self:
        """``picture`` is its width and height in pixels."""
        scale = min(width / picture[0], height / picture[1])
        inner = (max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale)))
        spare = (width - inner[0], height - inner[1])
        left, top = (spare[0] // 2, spare[1] // 2) if centred else (0, 0)
        return cls(height, width, inner, left, top)

    @classmethod
    def over(cls, height: int, width: int) -> Self:
        """The whole canvas, whatever the picture's shape."""
        return cls(height, width, (width, height), 0, 0)

    def fractions(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes n × (x1, y1, x2, y2) on the canvas as fractions of the picture, clipped to it."""
        start = np.array([self.left, self.top] * 2, np.float32)
        return np.clip((boxes - start) / np.array(self.inner * 2, np.float32), 0, 1)


def letterbox(pixels: Pixels, fit: Fit, pad: int) -> Pixels:
    """The picture on its canvas, everything else ``pad``."""
    canvas = np.full((fit.height, fit.width, 3), pad, np.uint8)
    inner = canvas[fit.top : fit.top + fit.inner[1], fit.left : fit.left + fit.inner[0]]
    inner[:] = cv2.resize(pixels, fit.inner, interpolation=cv2.INTER_LINEAR)
    return canvas
