"""The outline of a JPEG (ITU-T T.81 annex B): segments are walked up to the first scan, whose end is then sought."""

import re
from collections.abc import Iterator
from typing import Final

from bunri.platform.photos.errors import BrokenPhoto
from bunri.platform.photos.exif import orientation
from bunri.platform.photos.outline import Outline

_MARKER: Final = re.compile(rb"\xff+([^\xff])", re.DOTALL)
_FRAME_HEADERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_APP1, _SCAN = 0xE1, 0xDA
_PROGRESSIVE: Final = b"\xc2"
_MAX_SEGMENTS: Final = 2000
_MAX_SCANS: Final = 200
"""A progressive photo has about ten. Thousands of scans are a bomb: each costs a pass over all pixels."""


def outline(data: bytes) -> Outline:
    """Raises BrokenPhoto when the size does not come before the first scan."""
    frame, turned = b"", 1
    for marker, start, end in _segments(data):
        if marker in _FRAME_HEADERS:
            frame = data[start - 3 : end]
        elif marker == _APP1 and data.startswith(b"Exif\0\0", start):
            turned = orientation(data[start:end])
        elif marker == _SCAN:
            in_one = frame[:1] != _PROGRESSIVE and frame[8:9] == data[start : start + 1]
            return Outline(*_size(frame), orientation=turned, whole=_has_end(data, end, in_one))
    return Outline(*_size(frame), orientation=turned, whole=False)


def _size(frame: bytes) -> tuple[int, int]:
    """Width and height from a frame header: marker, length (2), precision, height (2), width (2), components."""
    height, width = int.from_bytes(frame[4:6], "big"), int.from_bytes(frame[6:8], "big")
    if not height or not width:
        raise BrokenPhoto
    return width, height


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, where its body starts and where it ends, until the bytes run out or are no segment."""
    at = 2
    for _ in range(_MAX_SEGMENTS):
        found = _MARKER.match(data, at)
        if found is None:
            return
        marker, at = found[1][0], found.end()
        start, end = at, at
        if marker not in _ALONE:
            start, end = at + 2, at + int.from_bytes(data[at : at + 2], "big")
        if not start <= end <= len(data):
            return
        yield marker, start, end
        at = end


def _has_end(data: bytes, scan: int, in_one: bool) -> bool:
    """In coded data FF is always stuffed, so markers cannot occur by chance; but phones append films and more."""
    if in_one:
        return data.rfind(b"\xff\xd9", scan) >= 0
    end = data.find(b"\xff\xd9", scan)
    return end >= 0 and data.count(b"\xff\xda", scan, end) < _MAX_SCANS
