"""The picture that is sent to a remote service: small, re-encoded, without metadata."""

import asyncio
from dataclasses import dataclass
from typing import Final

import cv2

from bunri.platform.vision.protocol import Box, Pixels

LONGEST_SIDE: Final = 1024
"""Pixels. Larger pictures cost several times as much and are scaled down on the other side anyway."""

QUALITY: Final = 85


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """A JPEG and its size in pixels."""

    jpeg: bytes
    width: int
    height: int

    def box(self, x1: float, y1: float, x2: float, y2: float) -> Box | None:
        """Corners in pixels as our Box, clipped to the picture; None when nothing is left."""
        return fraction_box(x1 / self.width, y1 / self.height, x2 / self.width, y2 / self.height)


async def picture_of(pixels: Pixels) -> JpegPicture:
    """``pixels`` as a JPEG of at most LONGEST_SIDE, made in a thread."""
    return await asyncio.to_thread(_encode, pixels)


def _encode(pixels: Pixels) -> JpegPicture:
    height, width = pixels.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return JpegPicture(jpeg.tobytes(), *size)


def fraction_box(x1: float, y1: float, x2: float, y2: float) -> Box | None:
    """Corners in fractions as our Box, clipped to the picture; None when nothing is left."""
    x1, y1, x2, y2 = (min(1.0, max(0.0, corner)) for corner in (x1, y1, x2, y2))
    return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None
