"""The outline of a JPEG (ITU-T T.81 annex B): its segments are walked in the way that libjpeg walks them.

Bytes between two segments are skipped up to the next marker, as browsers do: some cameras write a segment's length too
short. What stands inside a segment is never taken for a marker, or a comment could hide scans from the count.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from bunri.platform.photos.errors import BrokenPhoto, TooCostly
from bunri.platform.photos.exif import orientation
from bunri.platform.photos.outline import Outline

_MARKER: Final = re.compile(rb"\xff([\x01-\xfe])")
_AFTER_CODED_DATA: Final = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
"""In coded data FF is followed by 00, or by a restart marker D0–D7."""
_FRAME_HEADERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL: Final = frozenset({0xC0, 0xC1})
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN, _END, _APP1 = 0xDA, 0xD9, 0xE1
_MAX_SEGMENTS: Final = 2000
_MAX_SCANS: Final = 100
_MAX_SCANNED: Final = 1_500_000_000
"""Pixels × scans. A progressive photo has about ten scans, and each costs a pass over all pixels."""


class _Frame(NamedTuple):
    """What a frame header says. ``coefficients``: bytes that a decoder keeps when it cannot finish row by row."""

    marker: int
    width: int
    height: int
    components: int
    coefficients: int


def outline(data: bytes) -> Outline:
    """Raises BrokenPhoto when no size comes before the first scan, TooCostly for more scans than photos have."""
    frame: _Frame | None = None
    turned: int | None = None
    scans = 0
    for marker, start, end in _segments(data):
        if marker in _FRAME_HEADERS:
            frame = _frame(marker, data[start:end])
        elif marker == _APP1 and turned is None and data.startswith(b"Exif\0\0", start):
            turned = orientation(data[start:end])  # the first block counts, as in browsers
        elif marker == _END:
            break
        elif marker == _SCAN:
            if frame is None:
                raise BrokenPhoto
            if not scans and frame.marker in _SEQUENTIAL and frame.components == data[start]:
                # All in one scan, which is decoded row by row. Phones append films, so the end need not be the file's.
                return _outline(frame, turned, row_by_row=True, whole=data.rfind(b"\xff\xd9", end) >= 0)
            scans += 1
            if scans > _MAX_SCANS or scans * frame.width * frame.height > _MAX_SCANNED:
                raise TooCostly
    else:
        return _outline(frame, turned, row_by_row=False, whole=False)
    return _outline(frame, turned, row_by_row=False, whole=scans > 0)


def _outline(frame: _Frame | None, turned: int | None, *, row_by_row: bool, whole: bool) -> Outline:
    if frame is None:
        raise BrokenPhoto
    working = 0 if row_by_row else frame.coefficients
    return Outline(frame.width, frame.height, orientation=turned or 1, whole=whole, working_bytes=working)


def _frame(marker: int, body: bytes) -> _Frame:
    """Precision, height (2 bytes), width (2), number of components, and for each its id, sampling and table."""
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise BrokenPhoto
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    sampled = [(body[at] >> 4, body[at] & 15) for at in range(7, 6 + 3 * body[5], 3)]
    if not height or not width or not sampled or any(not across or not down for across, down in sampled):
        raise BrokenPhoto
    most = max(across for across, _ in sampled) * max(down for _, down in sampled)
    coefficients = sum(2 * width * height * across * down // most for across, down in sampled)
    return _Frame(marker, width, height, body[5], coefficients)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, where its body starts and where it ends, until the bytes run out; coded data is passed over."""
    at, pattern = 2, _MARKER
    for _ in range(_MAX_SEGMENTS):
        found = pattern.search(data, at)
        if found is None:
            return
        marker, at, pattern = found[1][0], found.end(), _MARKER
        start, end = at, at
        if marker not in _ALONE and marker != _END:
            start, end = at + 2, at + max(2, int.from_bytes(data[at : at + 2], "big"))
        if end > len(data):
            return
        yield marker, start, end
        at = end
        if marker == _SCAN:
            pattern = _AFTER_CODED_DATA
