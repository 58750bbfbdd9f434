"""What a list of measurements says."""

import math
from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """The nearest-rank quantile: a value that was really measured, never an interpolation that hides the worst.

    Raises ValueError without values.
    """
    if not values:
        raise ValueError("nothing was measured")
    rank = math.ceil(share * len(values))
    return sorted(values)[max(rank, 1) - 1]


def median(values: Sequence[float]) -> float:
    return quantile(values, 0.5)


def ms(seconds: Sequence[float], share: float) -> float:
    """A quantile of seconds, in milliseconds."""
    return quantile(seconds, share) * 1e3


def warmed(values: Sequence[float]) -> Sequence[float]:
    """Without the first tenth, which pays for connections, plans and caches."""
    return values[len(values) // 10 :]
