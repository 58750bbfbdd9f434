"""HEIC by libheif, which reads the boxes when opening and decodes only when asked for pixels.

In the build that cannot write: it has no encoder, and so no code under the GPL (decision 0016).
"""

from typing import Final

import pi_heif
from PIL import Image

from bunri.platform.photos.errors import BrokenPhoto
from bunri.platform.photos.outline import Outline

_MAX_BOXES: Final = 1000
_BYTES_PER_PIXEL: Final = 8
"""What decoding takes, measured: luma and chroma, RGB, and Pillow's copy of it."""


def outline(data: bytes) -> Outline:
    """The primary picture's; its orientation is always 1, as libheif turns it by the container's own boxes."""
    try:
        file = pi_heif.open_heif(data)
        width, height = file.size
    except MemoryError:
        raise
    except Exception as error:  # the extension raises ValueError, SyntaxError, RuntimeError, IndexError by turns
        raise BrokenPhoto from error
    working = width * height * _BYTES_PER_PIXEL
    return Outline(width, height, frames=len(file), whole=_is_whole(data), working_bytes=working)


def decode(data: bytes) -> Image.Image:
    """The primary picture, 8 bits a channel. Raises ValueError, RuntimeError and others when it is broken."""
    picture: Image.Image = pi_heif.open_heif(data).to_pillow()
    return picture


def _is_whole(data: bytes) -> bool:
    """Whether the outermost boxes (ISO/IEC 14496-12 §4.2) end where the file does."""
    at = 0
    for _ in range(_MAX_BOXES):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < 8:  # 0: the last box goes on to the end
            return size == 0 and at <= len(data)
        at += size
    return False
