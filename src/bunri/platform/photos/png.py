"""The outline of a PNG (PNG 3rd edition §5, §11): chunks are walked, nothing is inflated."""

import struct
from typing import Final

from bunri.platform.photos.errors import BrokenPhoto
from bunri.platform.photos.exif import orientation
from bunri.platform.photos.outline import Outline

_MAX_CHUNKS: Final = 65_536


def outline(data: bytes) -> Outline:
    """Raises BrokenPhoto when the file does not begin with a picture's header."""
    if data[8:16] != b"\0\0\0\rIHDR" or len(data) < 24:
        raise BrokenPhoto
    width, height = struct.unpack_from(">II", data, 16)
    if not width or not height:
        raise BrokenPhoto
    frames, turned, at = 1, 1, 8
    for _ in range(_MAX_CHUNKS):
        length, kind = struct.unpack_from(">I4s", data, at) if at + 8 <= len(data) else (0, b"")
        body, at = at + 8, at + 12 + length
        if not kind or at > len(data):
            break
        if kind == b"IEND":
            return Outline(width, height, frames, turned)
        if kind == b"acTL" and length >= 4:
            frames = max(1, *struct.unpack_from(">I", data, body))
        elif kind == b"eXIf":
            turned = orientation(data[body : body + length])
    return Outline(width, height, frames, turned, whole=False)
