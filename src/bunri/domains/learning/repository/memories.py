"""Statements about what people remember, and the queue that follows from it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from bunri.domains.learning import models, records
from bunri.domains.learning.repository.cards import CARD, card_of
from bunri.domains.learning.repository.recalls import NOTE
from bunri.domains.learning.schedule import Memory, State
from bunri.platform.db import Repository

_Memory = models.MemoryRow
_Card = models.CardRow
_Member = models.MemberRow
_CARDS: Final = cast("Table", _Card.__table__)
_MEMORIES: Final = cast("Table", _Memory.__table__)
_FIELDS: Final = tuple(Memory.__dataclass_fields__)
MEMORY: Final = tuple(_MEMORIES.c[name] for name in _FIELDS)
_PARTS: Final = {1: records.Part.STEP, 2: records.Part.DUE, 3: records.Part.NEW, 4: records.Part.SOON}

_QUEUE: Final = text(
    "select card_id, part, waiting from learning.queue("
    ":person, :now, :today, cast(:evening_of as text[]), cast(:deck as uuid), :new_a_day, :reviews_a_day)"
)


def _remembered_by(person: Any) -> Select[Any]:
    """Rows for ``_remembered``: of cards that were not removed."""
    return (
        select(*CARD, *MEMORY, _MEMORIES.c.suspended)
        .select_from(_MEMORIES.join(_CARDS, _MEMORIES.c.card_id == _CARDS.c.id))
        .where(_MEMORIES.c.person == person, _CARDS.c.removed_at.is_(None))
    )


# Made once: a review is quick enough that SQLAlchemy took longer to make these than PostgreSQL to do them.
_REMEMBERED: Final = _remembered_by(bindparam("person")).where(
    _CARDS.c.id == func.any(bindparam("cards", type_=ARRAY(_CARDS.c.id.type)))
)
_LOCKED: Final = _REMEMBERED.order_by(_CARDS.c.id).with_for_update(of=_MEMORIES)
_SAVE: Final = text(
    f"with saved as (update learning.memories set {', '.join(f'{name} = :{name}' for name in _FIELDS)}"  # noqa: S608  # ours
    f" where person = :person and card_id = any(cast(:cards as uuid[]))) {NOTE}"
)
"""And what its log says of how well it was remembered: one way there and back for both."""


def memory_of(row: Any) -> Memory:
    """From a mapping that has the columns of MEMORY."""
    return Memory(**{**{name: row[name] for name in _FIELDS}, "state": State(row["state"])})


class MemoryRepository(Repository):
    async def queue(
        self, learner: records.Learner, now: datetime, evening_of: Sequence[str], deck_id: UUID | None
    ) -> list[records.Queued]:
        """What is to be reviewed now, in order: as many as are counted. ``evening_of``: materials that are collected
        tomorrow."""
        rows = await self._session.execute(
            _QUEUE,
            {
                "person": learner.person,
                "now": now,
                "today": learner.day(now),
                "evening_of": list(evening_of),
                "deck": deck_id,
                "new_a_day": learner.new_a_day,
                "reviews_a_day": learner.reviews_a_day,
            },
        )
        return [records.Queued(row.card_id, _PARTS[row.part], row.waiting) for row in rows]

    async def remembered(
        self, person: str, card_ids: Sequence[UUID], *, lock: bool = False
    ) -> dict[UUID, records.Remembered]:
        """What ``person`` remembers of those of the cards that they learn and that were not removed."""
        said = {"person": person, "cards": list(card_ids)}
        rows = await self._session.execute(_LOCKED if lock else _REMEMBERED, said)
        return {each.card.id: each for each in map(_remembered, rows)}

    async def begin_cards(
        self, deck_id: UUID, *, people: Sequence[str] | None = None, cards: Sequence[UUID] | None = None
    ) -> None:
        """Everybody who learns the deck (or ``people`` of them) has each of its cards (or of ``cards``) before them."""
        statement = (
            select(
                _Member.person,
                _Card.id,
                _Card.deck_id,
                _Card.note_id,
                _Card.material,
                _Card.position,
                literal(int(State.NEW)),
                literal(0),
                literal(0),
                literal(0),
                literal(False),
            )
            .join(_Card, _Card.deck_id == _Member.deck_id)
            .where(_Member.deck_id == deck_id, _Card.removed_at.is_(None), ~_Card.pending)
        )
        if people is not None:
            statement = statement.where(_Member.person.in_(people))
        if cards is not None:
            statement = statement.where(_Card.id.in_(cards))
        names = ["person", "card_id", "deck_id", "note_id", "material", "position"]
        counts = ["state", "interval", "reviews", "lapses", "suspended"]
        await self._session.execute(insert(_Memory).from_select([*names, *counts], statement).on_conflict_do_nothing())

    async def save_memory(self, person: str, card_id: UUID, memory: Memory) -> None:
        """What follows from its log, which may have changed."""
        await self._session.execute(_SAVE, {**_values(memory), "person": person, "cards": [card_id]})

    async def suspend(self, person: str, card_ids: Sequence[UUID], suspended: bool) -> None:
        where = (_Memory.person == person, _Memory.card_id.in_(card_ids))
        await self._session.execute(update(_Memory).where(*where).values(suspended=suspended))

    async def move_memories(self, card_ids: Sequence[UUID], deck_id: UUID) -> None:
        """The cards are in another deck now: who does not learn it forgets them."""
        learns = select(_Member.person).where(_Member.deck_id == deck_id, _Member.person == _Memory.person).exists()
        await self._session.execute(delete(_Memory).where(_Memory.card_id.in_(card_ids), ~learns))
        await self._session.execute(update(_Memory).where(_Memory.card_id.in_(card_ids)).values(deck_id=deck_id))

    async def forget_cards(self, card_ids: Sequence[UUID]) -> None:
        """Nobody has them before them any more; what was reviewed stays in the log."""
        await self._session.execute(delete(_Memory).where(_Memory.card_id.in_(card_ids)))

    async def hard_ones(self, person: str, lapses: int, limit: int) -> list[records.Remembered]:
        """The cards that ``person`` forgot most often, suspended ones too."""
        statement = (
            _remembered_by(person)
            .where(_MEMORIES.c.lapses >= lapses)
            .order_by(_MEMORIES.c.lapses.desc(), _CARDS.c.id)
            .limit(limit)
        )
        return [_remembered(row) for row in await self._session.execute(statement)]

    async def due_by_day(self, person: str, until: date) -> list[tuple[date, int]]:
        """How many cards come back on each day until ``until``."""
        statement = (
            select(_Memory.due_day, func.count())
            .where(
                _Memory.person == person,
                _Memory.state == int(State.REVIEW),
                ~_Memory.suspended,
                _Memory.due_day <= until,
            )
            .group_by(_Memory.due_day)
            .order_by(_Memory.due_day)
        )
        return [(day, count) for day, count in await self._session.execute(statement) if day]


def _values(memory: Memory) -> dict[str, Any]:
    return {**asdict(memory), "state": int(memory.state)}


def _remembered(row: Any) -> records.Remembered:
    """From a row of CARD, MEMORY and whether it is suspended, taken by place: some names are in both."""
    *values, suspended = row
    state, *rest = values[len(CARD) :]
    return records.Remembered(card_of(values[: len(CARD)]), Memory(State(state), *rest), suspended)
