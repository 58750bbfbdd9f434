"""The outline of a GIF (GIF89a specification, §18–23): up to the end of its first frame, which is all that is shown."""

import struct
from typing import Final

from bunri.platform.photos.errors import BrokenPhoto, TooCostly
from bunri.platform.photos.outline import Outline

_EXTENSION, _IMAGE = 0x21, 0x2C
_MAX_BLOCKS: Final = 200_000
"""20 MiB in blocks of 255 bytes are 82,000."""
_BYTES_PER_PIXEL: Final = 9
"""The palette's numbers, RGBA, and one more while transparency is laid over white."""


def outline(data: bytes) -> Outline:
    """Raises BrokenPhoto when no frame begins, TooCostly for more blocks than pictures have."""
    if len(data) < 13:
        raise BrokenPhoto
    width, height, packed = struct.unpack_from("<HHB", data, 6)
    at = 13 + _table(packed)
    while at + 10 <= len(data):
        if data[at] == _EXTENSION:
            at = _after_blocks(data, at + 2) or len(data)
        elif data[at] == _IMAGE:
            left, top, across, down, packed = struct.unpack_from("<HHHHB", data, at + 1)
            width, height = max(width, left + across), max(height, top + down)  # as decoders do
            if not across or not down:
                raise BrokenPhoto
            whole = _after_blocks(data, at + 11 + _table(packed)) is not None
            return Outline(width, height, whole=whole, working_bytes=width * height * _BYTES_PER_PIXEL)
        else:
            break
    raise BrokenPhoto


def _table(packed: int) -> int:
    """Bytes of the colours that follow."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int | None:
    """Where the blocks that begin at ``at`` have ended; None when the file ends before."""
    for _ in range(_MAX_BLOCKS):
        if at >= len(data):
            return None
        length = data[at]
        at += 1 + length
        if not length:
            return at
    raise TooCostly
