"""Statements about what somebody has learned."""

from datetime import date
from typing import Final

from sqlalchemy import func, select, text

from bunri.domains.learning import models
from bunri.domains.learning.schedule import Happened
from bunri.domains.learning.statistics import History, Studied
from bunri.platform.db import Repository

_Memory = models.MemoryRow
_Review = models.ReviewRow

_HISTORIES: Final = text(
    """
    with recent as materialized (
        select distinct card_id from learning.reviews
        where person = :person and day >= :since and undone_at is null
    )
    select card.material, history.ratings, history.days
    from recent
    join learning.cards as card on card.id = recent.card_id
    cross join lateral (
        select
            string_agg(
                case log.kind when 'review' then log.rating::text else 'r' end, '' order by log.reviewed_at, log.id
            ) as ratings,
            array_agg(log.day order by log.reviewed_at, log.id) as days
        from learning.reviews as log
        where log.person = :person and log.card_id = recent.card_id and log.undone_at is null and log.kind <> 'cut'
    ) as history
    where history.ratings is not null
    """
)
"""Card by card, as the index has them in their order: nothing is sorted."""


class StatisticsRepository(Repository):
    async def studied(self, person: str) -> list[Studied]:
        """Each study day on which they reviewed something, the oldest first."""
        statement = (
            select(_Review.day, func.count(), func.sum(_Review.seconds))
            .where(_Review.person == person, _Review.kind == str(Happened.REVIEW), _Review.undone_at.is_(None))
            .group_by(_Review.day)
            .order_by(_Review.day)
        )
        rows = await self._session.execute(statement)
        return [Studied(day, reviews, seconds or 0.0) for day, reviews, seconds in rows]

    async def begun_on(self, person: str, day: date) -> int:
        """How many cards they saw for the first time."""
        where = (_Memory.person == person, _Memory.last_day >= day, _Memory.first_day == day)
        return (await self._session.execute(select(func.count()).select_from(_Memory).where(*where))).scalar_one()

    async def histories(self, person: str, since: date) -> list[History]:
        """The whole log of each card that they reviewed since ``since``."""
        rows = await self._session.execute(_HISTORIES, {"person": person, "since": since})
        return [History(material, ratings, days) for material, ratings, days in rows]

    async def count_hard_ones(self, person: str, lapses: int) -> int:
        where = (_Memory.person == person, _Memory.lapses >= lapses)
        return (await self._session.execute(select(func.count()).select_from(_Memory).where(*where))).scalar_one()
