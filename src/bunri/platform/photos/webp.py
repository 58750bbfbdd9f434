"""The outline of a WebP (RFC 9649): chunks are walked, frames are counted, nothing is decoded."""

import struct
from collections.abc import Iterator
from typing import Final

from bunri.platform.photos.errors import BrokenPhoto
from bunri.platform.photos.exif import orientation
from bunri.platform.photos.outline import Outline

_MAX_CHUNKS: Final = 65_536


def outline(data: bytes) -> Outline:
    """Raises BrokenPhoto when no size can be read."""
    size: tuple[int, int] | None = None
    turned: int | None
    frames, turned, lossless = 0, None, False
    for kind, body, length in _chunks(data):
        size = size or _size(data, kind, body)
        if kind == b"ANMF":
            frames += 1
        elif kind == b"VP8L":
            lossless = True
        elif kind == b"EXIF" and turned is None:
            turned = orientation(data[body : body + length])
    if size is None:
        raise BrokenPhoto
    whole = int.from_bytes(data[4:8], "little") + 8 <= len(data)
    each = 13 if frames else 8 if lossless else 6  # measured; an animation has two canvases beside its frame
    return Outline(*size, max(frames, 1), turned or 1, whole, working_bytes=size[0] * size[1] * each)


def colour_profile(data: bytes) -> bytes | None:
    """The ICC profile, where there is one."""
    return next((data[body : body + length] for kind, body, length in _chunks(data) if kind == b"ICCP"), None)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and length of each chunk's body; bodies are padded to an even length."""
    at = 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(data):
            return
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, at + 8, length
        at += 8 + length + length % 2


def _size(data: bytes, kind: bytes, body: int) -> tuple[int, int] | None:
    head = data[body : body + 10]
    if len(head) < 10:
        return None
    if kind == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", head, 6)
        return (width & 0x3FFF, height & 0x3FFF) if width & 0x3FFF and height & 0x3FFF else None
    if kind == b"VP8L" and head[0] == 0x2F:
        packed = int.from_bytes(head[1:5], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    return None
