"""Bounds of shares."""

import numpy as np


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
