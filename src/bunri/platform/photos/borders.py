"""What of a picture is the photo: a screenshot has bars of one colour around it, with a clock or without."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bunri.platform.photos.picture import Fractions, Pixels

WHOLE: Final[Fractions] = (0.0, 0.0, 1.0, 1.0)
_LOOKED_AT: Final = 384
"""Pixels of the longer side that are looked at; the others between them are left out."""
_ALIKE: Final = 8
"""Grey levels by which a colour may differ from the bar's: JPEG leaves no two pixels the same."""
_LINE: Final = 0.8
"""Share of a line that has the bar's colour, beside a clock and symbols."""
_BAR: Final = 0.97
"""Share of a whole bar that has its colour."""
_NARROWEST: Final = 0.02
"""Share of the picture's side from which on a bar is one."""
_EDGE: Final = 0.015
_LEAST: Final = 0.15
"""Share of the picture's area that is left at least; else it is no photo between bars."""


def inside(pixels: Pixels) -> Fractions:
    """The part between the bars at the top, the bottom and the sides, as fractions of the picture; all of it where
    there are none."""
    height, width = pixels.shape[:2]
    step = max(1, max(height, width) // _LOOKED_AT)
    few = pixels[::step, ::step].astype(np.int16)
    top, bottom = _bars(few)
    left, right = _bars(few[top : len(few) - bottom].swapaxes(0, 1))
    x1, x2 = _between(left * step / width, right * step / width)
    y1, y2 = _between(top * step / height, bottom * step / height)
    box = (x1, y1, x2, y2)
    return box if max(0, x2 - x1) * max(0, y2 - y1) >= _LEAST else WHOLE


def _between(before: float, after: float) -> tuple[float, float]:
    """Where the photo begins and ends. Its edges at bars are left out, since they are mixed with them."""
    edge = _EDGE * (1 - before - after)
    return before + edge * (before > 0), 1 - after - edge * (after > 0)


def part(pixels: Pixels, box: Fractions) -> Pixels:
    """A view."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = (round(at * side) for at, side in zip(box, (width, height) * 2, strict=True))
    return pixels[top:bottom, left:right]


def _bars(lines: NDArray[np.int16]) -> tuple[int, int]:
    """How many of ``lines`` (n × m × 3) at the beginning, and at the end, belong to a bar."""
    first = _bar(lines)
    return first, _bar(lines[::-1]) if first < len(lines) else 0


def _bar(lines: NDArray[np.int16]) -> int:
    if not lines.size:
        return 0
    colour = np.median(lines[0], axis=0)
    share = (np.abs(lines - colour).max(axis=2) <= _ALIKE).mean(axis=1)
    ends = np.flatnonzero(share < _LINE)
    size = int(ends[0]) if len(ends) else len(lines)
    return size if size >= _NARROWEST * len(lines) and share[:size].mean() >= _BAR else 0
