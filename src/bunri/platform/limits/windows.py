"""The arithmetic of sliding windows: pure, times in seconds.

A window is approximated from two counters, as Cloudflare does ("How we built rate limiting capable of scaling to
millions of domains", 2017) and ``limits`` after it: what the window before counted weighs as much as it overlaps with
the last ``window_s`` seconds.
"""

import math
from typing import NamedTuple

from bunri.platform.limits.rates import Rate


class Counts(NamedTuple):
    """What ``limits`` keeps of one bucket."""

    previous: int
    previous_s: float
    """Seconds for which the window before still counts."""
    current: int
    current_s: float
    """Seconds until the current window ends."""


def used(rate: Rate, counts: Counts) -> int:
    """Requests that count now."""
    return math.floor(counts.previous * counts.previous_s / rate.window_s) + counts.current


def remaining(rate: Rate, counts: Counts) -> int:
    return max(0, rate.amount - used(rate, counts))


def wait_s(rate: Rate, counts: Counts, cost: int) -> int:
    """Whole seconds until ``cost`` more requests would be taken, when nothing is asked for meanwhile; at least one. For
    a cost above the rate it is two windows, after which everything is forgotten."""
    if rate.amount < cost:
        return 2 * rate.window_s
    free = rate.amount - cost - counts.current
    if free >= 0:
        wait = counts.previous_s - _weighs_at_most(free, counts.previous, rate.window_s)
    else:
        left = rate.amount - cost
        wait = counts.current_s + rate.window_s - _weighs_at_most(left, counts.current, rate.window_s)
    return max(0, math.floor(wait)) + 1  # at that very moment it is still one too many


def _weighs_at_most(most: int, count: int, window_s: int) -> float:
    """The overlap in seconds below which ``count`` requests of the window before count for no more than ``most``. They
    are rounded down, so that it is the one at which they would be one more."""
    return min(float(window_s), (most + 1) * window_s / count) if count else float(window_s)
