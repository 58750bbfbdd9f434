"""Statements about messages: numbered without a gap, paged by number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Table, Text, Uuid, and_, bindparam, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from bunri.domains.chat import models, records
from bunri.domains.chat.repository.adding import sought
from bunri.kit import finding
from bunri.platform.db import Repository

_Message = models.MessageRow
_Room = models.RoomRow
_Reaction = models.ReactionRow
_SOUGHT: Final = ("grams", "initials")
_MESSAGES: Final = cast("Table", _Message.__table__)
MESSAGE: Final = tuple(column for column in _MESSAGES.columns if column.key not in _SOUGHT)
_NAMES: Final = tuple(column.key for column in MESSAGE)


def message_of(row: Sequence[Any]) -> records.Message:
    """From the values of MESSAGE."""
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    values["type"] = records.MessageType(values["type"])
    return records.Message(**values)


# Made once, and of the table itself: each message asks the last one, each reader and each device that comes back the
# others, and SQLAlchemy takes longer to make a statement than PostgreSQL to do it.
_OF_ROOM: Final = select(*MESSAGE).where(_MESSAGES.c.room_id == bindparam("room"))
_LIMIT: Final = bindparam("most", type_=Integer)
_NEWEST: Final = _OF_ROOM.order_by(_MESSAGES.c.seq.desc()).limit(_LIMIT)
_BEFORE: Final = _NEWEST.where(_MESSAGES.c.seq < bindparam("seq"))
_AFTER: Final = _OF_ROOM.where(_MESSAGES.c.seq > bindparam("seq")).order_by(_MESSAGES.c.seq).limit(_LIMIT)


def _by_client_id() -> Any:
    pairs = func.unnest(bindparam("senders", type_=ARRAY(Text)), bindparam("client_ids", type_=ARRAY(Text)))
    asked = pairs.table_valued("sender", "client_id").render_derived(name="asked")
    same = and_(_MESSAGES.c.sender == asked.c.sender, _MESSAGES.c.client_id == asked.c.client_id)
    return _OF_ROOM.select_from(_MESSAGES.join(asked, same))


_BY_CLIENT_ID: Final = _by_client_id()
_SIGNS: Final = cast("Table", _Reaction.__table__)
_SIGNS_OF: Final = (
    select(_SIGNS.c.message_id, _SIGNS.c.sign, func.array_agg(_SIGNS.c.person))
    .where(_SIGNS.c.message_id == func.any(bindparam("messages", type_=ARRAY(Uuid))))
    .group_by(_SIGNS.c.message_id, _SIGNS.c.sign)
    .order_by(_SIGNS.c.sign)
)


class MessageRepository(Repository):
    async def message_by_client_id(self, room_id: UUID, sender: str, client_id: str) -> records.Message | None:
        return await self._one(_Message.room_id == room_id, _Message.sender == sender, _Message.client_id == client_id)

    async def messages_by_client_ids(
        self, room_id: UUID, keys: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str] | None, records.Message]:
        """By sender and client id."""
        if not keys:
            return {}
        senders, client_ids = (list(each) for each in zip(*keys, strict=True))
        asked = {"room": room_id, "senders": senders, "client_ids": client_ids}
        found = map(message_of, await self._session.execute(_BY_CLIENT_ID, asked))
        return {(each.sender, each.client_id or ""): each for each in found}

    async def message(self, message_id: UUID) -> records.Message | None:
        return await self._one(_Message.id == message_id)

    async def _one(self, *where: ColumnElement[bool]) -> records.Message | None:
        row = (await self._session.execute(select(*MESSAGE).where(*where))).one_or_none()
        return message_of(row) if row else None

    async def next_revision(self, room: records.Room) -> int:
        """Of a message that changes, in a room that the caller has locked."""
        rev = room.last_rev + 1
        await self._session.execute(update(_Room).where(_Room.id == room.id).values(last_rev=rev))
        return rev

    async def change_message(self, message_id: UUID, **values: Any) -> records.Message:
        if "content" in values:
            values |= sought(values["content"])
        statement = update(_Message).where(_Message.id == message_id).values(values).returning(*MESSAGE)
        return message_of((await self._session.execute(statement)).one())

    # ── kept for a while ──────────────────────────────────────────────────────────────────────────────────────────

    async def rooms_with_old_messages(self, now: datetime, days: int | None, limit: int) -> list[UUID]:
        """Rooms whose oldest message is older than it may be: ``days`` everywhere, or what the room itself says."""
        oldest = select(_Message.created_at).where(_Message.room_id == _Room.id).order_by(_Message.seq).limit(1)
        kept = func.least(_Room.keep_days, days)  # of those that there are
        old = oldest.scalar_subquery() < now - func.make_interval(0, 0, 0, kept)
        statement = select(_Room.id).where(old)
        if days is None:
            statement = statement.where(_Room.keep_days.is_not(None))
        return list((await self._session.execute(statement.limit(limit))).scalars())

    async def forget_messages(self, room: records.Room, before: datetime, limit: int) -> int | None:
        """Removes up to ``limit`` of the oldest messages of a room, which the caller has locked, that are older than
        ``before``. Returns the number that the room begins with now, or None where there was nothing to remove."""
        oldest = select(_Message.seq, _Message.created_at).where(_Message.room_id == room.id)
        first = oldest.order_by(_Message.seq).limit(limit).subquery()
        last = select(func.max(first.c.seq)).where(first.c.created_at < before)
        seq = (await self._session.execute(last)).scalar_one()
        if seq is None:
            return None
        await self._session.execute(delete(_Message).where(_Message.room_id == room.id, _Message.seq <= seq))
        await self._session.execute(update(_Room).where(_Room.id == room.id).values(first_seq=seq + 1))
        return int(seq) + 1

    async def first_number(self, room_id: UUID) -> int:
        """Of the oldest message that a room may still have."""
        found = await self._session.execute(select(_Room.first_seq).where(_Room.id == room_id))
        return found.scalar_one_or_none() or 1

    # ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def before(self, room_id: UUID, seq: int | None, limit: int) -> list[records.Message]:
        """The messages before number ``seq``, or the newest, the newest first."""
        statement = _NEWEST if seq is None else _BEFORE
        said = {"room": room_id, "most": limit, "seq": seq}
        return [message_of(row) for row in await self._session.execute(statement, said)]

    async def after(self, room_id: UUID, seq: int, limit: int) -> list[records.Message]:
        """The messages after number ``seq``, the oldest first."""
        said = {"room": room_id, "most": limit, "seq": seq}
        return [message_of(row) for row in await self._session.execute(_AFTER, said)]

    async def seq_at(self, room_id: UUID, before: datetime) -> int:
        """The number after the newest message that is older than ``before``."""
        where = (_Message.room_id == room_id, _Message.created_at < before)
        newest = select(_Message.seq).where(*where).order_by(_Message.seq.desc()).limit(1)
        return ((await self._session.execute(newest)).scalar_one_or_none() or 0) + 1

    async def changed(self, room_id: UUID, rev: int, up_to_seq: int, limit: int) -> list[records.Message]:
        """Messages up to a number that have changed after revision ``rev``, in the order of their changes."""
        where = (_Message.room_id == room_id, _Message.rev > rev, _Message.seq <= up_to_seq)
        rows = await self._session.execute(select(*MESSAGE).where(*where).order_by(_Message.rev).limit(limit))
        return [message_of(row) for row in rows]

    async def newest(self, room_ids: Sequence[UUID]) -> dict[UUID, records.Message]:
        """The last message of each room that was not removed."""
        kept = (_Message.room_id == _Room.id, _Message.deleted_at.is_(None))
        last = select(*MESSAGE).where(*kept).order_by(_Message.seq.desc()).limit(1).lateral()
        rows = await self._session.execute(
            select(*last.c).select_from(_Room).join(last, true()).where(_Room.id.in_(room_ids))
        )
        return {message.room_id: message for message in map(message_of, rows)}

    async def last_numbers(self, room_ids: Sequence[UUID]) -> dict[UUID, int]:
        rows = await self._session.execute(select(_Room.id, _Room.last_seq).where(_Room.id.in_(room_ids)))
        return {row.id: row.last_seq for row in rows}

    async def found(
        self, room_id: UUID, sought: finding.Sought, before_seq: int | None, limit: int
    ) -> list[records.Message]:
        """Messages that have all pieces that are looked for, the newest first."""
        where = [_Message.room_id == room_id, _Message.deleted_at.is_(None)]
        if sought.grams:
            where.append(_Message.grams.contains(list(sought.grams)))
        if sought.initials:
            where.append(_Message.initials.contains(list(sought.initials)))
        if before_seq is not None:
            where.append(_Message.seq < before_seq)
        rows = await self._session.execute(select(*MESSAGE).where(*where).order_by(_Message.seq.desc()).limit(limit))
        return [message_of(row) for row in rows]

    # ── signs ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def add_reaction(self, message_id: UUID, person: str, sign: str) -> bool:
        values = {"message_id": message_id, "person": person, "sign": sign}
        statement = upsert(_Reaction).values(values).on_conflict_do_nothing().returning(_Reaction.sign)
        return (await self._session.execute(statement)).first() is not None

    async def remove_reactions(self, message_id: UUID, person: str, signs: Sequence[str]) -> bool:
        where = (_Reaction.message_id == message_id, _Reaction.person == person, _Reaction.sign.in_(signs))
        return (
            await self._session.execute(delete(_Reaction).where(*where).returning(_Reaction.sign))
        ).first() is not None

    async def count_signs(self, message_id: UUID) -> int:
        """How many different ones the message has."""
        counted = select(func.count(func.distinct(_Reaction.sign))).where(_Reaction.message_id == message_id)
        return (await self._session.execute(counted)).scalar_one()

    async def reactions_of(self, message_ids: Sequence[UUID]) -> dict[UUID, dict[str, list[str]]]:
        """By message and sign: who."""
        if not message_ids:
            return {}
        rows = await self._session.execute(_SIGNS_OF, {"messages": list(message_ids)})
        found: dict[UUID, dict[str, list[str]]] = {}
        for message_id, sign, people in rows:
            found.setdefault(message_id, {})[sign] = list(people)
        return found
