"""Somebody's own parameters of FSRS-6, found from their log by the library's optimiser.

It needs PyTorch, which is no part of the product: ``pip install 'bunri[optimize]'``.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from importlib.util import find_spec
from typing import Final
from uuid import UUID

from fsrs import ReviewLog
from fsrs.scheduler import DEFAULT_PARAMETERS

from bunri.domains.learning.errors import OptimizerMissing
from bunri.domains.learning.schedule import Entry, Happened

LEAST_REVIEWS: Final = 512
"""With fewer the library gives its own parameters back."""
NEEDED: Final = ("torch", "pandas", "tqdm")

Optimizer = Callable[[Sequence[ReviewLog]], Sequence[float]]
"""21 weights for reviews of one person; the library's own ones where they are too few."""


def is_installed() -> bool:
    return all(find_spec(name) for name in NEEDED)


def library_optimizer() -> Optimizer:
    """Raises OptimizerMissing."""
    if not is_installed():
        raise OptimizerMissing
    from fsrs import Optimizer as LibraryOptimizer

    return lambda logs: LibraryOptimizer(list(logs)).compute_optimal_parameters()


def is_own(parameters: Sequence[float]) -> bool:
    return tuple(parameters) != DEFAULT_PARAMETERS


def review_logs(cards: Iterable[tuple[UUID, Sequence[Entry]]]) -> list[ReviewLog]:
    """What the optimiser is given: reviews at noon of their study days, so that it sees the schedule's days.

    A card that was begun anew is another card from there on. Nothing is learned from what comes after a changed rule:
    what is forgotten then was not forgotten by the person."""
    found: list[ReviewLog] = []
    number = 0
    for _, entries in cards:
        number += 1
        last: date | None = None
        for place, entry in enumerate(entries):
            if entry.kind == Happened.CUT:
                break
            if entry.kind == Happened.RESET or entry.rating is None:
                number, last = number + 1, None
                continue
            last = max(entry.day, last or entry.day)
            at = datetime.combine(last, time(12), UTC) + timedelta(seconds=place)  # in their order within a day
            found.append(ReviewLog(number, entry.rating, at, None))
    return found
