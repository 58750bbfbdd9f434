"""Counting hits, true and false, at every threshold. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_BITS: Final = 40
NEVER: Final = 257
"""More bits than there are: no threshold lets this pair through."""

Distances = NDArray[np.int16]
Counts = NDArray[np.int64]


def distances(ours: Sequence[bytes], theirs: Sequence[bytes]) -> Distances:
    """Differing bits, n × m, of 256-bit hashes."""
    one, other = _bits(ours), _bits(theirs)
    return np.asarray(one @ (1 - other).T + (1 - one) @ other.T, np.int16)


def _bits(hashes: Sequence[bytes]) -> NDArray[np.float32]:
    packed = np.frombuffer(b"".join(hashes), np.uint8).reshape(len(hashes), -1)
    return np.unpackbits(packed, axis=1).astype(np.float32)


def within(found: Distances) -> Counts:
    """How many are at most 0, 1, … MOST_BITS bits."""
    return np.asarray([(found <= bits).sum() for bits in range(MOST_BITS + 1)], np.int64)


def nearest(found: Distances, allowed: NDArray[np.bool_]) -> Distances:
    """Of each row the least distance among the allowed columns; NEVER where there is none."""
    return np.asarray(np.where(allowed, found, NEVER).min(axis=1, initial=NEVER), np.int16)


def agreeing(ours: list[tuple[str, ...]], theirs: list[tuple[str, ...]]) -> NDArray[np.bool_]:
    """n × m: whether both looks left the same impression, and one at all."""
    numbers = {own: number for number, own in enumerate({*ours, *theirs} - {()})}
    one = np.asarray([numbers.get(own, -1) for own in ours])
    other = np.asarray([numbers.get(own, -2) for own in theirs])
    return np.asarray(one[:, None] == other[None, :])


def at_most(seen: int, among: int) -> float:
    """The highest share that ``seen`` of ``among`` leaves possible at 95 %: the rule of three for none, and for some
    the upper end of Wilson's interval (one-sided)."""
    if not among:
        return 1.0
    if not seen:
        return min(1.0, 3 / among)
    z, share = 1.645, seen / among
    middle = share + z * z / (2 * among)
    spread = z * float(np.sqrt(share * (1 - share) / among + z * z / (4 * among * among)))
    return min(1.0, (middle + spread) / (1 + z * z / among))
