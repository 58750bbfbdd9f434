"""Statements about what somebody has learned."""

from datetime import date
from typing import Final

from sqlalchemy import func, select, text

from bunri.domains.learning import models
from bunri.domains.learning.schedule import HARD_LAPSES
from bunri.domains.learning.statistics import Recalls, Studied
from bunri.platform.db import Repository

_Memory = models.MemoryRow

_STUDIED: Final = text(
    """
    select day, count(*), sum(seconds) from learning.reviews
    where person = :person and kind = 'review' and undone_at is null
    group by day order by day
    """
)
_RECALLS: Final = text(
    """
    select card.material, review.day, count(*), count(*) filter (where review.recalled)
    from learning.reviews as review join learning.cards as card on card.id = review.card_id
    where review.person = :person and review.day >= :since and review.kind = 'review' and review.undone_at is null
        and review.recalled is not null
    group by card.material, review.day
    """
)
_HARD: Final = text(f"select count(*) from learning.memories where person = :person and lapses >= {HARD_LAPSES}")  # noqa: S608
"""These say what their indexes say, so that PostgreSQL reads nothing else."""


class StatisticsRepository(Repository):
    async def studied(self, person: str) -> list[Studied]:
        """Each study day on which they reviewed something, the oldest first."""
        rows = await self._session.execute(_STUDIED, {"person": person})
        return [Studied(day, reviews, seconds or 0.0) for day, reviews, seconds in rows]

    async def begun_on(self, person: str, day: date) -> int:
        """How many cards they saw for the first time."""
        where = (_Memory.person == person, _Memory.last_day >= day, _Memory.first_day == day)
        return (await self._session.execute(select(func.count()).select_from(_Memory).where(*where))).scalar_one()

    async def recalls(self, person: str, since: date) -> list[Recalls]:
        """What they remembered since ``since``, by material and day."""
        return [Recalls(*row) for row in await self._session.execute(_RECALLS, {"person": person, "since": since})]

    async def count_hard_ones(self, person: str) -> int:
        return int((await self._session.execute(_HARD, {"person": person})).scalar_one())
