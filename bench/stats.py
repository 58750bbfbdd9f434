"""Statistics of measurements."""

import math
from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """The nearest-rank quantile: always one of the values, since interpolation would hide the worst.

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


def without_warmup(values: Sequence[float]) -> Sequence[float]:
    """``values`` without the first tenth, in which connections, plans and caches are made."""
    return values[len(values) // 10 :]
