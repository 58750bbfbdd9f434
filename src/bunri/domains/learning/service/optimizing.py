"""Own parameters of the schedule for who has reviewed enough."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final
from uuid import UUID

from bunri.domains.learning.parameters import (
    LEAST_REVIEWS,
    Optimizer,
    is_own,
    library_optimizer,
    review_logs,
)
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import Entry, Happened, Scheduling, replay
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

EACH_HOURS: Final = 6
SHARES: Final = 7 * 24 // EACH_HOURS
"""Of the week: people are asked for in one of them."""


class Outcome(StrEnum):
    SAVED = "saved"
    TOO_FEW = "too_few"
    """Fewer reviews than can be learned from: 512, on other days than the one before."""
    REFUSED = "refused"
    """The optimiser found what no schedule can follow: nothing was changed."""


@dataclass(frozen=True, slots=True)
class Optimized:
    person: str
    reviews: int
    outcome: Outcome


class Optimizing:
    """Nothing that was scheduled moves: what each card's strength is follows the new parameters at once, and when it
    comes back at its next review."""

    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        clock: Clock,
        optimizer: Callable[[], Optimizer] = library_optimizer,
    ) -> None:
        self._transaction = transaction
        self._clock = clock
        self._optimizer = optimizer

    async def optimize(self, person: str | None = None) -> AsyncIterator[Optimized]:
        """Of ``person``, or of everybody who has reviewed enough, one after the other. Raises OptimizerMissing."""
        optimizer = self._optimizer()
        async with self._transaction() as repository:
            people = [person] if person else await repository.people_with_reviews(LEAST_REVIEWS)
        for each in people:
            yield await self._optimized(each, optimizer)

    async def optimize_some(self) -> None:
        """Those whose hours of the week it is, so that everybody is asked for once a week, and not all at once."""
        optimizer, now = self._optimizer(), self._clock()
        share = now.weekday() * (24 // EACH_HOURS) + now.hour // EACH_HOURS
        async with self._transaction() as repository:
            people = await repository.people_with_reviews(LEAST_REVIEWS, share=(share, SHARES))
        for each in people:
            await self._optimized(each, optimizer)

    async def _optimized(self, person: str, optimizer: Optimizer) -> Optimized:
        cards = await self._entries(person)
        count = sum(entry.kind == Happened.REVIEW for entries in cards.values() for entry in entries)
        if count < LEAST_REVIEWS:
            return Optimized(person, count, Outcome.TOO_FEW)
        found = tuple(await asyncio.to_thread(optimizer, review_logs(cards.items())))
        if not is_own(found):
            return Optimized(person, count, Outcome.TOO_FEW)
        try:
            _ = Scheduling(found).scheduler
        except ValueError:
            return Optimized(person, count, Outcome.REFUSED)
        await self._save(person, found)
        return Optimized(person, count, Outcome.SAVED)

    async def _save(self, person: str, parameters: tuple[float, ...]) -> None:
        async with self._transaction() as repository:
            await repository.lock_person(person)
            await repository.change_learner(person, parameters=list(parameters))
            learner = await repository.learner(person)
            if learner is None:
                return
            cards = _by_card(await repository.entries_of(person))
            memories = {card: replay(entries, card, learner.scheduling) for card, entries in cards.items()}
            await repository.save_strengths(person, memories)

    async def _entries(self, person: str) -> dict[UUID, list[Entry]]:
        async with self._transaction() as repository:
            return _by_card(await repository.entries_of(person))


def _by_card(entries: list[tuple[UUID, Entry]]) -> dict[UUID, list[Entry]]:
    return {card: [entry for _, entry in group] for card, group in groupby(entries, key=lambda each: each[0])}
