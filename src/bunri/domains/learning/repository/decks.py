"""Statements about decks and the people who learn them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.learning import models, records
from bunri.domains.learning.schedule import Happened, State
from bunri.platform.db import Repository

_Deck = models.DeckRow
_Member = models.MemberRow
_Memory = models.MemoryRow
_Card = models.CardRow
_Review = models.ReviewRow
DECK: Final = tuple(_Deck.__table__.columns)
MEMBER: Final = tuple(_Member.__table__.columns)


def deck_of(row: Any) -> records.Deck:
    """From a mapping of DECK."""
    return records.Deck(**{**row, "kind": records.DeckKind(row["kind"])})


def _member_of(row: Any) -> records.Member:
    return records.Member(**{**row, "role": records.Role(row["role"])})


class DeckRepository(Repository):
    async def add_deck(self, deck: records.Deck) -> None:
        await self._session.execute(insert(_Deck).values(asdict(deck)))

    async def change_deck(self, deck_id: UUID, **values: Any) -> None:
        await self._session.execute(update(_Deck).where(_Deck.id == deck_id).values(values))

    async def remove_deck(self, deck_id: UUID) -> None:
        """With its cards, its people, and what they remember of it."""
        await self._session.execute(delete(_Deck).where(_Deck.id == deck_id))

    async def deck(self, deck_id: UUID, *, lock: bool = False) -> records.Deck | None:
        statement = select(*DECK).where(_Deck.id == deck_id)
        row = (await self._session.execute(statement.with_for_update() if lock else statement)).mappings().one_or_none()
        return deck_of(row) if row else None

    async def decks_of(self, person: str) -> list[tuple[records.Deck, records.Role, int]]:
        """What somebody learns, with their place in it and the number of its cards, the newest first."""
        cards = (
            select(func.count())
            .where(models.CardRow.deck_id == _Deck.id, models.CardRow.removed_at.is_(None), ~models.CardRow.pending)
            .scalar_subquery()
        )
        statement = (
            select(*DECK, _Member.role, cards.label("cards"))
            .join(_Member, _Member.deck_id == _Deck.id)
            .where(_Member.person == person)
            .order_by(_Member.joined_at.desc(), _Deck.id.desc())
        )
        rows = (await self._session.execute(statement)).mappings().all()
        return [
            (deck_of({column.key: row[column.key] for column in DECK}), records.Role(row["role"]), row["cards"])
            for row in rows
        ]

    async def count_decks_owned_by(self, person: str) -> int:
        statement = select(func.count()).select_from(_Deck).where(_Deck.owner == person)
        return (await self._session.execute(statement)).scalar_one()

    async def deck_of_kind(self, owner: str | None, kind: records.DeckKind, **more: Any) -> records.Deck | None:
        """The first of that kind that ``owner`` has; ``more``: values of other columns."""
        wanted = [getattr(_Deck, name) == value for name, value in more.items()]
        statement = select(*DECK).where(_Deck.owner == owner, _Deck.kind == kind, *wanted).order_by(_Deck.id).limit(1)
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return deck_of(row) if row else None

    async def deck_of_share(self, share_hash: bytes) -> records.Deck | None:
        row = (
            (await self._session.execute(select(*DECK).where(_Deck.share_hash == share_hash))).mappings().one_or_none()
        )
        return deck_of(row) if row else None

    # ── who learns it ─────────────────────────────────────────────────────────────────────────────────────────────

    async def add_member(self, member: records.Member) -> None:
        """Leaves one who is there already as they are."""
        await self._session.execute(insert(_Member).values(asdict(member)).on_conflict_do_nothing())

    async def member(self, deck_id: UUID, person: str) -> records.Member | None:
        statement = select(*MEMBER).where(_Member.deck_id == deck_id, _Member.person == person)
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return _member_of(row) if row else None

    async def members(self, deck_id: UUID) -> list[records.Member]:
        statement = select(*MEMBER).where(_Member.deck_id == deck_id).order_by(_Member.joined_at, _Member.person)
        return [_member_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def weeks_of(self, deck_id: UUID, person: str, since: date, limit: int) -> list[records.DeckWeek]:
        """How much ``person``, and those who let the others see it, have done of the deck since ``since``; at most
        ``limit``, ``person`` first."""
        reviewed = (
            select(func.count())
            .select_from(_Review)
            .join(_Card, _Card.id == _Review.card_id)
            .where(_Review.person == _Member.person, _Review.day >= since, _Card.deck_id == deck_id)
            .where(_Review.kind == str(Happened.REVIEW), _Review.undone_at.is_(None))
            .scalar_subquery()
        )
        known = (
            select(func.count())
            .where(_Memory.person == _Member.person, _Memory.deck_id == deck_id, _Memory.state == int(State.REVIEW))
            .scalar_subquery()
        )
        statement = (
            select(_Member.person, _Member.name, reviewed, known)
            .where(_Member.deck_id == deck_id, _Member.shows_week | (_Member.person == person))
            .order_by(_Member.person != person, _Member.joined_at, _Member.person)
            .limit(limit)
        )
        return [records.DeckWeek(*row) for row in await self._session.execute(statement)]

    async def count_members(self, deck_id: UUID) -> int:
        statement = select(func.count()).select_from(_Member).where(_Member.deck_id == deck_id)
        return (await self._session.execute(statement)).scalar_one()

    async def change_member(self, deck_id: UUID, person: str, **values: Any) -> None:
        where = (_Member.deck_id == deck_id, _Member.person == person)
        await self._session.execute(update(_Member).where(*where).values(values))

    async def remove_members(self, deck_id: UUID, people: Sequence[str]) -> None:
        """With what they remember of its cards, and cards of theirs that nobody has accepted."""
        waits = (models.CardRow.deck_id == deck_id, models.CardRow.author.in_(people), models.CardRow.pending)
        await self._session.execute(delete(models.CardRow).where(*waits))
        where = (_Member.deck_id == deck_id, _Member.person.in_(people))
        await self._session.execute(delete(_Member).where(*where))
        await self._session.execute(delete(_Memory).where(_Memory.deck_id == deck_id, _Memory.person.in_(people)))
