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


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The bounds between which the true share lies with 95 % confidence, by Wilson's score interval (1927).

    Raises ValueError without a count.
    """
    if not count:
        raise ValueError("nothing was measured")
    z, share = 1.959964, hits / count
    middle, spread = share + z * z / (2 * count), z * math.sqrt(share * (1 - share) / count + z * z / (4 * count**2))
    low, high = (middle - spread) / (1 + z * z / count), (middle + spread) / (1 + z * z / count)
    return (low if hits else 0.0), (high if hits < count else 1.0)  # where rounding would pass the share itself


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
