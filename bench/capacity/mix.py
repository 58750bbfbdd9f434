"""The seed's load: what 500 people do who are there at once, in the busiest hour of a day with 50,000 analyses.

The seed (COACH-17) says how many people, how many analyses a day, and photos of 2 to 5 MB. What it does not say is
assumed here, each number with its reason, and printed with the result.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

PEOPLE: Final = 500
"""At once."""
ANALYSES_A_DAY: Final = 50_000
PEAK_SHARE: Final = 1 / 8
"""Of a day's analyses in its busiest hour: three times the mean hour, since homes sort their waste in the evening."""
VISIT_MINUTES: Final = 10
"""How long somebody stays. With 500 at once that is 3,000 visits an hour, about two analyses each."""
REPEATS: Final = 0.3
"""The share of photos that were sent before: of the budget for cache hits."""
SPEAKS: Final = 0.4
"""Messages a visit: one visit in five says two things."""
LEARNS: Final = 0.2
"""Visits in which somebody learns: what is due, and REVIEWS cards."""
REVIEWS: Final = 5
SEARCHES: Final = 0.5
"""Searches by words a visit."""
ROOM: Final = 20
"""People of a room who hear what is said, each by a socket that is open all the time."""
POLL_S: Final = 0.5
"""Between two looks at the status, as the contract says."""

NEW, AGAIN, VISIT, MESSAGE, LEARN, SEARCH, POLL = (
    "new photo",
    "photo again",
    "visit",
    "message",
    "learn",
    "search",
    "poll",
)

_ANALYSES: Final = ANALYSES_A_DAY * PEAK_SHARE / 3600
_VISITS: Final = PEOPLE / (VISIT_MINUTES * 60)
RATES: Final[Mapping[str, float]] = {
    NEW: _ANALYSES * (1 - REPEATS),
    AGAIN: _ANALYSES * REPEATS,
    VISIT: _VISITS,
    MESSAGE: _VISITS * SPEAKS,
    LEARN: _VISITS * LEARNS,
    SEARCH: _VISITS * SEARCHES,
}
"""A second, in the peak hour. Polls come with the photos."""


class Arrival(NamedTuple):
    due: float
    """Seconds from the beginning."""
    kind: str


def multiplied(rates: Mapping[str, float], factor: float) -> dict[str, float]:
    """``rates`` multiplied."""
    return {kind: rate * factor for kind, rate in rates.items()}


def arrivals(rates: Mapping[str, float], seconds: float, seed: int) -> Sequence[Arrival]:
    """In their order; independent of each other and of how the last ones fared (Poisson). A seed gives the same."""
    drawn, found = random.Random(seed), list[Arrival]()
    for kind, rate in rates.items():
        due = drawn.expovariate(rate) if rate else seconds
        while due < seconds:
            found.append(Arrival(due, kind))
            due += drawn.expovariate(rate)
    return sorted(found)
