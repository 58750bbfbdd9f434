"""Counts true and false hits at every threshold."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

MAX_BITS: Final = 40
NEVER: Final = 257
"""More bits than a hash has: the distance of pairs that no threshold may match."""

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
    """The number of distances of at most 0, 1, … MAX_BITS bits."""
    return np.asarray([(found <= bits).sum() for bits in range(MAX_BITS + 1)], np.int64)


def nearest(found: Distances, allowed: NDArray[np.bool_]) -> Distances:
    """Of each row the least distance among the allowed columns; NEVER where there is none."""
    return np.asarray(np.where(allowed, found, NEVER).min(axis=1, initial=NEVER), np.int16)


def agreeing(ours: list[tuple[str, ...]], theirs: list[tuple[str, ...]]) -> NDArray[np.bool_]:
    """n × m: whether both have the same impression and it is not empty."""
    numbers = {impression: number for number, impression in enumerate({*ours, *theirs} - {()})}
    one = np.asarray([numbers.get(impression, -1) for impression in ours])
    other = np.asarray([numbers.get(impression, -2) for impression in theirs])
    return np.asarray(one[:, None] == other[None, :])


def at_most(seen: int, among: int) -> float:
    """The upper bound at 95 % of a share of which ``seen`` of ``among`` were observed: by the rule of three for none,
    else by the upper end of Wilson's interval (one-sided)."""
    if not among:
        return 1.0
    if not seen:
        return min(1.0, 3 / among)
    z, share = 1.645, seen / among
    middle = share + z * z / (2 * among)
    spread = z * float(np.sqrt(share * (1 - share) / among + z * z / (4 * among * among)))
    return min(1.0, (middle + spread) / (1 + z * z / among))
