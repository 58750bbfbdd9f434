"""Statements about decks that are made from rules, and about rules that changed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, Text, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.learning import models, records
from bunri.domains.learning.repository.decks import DECK, deck_of
from bunri.domains.learning.repository.memories import MEMORY, memory_of
from bunri.domains.learning.schedule import Memory, State
from bunri.platform.db import Repository

_Deck = models.DeckRow
_Member = models.MemberRow
_Memory = models.MemoryRow
_Card = models.CardRow
_Change = models.RuleChangeRow
_FOLLOW: Final = (records.DeckKind.EVERYDAY, records.DeckKind.HAZARDS, records.DeckKind.SCANS, records.DeckKind.CLASS)

_LOCK_PEOPLE: Final = text(
    "select pg_advisory_xact_lock(hashtextextended('learning ' || person, 0))"
    " from (select unnest(:people) as person order by 1) as each"
).bindparams(bindparam("people", type_=ARRAY(Text)))


class RuleChangeRepository(Repository):
    async def add_starter_deck(self, deck: records.Deck) -> bool:
        """Whether it was not there already. Waits for another that makes the same one."""
        statement = insert(_Deck).values(asdict(deck)).on_conflict_do_nothing()
        return (await self._session.execute(statement.returning(_Deck.id))).first() is not None

    async def stale_decks(self, version: str, after: UUID | None, limit: int) -> list[records.Deck]:
        """Decks of cards that follow rules, made or compared with another version than ``version``, by their ids."""
        statement = (
            select(*DECK)
            .where(_Deck.kind.in_(_FOLLOW), _Deck.rule_version.is_distinct_from(version))
            .order_by(_Deck.id)
            .limit(limit)
        )
        if after:
            statement = statement.where(_Deck.id > after)
        return [deck_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def claim_deck(self, deck_id: UUID, version: str) -> records.Deck | None:
        """None where it follows ``version`` already, or somebody else sees to it."""
        statement = (
            select(*DECK)
            .where(_Deck.id == deck_id, _Deck.rule_version.is_distinct_from(version))
            .with_for_update(skip_locked=True)
        )
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return deck_of(row) if row else None

    # ── what is to be told ────────────────────────────────────────────────────────────────────────────────────────

    async def add_rule_change(self, change: records.RuleChange) -> None:
        await self._session.execute(insert(_Change).values(asdict(change)).on_conflict_do_nothing())

    async def claim_rule_change(self) -> records.RuleChange | None:
        """The oldest that nobody else sees to."""
        statement = (
            select(*_Change.__table__.columns)
            .order_by(_Change.changed_at, _Change.card_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return records.RuleChange(**row) if row else None

    async def save_rule_change(self, change: records.RuleChange, told_until: str | None) -> None:
        """None: everybody is told."""
        same = (_Change.card_id == change.card_id, _Change.changed_at == change.changed_at)
        if told_until is None:
            await self._session.execute(delete(_Change).where(*same))
        else:
            await self._session.execute(update(_Change).where(*same).values(told_until=told_until))

    async def people_who_reviewed(self, card_id: UUID, after: str, limit: int) -> list[str]:
        """By their ids."""
        statement = (
            select(_Memory.person)
            .where(_Memory.card_id == card_id, _Memory.person > after, _Memory.state != int(State.NEW))
            .order_by(_Memory.person)
            .limit(limit)
        )
        return list((await self._session.execute(statement)).scalars())

    async def lock_people(self, people: Sequence[str]) -> None:
        """As ``lock_person``, for many, in one order: two that lock many do not wait for each other in a circle."""
        await self._session.execute(_LOCK_PEOPLE, {"people": list(people)})

    async def memories_of(
        self, card_id: UUID, people: Sequence[str], now: datetime
    ) -> list[tuple[records.Learner, Memory]]:
        """What each of them remembers of the card, with what their days follow from."""
        person = models.PersonRow
        columns = [column.label(f"memory_{column.key}") for column in MEMORY]
        statement = (
            select(_Memory.person, person.zone, person.rollover, *columns)
            .join(person, person.person == _Memory.person, isouter=True)
            .where(_Memory.card_id == card_id, _Memory.person.in_(people))
            .order_by(_Memory.person)
        )
        return [_of(row, now) for row in (await self._session.execute(statement)).mappings()]

    async def save_cut(self, card_id: UUID, cut: Sequence[tuple[str, Memory]]) -> None:
        """What is left of each memory of the card."""
        if not cut:
            return
        table = cast("Table", _Memory.__table__)
        statement = (
            update(table)
            .where(table.c.card_id == card_id, table.c.person == bindparam("_person"))
            .values(stability=bindparam("_stability"), due_day=bindparam("_due_day"), interval=bindparam("_interval"))
        )
        rows = [
            {"_person": who, "_stability": kept.stability, "_due_day": kept.due_day, "_interval": kept.interval}
            for who, kept in cut
        ]
        connection = await self._session.connection()
        await connection.execute(statement, rows)

    async def hand_over_log(self, person: str, old_card: UUID, new_card: UUID) -> None:
        """What ``person`` reviewed of a card, they have reviewed of another that says the same."""
        row = models.ReviewRow
        statement = update(row).where(row.person == person, row.card_id == old_card).values(card_id=new_card)
        await self._session.execute(statement)

    async def starter_decks_of(self, person: str) -> list[records.Deck]:
        """Those made from rules that ``person`` learns."""
        statement = (
            select(*DECK)
            .join(_Member, _Member.deck_id == _Deck.id)
            .where(_Member.person == person, _Deck.owner.is_(None))
            .order_by(_Deck.id)
        )
        return [deck_of(row) for row in (await self._session.execute(statement)).mappings()]


def _of(row: Any, now: datetime) -> tuple[records.Learner, Memory]:
    fallback = records.Learner(row["person"], now)
    zone, rollover = row["zone"] or fallback.zone, row["rollover"]
    learner = records.Learner(
        row["person"], now, zone=zone, rollover=fallback.rollover if rollover is None else rollover
    )
    return learner, memory_of({column.key: row[f"memory_{column.key}"] for column in MEMORY})
