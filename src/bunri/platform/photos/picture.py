"""A photo as it is known once it has been read. To import this loads no decoder."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bunri.platform.photos.sniff import MediaType

Pixels = NDArray[np.uint8]

CLEAN_SIDE: Final = 2048
"""The longest side of a picture that others are shown."""


@dataclass(frozen=True, slots=True)
class Header:
    """A photo as its container describes it: ``width`` × ``height`` as stored, EXIF ``orientation`` 1–8."""

    media_type: MediaType
    width: int
    height: int
    frames: int
    orientation: int

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as a person sees it."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """``pixels``: upright BGR, perhaps smaller than the header says."""

    pixels: Pixels
    header: Header


@dataclass(frozen=True, slots=True, eq=False)
class CleanPicture:
    """A picture that says nothing but what it shows, upright: WebP of ``width`` × ``height``, and a small one."""

    width: int
    height: int
    webp: bytes
    preview: bytes


Fractions = tuple[float, float, float, float]
"""x1, y1, x2, y2 of a part, as fractions of the upright picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo(Picture):
    """With its fingerprints: ``sha256`` of the bytes, ``phash`` of the picture."""

    sha256: bytes
    phash: bytes
