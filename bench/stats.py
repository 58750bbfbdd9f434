"""Statistics of measurements."""

import math
from collections import Counter
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


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """p of the Mann–Whitney U test, two-sided: how probable at least so great a difference is where both come from one
    distribution. By the normal approximation with its correction for ties, which needs some twenty values each.

    Raises ValueError without values on both sides.
    """
    if not one or not other:
        raise ValueError("nothing was measured")
    n, m = len(one), len(other)
    places, ties, before = {}, 0, 0
    for value, count in sorted(Counter([*one, *other]).items()):
        places[value] = before + (count + 1) / 2
        ties += count**3 - count
        before += count
    u = sum(places[value] for value in one) - n * (n + 1) / 2
    variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
    return math.erfc(abs(u - n * m / 2) / math.sqrt(2 * variance)) if variance else 1.0
