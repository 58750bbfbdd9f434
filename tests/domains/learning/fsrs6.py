"""FSRS-6 as it is published, to compare the library with: stability and difficulty after each review.

Source: the wiki page "The Algorithm" of open-spaced-repetition, and fsrs-rs (``src/model.rs``). They differ in one
rule: that on the same day stability does not fall holds for Good and Easy by the page, and for Hard as well in fsrs-rs,
ts-fsrs and the model that the default weights were found with. ``least`` says from which rating on it holds."""

import math
from collections.abc import Sequence

LEAST_STABILITY = 0.001


def remembered(
    weights: Sequence[float], reviews: Sequence[tuple[int, int]], *, least: int
) -> list[tuple[float, float, float | None]]:
    """For each review, a rating (1 to 4) and the days since the one before: stability and difficulty after it, and how
    likely it was to be known."""
    w = weights
    decay = -w[20]
    factor = math.pow(0.9, 1 / decay) - 1
    found: list[tuple[float, float, float | None]] = []
    stability = difficulty = 0.0
    for number, (rating, days) in enumerate(reviews):
        known = math.pow(1 + factor * days / stability, decay) if number else None
        if known is None:
            stability, difficulty = max(w[rating - 1], LEAST_STABILITY), _clamped(_first_difficulty(w, rating))
        else:
            after = (
                _same_day(w, stability, rating, least) if days == 0 else _later(w, stability, difficulty, known, rating)
            )
            stability, difficulty = max(after, LEAST_STABILITY), _next_difficulty(w, difficulty, rating)
        found.append((stability, difficulty, known))
    return found


def _first_difficulty(w: Sequence[float], rating: int) -> float:
    return w[4] - math.exp(w[5] * (rating - 1)) + 1


def _clamped(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)


def _next_difficulty(w: Sequence[float], difficulty: float, rating: int) -> float:
    moved = difficulty - w[6] * (rating - 3) * (10 - difficulty) / 9
    return _clamped(w[7] * _first_difficulty(w, 4) + (1 - w[7]) * moved)


def _same_day(w: Sequence[float], stability: float, rating: int, least: int) -> float:
    increase = math.exp(w[17] * (rating - 3 + w[18])) * math.pow(stability, -w[19])
    return stability * (max(increase, 1.0) if rating >= least else increase)


def _later(w: Sequence[float], stability: float, difficulty: float, known: float, rating: int) -> float:
    if rating == 1:
        forgotten = (
            w[11] * math.pow(difficulty, -w[12]) * (math.pow(stability + 1, w[13]) - 1) * math.exp((1 - known) * w[14])
        )
        return min(forgotten, stability / math.exp(w[17] * w[18]))
    bonus = (w[15] if rating == 2 else 1) * (w[16] if rating == 4 else 1)
    growth = (
        math.exp(w[8]) * (11 - difficulty) * math.pow(stability, -w[9]) * (math.exp((1 - known) * w[10]) - 1) * bonus
    )
    return stability * (1 + growth)
