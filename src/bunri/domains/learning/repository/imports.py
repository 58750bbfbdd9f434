"""Statements about cards that are brought along: the job, and many rows at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Text, cast, delete, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.learning import models, records
from bunri.domains.learning.repository.cards import CARD, card_of, card_values
from bunri.domains.learning.repository.recalls import note_recalls
from bunri.domains.learning.repository.reviews import REVIEW, review_of
from bunri.domains.learning.schedule import Memory, State
from bunri.domains.learning.transfers import Import, ImportFormat, TransferState
from bunri.platform.db import Repository

_Import = models.ImportRow
_Card = models.CardRow
_Deck = models.DeckRow
_Member = models.MemberRow
_Memory = models.MemoryRow
_Review = models.ReviewRow
IMPORT: Final = tuple(_Import.__table__.columns)
_OPEN: Final = (TransferState.WAITING, TransferState.WORKING)

_ADD_CARDS: Final = text(
    "insert into learning.cards select * from jsonb_populate_recordset(null::learning.cards, cast(:rows as jsonb)) "
    "on conflict do nothing"
)
_ADD_REVIEWS: Final = text(
    "insert into learning.reviews select * from jsonb_populate_recordset(null::learning.reviews, cast(:rows as jsonb)) "
    "on conflict do nothing returning id"
)
_MEMORY: Final = tuple(Memory.__dataclass_fields__)
_SAVE_MEMORIES: Final = text(
    f"update learning.memories as kept set {', '.join(f'{name} = made.{name}' for name in _MEMORY)} "  # noqa: S608
    "from jsonb_populate_recordset(null::learning.memories, cast(:rows as jsonb)) as made "
    "where kept.person = made.person and kept.card_id = made.card_id"
)


def import_of(row: Any) -> Import:
    """From a mapping of IMPORT."""
    return Import(**{**row, "format": ImportFormat(row["format"]), "state": TransferState(row["state"])})


class ImportRepository(Repository):
    async def add_import(self, said: Import) -> None:
        await self._session.execute(insert(_Import).values(asdict(said)))

    async def import_by_id(self, import_id: UUID) -> Import | None:
        row = (await self._session.execute(select(*IMPORT).where(_Import.id == import_id))).mappings().one_or_none()
        return import_of(row) if row else None

    async def imports_of(self, owner: str) -> list[Import]:
        """The newest first."""
        statement = select(*IMPORT).where(_Import.owner == owner).order_by(_Import.created_at.desc(), _Import.id)
        return [import_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def count_open_imports(self, owner: str) -> int:
        statement = select(func.count()).select_from(_Import).where(_Import.owner == owner, _Import.ended_at.is_(None))
        return (await self._session.execute(statement)).scalar_one()

    async def queue_import(self, import_id: UUID, ask_again_at: datetime) -> bool:
        """Its file is there. Whether it was waited for."""
        where = (_Import.id == import_id, _Import.state == TransferState.CREATED)
        values = {"state": TransferState.WAITING, "lease_until": ask_again_at}
        changed = update(_Import).where(*where).values(values).returning(_Import.id)
        return (await self._session.execute(changed)).first() is not None

    async def claim_import(self, import_id: UUID, now: datetime, until: datetime) -> Import | None:
        """For one worker, until it is silent for too long; None where there is nothing to do, or somebody is at it."""
        free = or_(_Import.state == TransferState.WAITING, _Import.lease_until <= now)
        where = (_Import.id == import_id, _Import.state.in_(_OPEN), free)
        values = {"state": TransferState.WORKING, "attempt": _Import.attempt + 1, "lease_until": until}
        row = (await self._session.execute(update(_Import).where(*where).values(values).returning(*IMPORT))).mappings()
        found = row.one_or_none()
        return import_of(found) if found else None

    async def change_import(self, held: Import, **values: Any) -> bool:
        """Whether ``held`` is still its worker's: nobody has taken it over, and it was not removed."""
        where = (
            _Import.id == held.id,
            _Import.owner == held.owner,
            _Import.attempt == held.attempt,
            _Import.state == TransferState.WORKING,
        )
        changed = update(_Import).where(*where).values(values).returning(_Import.id)
        return (await self._session.execute(changed)).first() is not None

    async def silent_imports(self, now: datetime, limit: int) -> list[Import]:
        """Those that nobody works at, locked; what another process has locked is left out."""
        statement = (
            select(*IMPORT)
            .where(_Import.state.in_(_OPEN), _Import.ended_at.is_(None), _Import.lease_until <= now)
            .order_by(_Import.lease_until)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [import_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def set_import(self, import_id: UUID, **values: Any) -> None:
        """Of one that is locked."""
        await self._session.execute(update(_Import).where(_Import.id == import_id).values(values))

    async def forget_imports(self, ended_before: datetime, never_sent_before: datetime, limit: int) -> list[UUID]:
        """Removes those that ended, or whose file never came, before a time."""
        never_sent = (_Import.state == TransferState.CREATED) & (_Import.created_at < never_sent_before)
        found = select(_Import.id).where(or_(_Import.ended_at < ended_before, never_sent)).limit(limit)
        statement = delete(_Import).where(_Import.id.in_(found)).returning(_Import.id)
        return list((await self._session.execute(statement)).scalars())

    async def remove_import(self, import_id: UUID) -> None:
        await self._session.execute(delete(_Import).where(_Import.id == import_id))

    async def remove_imports_of(self, owner: str) -> list[UUID]:
        statement = delete(_Import).where(_Import.owner == owner).returning(_Import.id)
        return list((await self._session.execute(statement)).scalars())

    async def hand_over_imports(self, old: str, new: str) -> None:
        await self._session.execute(update(_Import).where(_Import.owner == old).values(owner=new))

    # ── where cards go ────────────────────────────────────────────────────────────────────────────────────────────

    async def deck_with_brought(self, owner: str, keys: Sequence[str]) -> UUID | None:
        """The deck of ``owner`` into which most cards with those keys were brought."""
        statement = (
            select(_Card.deck_id)
            .join(_Deck, _Deck.id == _Card.deck_id)
            .where(_Deck.owner == owner, _Card.origin == records.Origin.IMPORT, _Card.origin_id.in_(keys))
            .group_by(_Card.deck_id)
            .order_by(func.count().desc(), _Card.deck_id)
            .limit(1)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def deck_of_same_file(self, held: Import, name: str) -> UUID | None:
        """The deck into which another import, which goes on at the same time, puts the cards of the deck ``name`` of
        what looks like the same file."""
        statement = (
            select(_Deck.id)
            .join(_Import, _Import.decks[name].astext == cast(_Deck.id, Text))
            .where(
                _Import.owner == held.owner,
                _Import.id != held.id,
                _Import.format == held.format,
                _Import.size == held.size,
                _Import.deck_id.is_(None),
                _Import.deck_name.is_(None),
                _Import.ended_at.is_(None),
            )
            .order_by(_Import.created_at)
            .limit(1)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def brought_cards(self, deck_id: UUID, keys: Sequence[str], ids: Sequence[UUID]) -> list[records.Card]:
        """Cards of the deck that came with those keys, or whose own id, or that of their note, is among ``ids``; in
        their order."""
        here = (_Card.deck_id == deck_id, _Card.removed_at.is_(None))
        brought = (_Card.origin == records.Origin.IMPORT) & _Card.origin_id.in_(keys)
        known = or_(brought, _Card.id.in_(ids), _Card.note_id.in_(ids))
        rows = await self._session.execute(select(*CARD).where(*here, known).order_by(_Card.position, _Card.id))
        return [card_of(row) for row in rows]

    async def add_many_cards(self, cards: Sequence[records.Card]) -> None:
        """Those that were not there."""
        await self._session.execute(_ADD_CARDS, {"rows": _rows([card_values(card) for card in cards])})

    async def begin_some(self, deck_id: UUID, card_ids: Sequence[UUID]) -> None:
        """Everybody who learns the deck has those of its cards before them."""
        names = ["person", "card_id", "deck_id", "note_id", "material", "position"]
        counts = ["state", "interval", "reviews", "lapses", "suspended"]
        zeros = [literal(int(State.NEW)), literal(0), literal(0), literal(0), literal(False)]
        statement = (
            select(_Member.person, _Card.id, _Card.deck_id, _Card.note_id, _Card.material, _Card.position, *zeros)
            .join(_Card, _Card.deck_id == _Member.deck_id)
            .where(_Member.deck_id == deck_id, _Card.id.in_(card_ids))
        )
        await self._session.execute(insert(_Memory).from_select([*names, *counts], statement).on_conflict_do_nothing())

    # ── what was remembered of them ───────────────────────────────────────────────────────────────────────────────

    async def add_many_reviews(self, reviews: Sequence[records.Review]) -> set[UUID]:
        """The ids of those that were not there."""
        return set((await self._session.execute(_ADD_REVIEWS, {"rows": _rows(reviews)})).scalars())

    async def logs_of(self, person: str, card_ids: Sequence[UUID]) -> dict[UUID, list[records.Review]]:
        """What moved each card, in the order of its times; without what was taken back."""
        statement = (
            select(*REVIEW)
            .where(_Review.person == person, _Review.card_id.in_(card_ids), _Review.undone_at.is_(None))
            .order_by(_Review.reviewed_at, _Review.id)
        )
        found: dict[UUID, list[records.Review]] = defaultdict(list)
        for row in (await self._session.execute(statement)).mappings():
            found[row["card_id"]].append(review_of(row))
        return found

    async def save_memories(self, person: str, memories: Mapping[UUID, Memory]) -> None:
        rows = [{**asdict(memory), "person": person, "card_id": card} for card, memory in memories.items()]
        await self._session.execute(_SAVE_MEMORIES, {"rows": _rows(rows)})
        await note_recalls(self._session, person, list(memories))


def _rows(rows: Sequence[Any]) -> str:
    """Many rows as one value: a statement with a parameter for each would take longer to write than to run."""
    return orjson.dumps(rows, default=str).decode()  # the driver's UUIDs are a class of their own
