"""The outline of a PNG (PNG 3rd edition §5, §11): chunks are walked, nothing is inflated."""

import struct
from typing import Final

from bunri.platform.photos.errors import BrokenPhoto
from bunri.platform.photos.exif import orientation
from bunri.platform.photos.outline import Outline

_MAX_CHUNKS: Final = 65_536
_BYTES_PER_ROW: Final = 16
"""Pillow keeps a pointer to each row, twice while it converts: more than the pixels of a picture one pixel wide."""
_GREY, _RGB, _GREY_AND_ALPHA = 0, 2, 4


def outline(data: bytes) -> Outline:
    """Raises BrokenPhoto when the file does not begin with a picture's header."""
    if data[8:16] != b"\0\0\0\rIHDR" or len(data) < 26:
        raise BrokenPhoto
    width, height, depth, colours = struct.unpack_from(">IIBB", data, 16)
    if not width or not height:
        raise BrokenPhoto
    frames, at = 1, 8
    turned: int | None = None
    transparent = False
    for _ in range(_MAX_CHUNKS):
        length, kind = struct.unpack_from(">I4s", data, at) if at + 8 <= len(data) else (0, b"")
        body, at = at + 8, at + 12 + length
        if not kind or at > len(data):
            break
        if kind == b"IHDR" and body != 16:
            raise BrokenPhoto  # decoders take the size of the last one
        if kind == b"IEND":
            working = height * (width * _bytes_per_pixel(depth, colours, transparent) + _BYTES_PER_ROW)
            return Outline(width, height, frames, turned or 1, working_bytes=working)
        if kind == b"tRNS":
            transparent = True
        elif kind == b"acTL" and length >= 4:
            frames = max(1, *struct.unpack_from(">I", data, body))
        elif kind == b"eXIf" and turned is None:
            turned = orientation(data[body : body + length])
    return Outline(width, height, frames, turned or 1, whole=False)


def _bytes_per_pixel(depth: int, colours: int, transparent: bool) -> int:
    """What Pillow holds at once, measured: the pixels as stored, and what they become before they are made fewer."""
    if colours == _RGB:
        return 8 if transparent else 4
    if colours == _GREY:
        return (8 if depth == 16 else 1) + (8 if transparent else 0)
    return 12 if colours == _GREY_AND_ALPHA else 8
