"""Whether a picture is another one once more: saved anew, made smaller, lit otherwise, cropped, or between bars.

Both are laid over each other and compared place by place. So another thing on the same table is another picture,
however small the thing.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from itertools import combinations
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bunri.platform.photos.borders import WHOLE, inside, part
from bunri.platform.photos.landmarks import Landmarks, landmarks, scaled
from bunri.platform.photos.picture import Fractions, Pixels

_SIDE: Final = 128
"""The longer side at which pictures are compared."""
_WITHIN: Final = 0.99
_EDGE: Final = np.ones((5, 5), np.uint8)
"""Two pixels along the edges are not compared: there a crop was blurred without what lay beyond."""
_BLUR: Final = 0.8
"""Pixels by which both are blurred, since one of them may have come with fewer."""
_STEPS: Final = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
_CORRELATED: Final = 0.9
_SLANT: Final = 0.02
"""By how much an axis may lean: nobody turns a photo by so little that it is still the same crop."""
_STRETCH: Final = 1.06
"""By how much more one axis may be stretched than the other: cropped pictures are rounded to pixels."""
_OVERLAP: Final = 0.94
"""How much of the new picture the earlier one must cover: what lay beyond nobody has seen."""
_SHOWN: Final = 0.7
"""How much of the earlier picture the new one must show."""
_AROUND: Final = 7
"""Pixels of the square in which pictures are compared."""
_NOISE: Final = 8.0
"""Grey levels by which compression and noise change a smooth place."""
APART: Final = 1.0
"""Up to this difference, in noise and contrast of a spot, it is the same."""
_BLACK: Final = 4
_WHITE: Final = 251
"""Beyond these a value may have been cut off."""
_GAINS: Final = (0.5, 2.0)
_NEAR: Final = 0.03
"""Share of a side by which a spot may be away from where the other spots say that it is."""
_FEWEST: Final = 3
"""Spots that must say the same of where a picture lies."""

Matrix = NDArray[np.float32]
"""2 × 3: from a place in the new view, in pixels, to the same in the earlier one."""

Colours = NDArray[np.float32]
"""Height × width × 3, BGR."""


def place_in(new: Pixels, old: Pixels) -> Fractions | None:
    """Where ``new`` lies in ``old``, as fractions of ``old``, beyond it where ``new`` has bars; None when it is another
    picture, or shows what ``old`` does not, or too little of it. Both BGR. Takes a few ms for a copy, some 100 ms for
    another picture."""
    return next((place for apart, place in comparisons(new, old) if apart <= APART), None)


def comparisons(new: Pixels, old: Pixels) -> Iterator[tuple[float, Fractions]]:
    """Each way in which ``new`` may lie on ``old``: how much both differ where they differ most, in noise and contrast
    of that spot, and the place."""
    for ours, theirs in _views(new, old):
        for start in _starts(ours, theirs):
            for matrix in _aligned(ours, theirs, start):
                if (apart := _apart(ours, theirs, matrix)) is not None:
                    yield apart, _place(ours, theirs, matrix)


def place_in_thumbnail(new: Pixels, thumbnail: bytes) -> Fractions | None:
    """The same, of an earlier picture of which we have kept what ``make_thumbnail`` gave."""
    old = cv2.imdecode(np.frombuffer(thumbnail, np.uint8), cv2.IMREAD_COLOR)
    return None if old is None else place_in(new, np.asarray(old, np.uint8))


class _View:
    """A picture, or the part of it between bars, as it is compared."""

    def __init__(self, pixels: Pixels, box: Fractions) -> None:
        self.box = box
        self._part = part(pixels, box)
        small = cv2.GaussianBlur(scaled(self._part, _SIDE), (0, 0), _BLUR)
        self.grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        self.colours = small.astype(np.float32)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.grey.shape[1], self.grey.shape[0]

    @cached_property
    def landmarks(self) -> Landmarks:
        return landmarks(self._part)


def _views(new: Pixels, old: Pixels) -> Iterator[tuple[_View, _View]]:
    """What may be the same: both as they are, or one of them between bars."""
    whole, other = _View(new, WHOLE), _View(old, WHOLE)
    yield whole, other
    if (box := inside(new)) != WHOLE:
        yield _View(new, box), other
    if (box := inside(old)) != WHOLE:
        yield whole, _View(old, box)


def _starts(new: _View, old: _View) -> Iterator[Matrix]:
    """Where the new view may lie, roughly: on all of the earlier one, or where its landmarks are."""
    scale = [their / our for our, their in zip(new.size, old.size, strict=True)]
    yield np.array([[scale[0], 0, 0], [0, scale[1], 0]], np.float32)
    if (found := _by_landmarks(new.landmarks, old.landmarks)) is not None:
        stretch, shift = found
        (a, d), (x, y) = np.array(scale) * stretch, np.array(old.size) * shift
        yield np.array([[a, 0, x], [0, d, y]], np.float32)


def _by_landmarks(new: Landmarks, old: Landmarks) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Stretch and shift, x and y of each, in fractions, on which most landmarks agree."""
    if min(len(new.points), len(old.points)) < _FEWEST:
        return None
    apart = np.linalg.norm(new.descriptors[:, None] - old.descriptors[None], axis=2)
    best = apart.argmin(axis=1)
    ours, theirs = new.points, old.points[best]
    agreed, most = None, _FEWEST - 1
    for one, other in combinations(range(len(ours)), 2):
        span = ours[one] - ours[other]
        if np.abs(span).min() < _NEAR:
            continue
        stretch = (theirs[one] - theirs[other]) / span
        shift = theirs[one] - stretch * ours[one]
        if stretch.min() <= 0:
            continue
        agreeing = int((np.abs(ours * stretch + shift - theirs).max(axis=1) < _NEAR).sum())
        if agreeing > most:
            agreed, most = (stretch, shift), agreeing
    return agreed


def _aligned(new: _View, old: _View, start: Matrix) -> Iterator[Matrix]:
    """``start``, and ``start`` made exact by enhanced correlation (Evangelidis & Psarakis 2008)."""
    yield start
    with suppress(cv2.error):  # it does not converge, or there is no contrast
        found = cv2.findTransformECC(new.grey, old.grey, start.copy(), cv2.MOTION_AFFINE, _STEPS)
        yield np.asarray(found[1], np.float32)


def _apart(new: _View, old: _View, matrix: Matrix) -> float | None:
    """How much both differ where they differ most; None where the new one shows more than the earlier one, too little
    of it, or nothing that would tell it from another."""
    if not _upright(matrix) or _shown(new, old, matrix) < _SHOWN:
        return None
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(old.colours, matrix, new.size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    covered = cv2.warpAffine(np.ones(old.grey.shape, np.float32), matrix, new.size, flags=flags) > _WITHIN
    if covered.mean() < _OVERLAP:
        return None
    lit = _lit(np.asarray(laid, np.float32), new.colours, covered)
    grey = lit.mean(axis=2)
    if _correlation(new.colours.mean(axis=2)[covered], grey[covered]) < _CORRELATED:
        return None
    inner = cv2.erode(covered.astype(np.uint8), _EDGE, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    apart = np.sqrt(_mean(((new.colours - lit) ** 2).mean(axis=2) * inner))
    contrast = np.sqrt(np.maximum(_mean(grey**2) - _mean(grey) ** 2, 0))
    return float((apart / (_NOISE + contrast))[inner].max(initial=0))


def _upright(matrix: Matrix) -> bool:
    (a, b), (c, d) = matrix[:, :2]
    return bool(min(a, d) > 0 and max(abs(b), abs(c)) <= _SLANT * min(a, d) and max(a / d, d / a) <= _STRETCH)


def _shown(new: _View, old: _View, matrix: Matrix) -> float:
    """Share of the earlier view that the new one shows."""
    return float(matrix[0, 0] * new.size[0] / old.size[0] * matrix[1, 1] * new.size[1] / old.size[1])


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """−1 to 1; 0 where one of them is smooth."""
    spread = float(one.std() * other.std())
    return float(((one - one.mean()) * (other - other.mean())).mean()) / spread if spread else 0.0


def _mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.blur(values, (_AROUND, _AROUND)), np.float32)


def _lit(laid: Colours, new: Colours, covered: NDArray[np.bool_]) -> Colours:
    """``laid`` with each colour brightened and shifted to come nearest to ``new``. Clipped values do not count."""
    lit = np.empty_like(laid)
    for colour in range(3):
        ours, theirs = new[:, :, colour], laid[:, :, colour]
        counted = covered & (ours > _BLACK) & (ours < _WHITE)
        one, other = ours[counted], theirs[counted]
        spread = float(other.var()) if counted.any() else 0.0
        gain = float(np.clip(((one - one.mean()) * (other - other.mean())).mean() / spread, *_GAINS)) if spread else 1.0
        shift = float(one.mean() - gain * other.mean()) if counted.any() else 0.0
        lit[:, :, colour] = theirs * gain + shift
    return np.asarray(np.clip(lit, 0, 255), np.float32)


def _place(new: _View, old: _View, matrix: Matrix) -> Fractions:
    """Where all of the new picture lies in all of the earlier one."""
    ends = []
    for axis in (0, 1):
        first, last = new.box[axis], new.box[axis + 2]
        begin, size = old.box[axis], old.box[axis + 2] - old.box[axis]
        stretch, shift = matrix[axis, axis] * new.size[axis] / old.size[axis], matrix[axis, 2] / old.size[axis]
        ends.append([float(begin + size * (stretch * (at - first) / (last - first) + shift)) for at in (0, 1)])
    (left, right), (top, bottom) = ends
    return left, top, right, bottom
