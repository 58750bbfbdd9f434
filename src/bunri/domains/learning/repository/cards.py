"""Statements about cards."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.learning import models, records
from bunri.kit.finding import grams_of, initials_of, sought
from bunri.platform.db import Repository

_Card = models.CardRow
_Member = models.MemberRow
_FIELDS: Final = tuple(records.Card.__dataclass_fields__)
CARD: Final = tuple(_Card.__table__.c[name] for name in _FIELDS)
_MADE: Final = tuple(
    (_FIELDS.index(name), made)
    for name, made in (
        ("kind", records.CardKind),
        ("choices", tuple),
        ("accepted", tuple),
        ("tags", tuple),
        ("media", tuple),
        ("origin", records.Origin),
    )
)
"""Where a row has something else than a card."""


def card_of(row: Sequence[Any]) -> records.Card:
    """From the values of CARD, by their places: names would take longer, and fifty are asked for at once."""
    values = list(row)
    for place, made in _MADE:
        values[place] = made(values[place])
    return records.Card(*values)


def card_values(card: records.Card) -> dict[str, Any]:
    """Of all columns."""
    lists = {name: list(getattr(card, name)) for name in ("choices", "accepted", "tags", "media")}
    return {**asdict(card), **lists, **_pieces(card.front, card.back, card.tags)}


def _pieces(front: str, back: str, tags: Sequence[str]) -> dict[str, list[str]]:
    words = " ".join((front, back, *tags))
    return {"grams": grams_of(words), "initials": initials_of(words)}


class CardRepository(Repository):
    async def add_cards(self, cards: Sequence[records.Card]) -> list[UUID]:
        """The ids of those that were not there: one deck has one card of an origin."""
        if not cards:
            return []
        statement = insert(_Card).values([card_values(card) for card in cards]).on_conflict_do_nothing()
        return list((await self._session.execute(statement.returning(_Card.id))).scalars())

    async def save_card(self, card: records.Card) -> None:
        values = {name: value for name, value in card_values(card).items() if name != "id"}
        await self._session.execute(update(_Card).where(_Card.id == card.id).values(values))

    async def card(self, card_id: UUID) -> records.Card | None:
        """Also one that was removed."""
        row = (await self._session.execute(select(*CARD).where(_Card.id == card_id))).one_or_none()
        return card_of(row) if row else None

    async def card_of_origin(self, deck_id: UUID, origin: records.Origin, origin_id: str) -> records.Card | None:
        """The card of the deck that was made from that, and was not removed."""
        where = (_Card.deck_id == deck_id, _Card.origin == origin, _Card.origin_id == origin_id)
        statement = select(*CARD).where(*where, _Card.removed_at.is_(None))
        row = (await self._session.execute(statement)).one_or_none()
        return card_of(row) if row else None

    async def cards_by_id(self, ids: Sequence[UUID]) -> dict[UUID, records.Card]:
        rows = await self._session.execute(select(*CARD).where(_Card.id.in_(ids)))
        return {card.id: card for card in map(card_of, rows)}

    async def cards_of(
        self,
        deck_id: UUID,
        *,
        after: tuple[int, UUID] | None = None,
        limit: int | None = None,
        with_pending: bool = False,
    ) -> list[records.Card]:
        """In their order; with ``with_pending`` those that a pupil suggested, too."""
        statement = select(*CARD).where(_Card.deck_id == deck_id, _Card.removed_at.is_(None))
        if not with_pending:
            statement = statement.where(~_Card.pending)
        if after:
            statement = statement.where(tuple_(_Card.position, _Card.id) > after)
        statement = statement.order_by(_Card.position, _Card.id).limit(limit)
        return [card_of(row) for row in await self._session.execute(statement)]

    async def find_cards(
        self, person: str, words: str, *, deck_id: UUID | None, tag: str | None, after: UUID | None, limit: int
    ) -> list[records.Card]:
        """Of the decks that ``person`` learns, the newest first."""
        pieces = sought(words)
        statement = (
            select(*CARD)
            .join(_Member, (_Member.deck_id == _Card.deck_id) & (_Member.person == person))
            .where(_Card.removed_at.is_(None), ~_Card.pending)
        )
        if pieces.grams:
            statement = statement.where(_Card.grams.contains(list(pieces.grams)))
        if pieces.initials:
            statement = statement.where(_Card.initials.contains(list(pieces.initials)))
        if deck_id:
            statement = statement.where(_Card.deck_id == deck_id)
        if tag:
            statement = statement.where(_Card.tags.contains([tag]))
        if after:
            statement = statement.where(_Card.id < after)
        rows = await self._session.execute(statement.order_by(_Card.id.desc()).limit(limit))
        return [card_of(row) for row in rows]

    async def count_cards(self, deck_id: UUID) -> int:
        here = (_Card.deck_id == deck_id, _Card.removed_at.is_(None), ~_Card.pending)
        statement = select(func.count()).select_from(_Card).where(*here)
        return (await self._session.execute(statement)).scalar_one()

    async def next_position(self, deck_id: UUID) -> int:
        statement = select(func.coalesce(func.max(_Card.position), -1) + 1).where(_Card.deck_id == deck_id)
        return (await self._session.execute(statement)).scalar_one()
