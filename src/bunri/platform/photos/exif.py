"""The one EXIF tag that matters: how the camera was held (EXIF 2.32 §4.6, TIFF 6.0 §2)."""

import struct
from typing import Final

_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
_MAX_TAGS: Final = 1000


def orientation(exif: bytes) -> int:
    """1–8 from a TIFF block, with or without its ``Exif`` prefix; 1 when absent or unreadable. Never raises."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    try:
        return _from_directory(tiff, order)
    except struct.error:
        return 1


def _from_directory(tiff: bytes, order: str) -> int:
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for index in range(min(count, _MAX_TAGS)):
        tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * index)
        if tag == _ORIENTATION:
            return value if kind == _SHORT and 1 <= value <= 8 else 1
    return 1
