"""Statements for parameters of one's own."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from fsrs import Rating
from sqlalchemy import func, select, text

from bunri.domains.learning import models
from bunri.domains.learning.schedule import Entry, Happened, Memory
from bunri.platform.db import Repository

_Review = models.ReviewRow

_STRENGTHS: Final = text(
    """
    update learning.memories as memory set stability = new.stability, difficulty = new.difficulty
    from unnest(cast(:cards as uuid[]), cast(:stabilities as float8[]), cast(:difficulties as float8[]))
        as new(card_id, stability, difficulty)
    where memory.person = :person and memory.card_id = new.card_id and memory.stability is not null
    """
)


class ParameterRepository(Repository):
    async def people_with_reviews(self, least: int, *, share: tuple[int, int] | None = None) -> list[str]:
        """Those with at least so many reviews; with ``share`` (number, of) the same few of them each time."""
        statement = (
            select(_Review.person)
            .join(models.PersonRow, models.PersonRow.person == _Review.person)
            .where(_Review.kind == str(Happened.REVIEW), _Review.undone_at.is_(None))
            .group_by(_Review.person)
            .having(func.count() >= least)
            .order_by(_Review.person)
        )
        if share:
            number, count = share
            statement = statement.where(func.abs(func.hashtext(_Review.person) % count) == number)
        return list((await self._session.execute(statement)).scalars())

    async def entries_of(self, person: str) -> list[tuple[UUID, Entry]]:
        """What moved their cards, card by card in the order of its times."""
        statement = (
            select(_Review.card_id, _Review.kind, _Review.rating, _Review.reviewed_at, _Review.day)
            .where(_Review.person == person, _Review.undone_at.is_(None))
            .order_by(_Review.card_id, _Review.reviewed_at, _Review.id)
        )
        rows = await self._session.execute(statement)
        return [
            (card, Entry(Happened(kind), Rating(rating) if rating else None, at, day))
            for card, kind, rating, at, day in rows
        ]

    async def save_strengths(self, person: str, memories: Mapping[UUID, Memory]) -> None:
        """How well cards are remembered; when they come back stays as it is."""
        known = {card: memory for card, memory in memories.items() if memory.stability is not None}
        values = {
            "person": person,
            "cards": list(known),
            "stabilities": [memory.stability for memory in known.values()],
            "difficulties": [memory.difficulty for memory in known.values()],
        }
        await self._session.execute(_STRENGTHS, values)
