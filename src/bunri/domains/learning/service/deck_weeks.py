"""A deck that a household, or friends, learn together: how much each of them did this week."""

from typing import Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.learning.deck_weeks import DeckWeekOut, PersonsWeek
from bunri.domains.learning.errors import DeckMissing
from bunri.domains.learning.records import DeckKind, Member
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.service.decks import known
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.statistics import monday
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

MOST: Final = 100
"""People who are shown."""


class DeckWeeks:
    """Nobody sees anybody who did not say so: each shows their week or does not, and at first does not."""

    def __init__(self, transaction: Transaction[LearningRepository], learners: Learners, clock: Clock) -> None:
        self._transaction = transaction
        self._learners = learners
        self._clock = clock

    async def of(self, caller: Caller, deck_id: UUID) -> DeckWeekOut:
        """Of the caller's own week, Monday first. Raises DeckMissing: also of decks that nobody has made to share."""
        learner = await self._learners.get(caller.id)
        since = monday(learner.day(self._clock()))
        async with self._transaction() as repository:
            mine = await _shared(repository, deck_id, caller.id)
            weeks = await repository.weeks_of(deck_id, caller.id, since, MOST)
            members = await repository.count_members(deck_id)
        people = [
            PersonsWeek(name=each.name, me=each.person == caller.id, reviewed=each.reviewed, known=each.known)
            for each in weeks
        ]
        return DeckWeekOut(shown=mine.shows_week, members=members, people=people)

    async def show(self, caller: Caller, deck_id: UUID, shown: bool) -> None:
        """Whether the others see the caller's. Raises DeckMissing."""
        async with self._transaction() as repository:
            await _shared(repository, deck_id, caller.id)
            await repository.change_member(deck_id, caller.id, shows_week=shown)


async def _shared(repository: LearningRepository, deck_id: UUID, person: str) -> Member:
    deck, member = await known(repository, deck_id, person)
    if deck.kind != DeckKind.OWN:
        raise DeckMissing
    return member
