"""Statements about rooms, and who may come in by a link."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as pg_insert

from bunri.domains.chat import models, records
from bunri.platform.db import Repository

_Room = models.RoomRow
_Member = models.MemberRow
_Ban = models.BanRow
_IN_A_ROOM: Final = (
    models.QuestionRow,
    models.MessageRow,
    models.MemberRow,
    models.BanRow,
    models.InviteRow,
    models.ActionRow,
    models.NoticeRow,
)
_ROOMS: Final = cast("Table", _Room.__table__)
_MEMBERS: Final = cast("Table", _Member.__table__)
_BANS: Final = cast("Table", _Ban.__table__)
ROOM: Final = tuple(_ROOMS.columns)
MEMBER: Final = tuple(_MEMBERS.columns)
_OF_ROOM: Final = tuple(column.key for column in ROOM)
_OF_MEMBER: Final = tuple(column.key for column in MEMBER)


def room_of(row: Sequence[Any]) -> records.Room:
    """From the values of ROOM."""
    values: dict[str, Any] = dict(zip(_OF_ROOM, row, strict=True))
    values["kind"] = records.RoomKind(values["kind"])
    return records.Room(**values)


def member_of(row: Sequence[Any]) -> records.Member:
    """From the values of MEMBER."""
    values: dict[str, Any] = dict(zip(_OF_MEMBER, row, strict=True))
    values["role"] = records.Role(values["role"])
    return records.Member(**values)


def _seat(row: Sequence[Any]) -> records.Seat:
    values = tuple(row)
    room, member, banned = values[: len(ROOM)], values[len(ROOM) : -1], values[-1]
    return records.Seat(room_of(room), member_of(member) if member[0] else None, banned)


def _seats(rooms: FromClause, person: ColumnElement[str], *before: ColumnElement[Any]) -> Select[Any]:
    """Rows for ``_seat`` of ``rooms``, with ``before`` in front."""
    member = and_(_MEMBERS.c.room_id == _ROOMS.c.id, _MEMBERS.c.person == person)
    ban = and_(_BANS.c.room_id == _ROOMS.c.id, _BANS.c.person == person, _BANS.c.until > func.now())
    return select(*before, *ROOM, *MEMBER, _BANS.c.until).select_from(
        rooms.outerjoin(_MEMBERS, member).outerjoin(_BANS, ban)
    )


def _locked_seats() -> Select[Any]:
    named = func.unnest(bindparam("people", type_=ARRAY(Text))).table_valued("person").render_derived(name="named")
    found = _seats(_ROOMS.join(named, true()), named.c.person, named.c.person)
    return found.where(_ROOMS.c.id == bindparam("room")).with_for_update(of=_ROOMS)


# Made once, and of the tables themselves: each message asks one of them.
_SEATS: Final = _seats(_ROOMS, bindparam("person", type_=Text))
_SEAT: Final = _SEATS.where(_ROOMS.c.id == bindparam("room"))
_LOCKED_SEAT: Final = _SEAT.with_for_update(of=_ROOMS)
_LOCKED_SEATS: Final = _locked_seats()


class RoomRepository(Repository):
    async def add_room(self, room: records.Room) -> None:
        await self._session.execute(insert(_Room).values(asdict(room)))

    async def add_class_room(self, room: records.Room) -> None:
        """Leaves one that is there already as it is."""
        statement = pg_insert(_Room).values(asdict(room)).on_conflict_do_nothing()
        await self._session.execute(statement)

    async def erase_room(self, room: records.Room, now: datetime) -> bool:
        """Everything that was in a locked room goes; whether the room does, too. While files that were removed have
        objects, their rows tell of them, and the empty room stays with those."""
        files = select(func.count()).where(models.RoomFileRow.room_id == room.id)
        if (await self._session.execute(files)).scalar_one() == 0:
            await self._session.execute(delete(_Room).where(_Room.id == room.id))
            return True
        for table in _IN_A_ROOM:
            await self._session.execute(delete(table).where(table.room_id == room.id))
        empty = {"name": "", "created_by": "", "words": [], "closed_at": room.closed_at or now}
        await self.change_room(room.id, **empty)
        return False

    async def change_room(self, room_id: UUID, **values: Any) -> None:
        await self._session.execute(update(_Room).where(_Room.id == room_id).values(values))

    async def room_of_area(self, area: str) -> records.Room | None:
        found = await self._session.execute(select(*ROOM).where(_Room.area == area, _Room.closed_at.is_(None)))
        row = found.one_or_none()
        return room_of(row) if row else None

    async def seat(self, room_id: UUID, person: str, *, lock: bool = False) -> records.Seat | None:
        """The room and the person's place in it. With ``lock`` nobody else adds to the room or changes it until the
        transaction ends: its messages are numbered one by one."""
        asked = {"room": room_id, "person": person}
        row = (await self._session.execute(_LOCKED_SEAT if lock else _SEAT, asked)).one_or_none()
        return _seat(row) if row else None

    async def seats(self, room_id: UUID, people: Collection[str]) -> dict[str, records.Seat]:
        """As ``seat`` with ``lock``, for several people. Empty where there is no such room."""
        found = await self._session.execute(_LOCKED_SEATS, {"room": room_id, "people": list(people)})
        return {row[0]: _seat(row[1:]) for row in found}

    async def lock_room(self, room_id: UUID) -> records.Room | None:
        """As ``seat`` with ``lock``, for who is nobody in particular."""
        row = (await self._session.execute(select(*ROOM).where(_Room.id == room_id).with_for_update())).one_or_none()
        return room_of(row) if row else None

    async def seats_of(self, person: str) -> list[records.Seat]:
        """All rooms that the person is a member of, the liveliest first."""
        statement = _SEATS.where(_MEMBERS.c.person.is_not(None)).order_by(_ROOMS.c.updated_at.desc())
        return [_seat(row) for row in await self._session.execute(statement, {"person": person})]

    async def listed(
        self,
        person: str,
        *,
        words: str | None,
        area: str | None,
        after: tuple[datetime, UUID] | None,
        before: datetime | None,
        limit: int,
    ) -> list[records.Seat]:
        """Rooms that the person is in or may come into, the liveliest first; ``after``: the last room of the page
        before; ``before``: those whose last sign of life is older."""
        mine, open_ = _Member.person.is_not(None), _Room.kind.in_(["public", "area"])
        shown = and_(_Room.closed_at.is_(None), _Ban.until.is_(None), or_(mine, open_))
        statement = _SEATS.where(shown).order_by(_Room.updated_at.desc(), _Room.id.desc()).limit(limit)
        if words:
            statement = statement.where(_Room.name.icontains(words, autoescape=True))
        if area:
            statement = statement.where(_Room.area == area)
        if after:
            statement = statement.where(tuple_(_Room.updated_at, _Room.id) < tuple_(*after))
        if before:
            statement = statement.where(_Room.updated_at < before)
        return [_seat(row) for row in await self._session.execute(statement, {"person": person})]

    # ── links ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def add_invite(self, hash_: bytes, room_id: UUID, by: str, expires_at: datetime, uses: int) -> None:
        values = {"hash": hash_, "room_id": room_id, "created_by": by, "expires_at": expires_at, "uses_left": uses}
        await self._session.execute(insert(models.InviteRow).values(values))

    async def use_invite(self, hash_: bytes, now: datetime) -> UUID | None:
        """The room that it leads into, once less from now on; None for one that is not good."""
        row = models.InviteRow
        good = (row.hash == hash_) & (row.expires_at > now) & (row.uses_left > 0)
        statement = update(row).where(good).values(uses_left=row.uses_left - 1).returning(row.room_id)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def invitation(self, hash_: bytes, now: datetime) -> records.Invitation | None:
        """None for a link that is not good."""
        row = models.InviteRow
        good = (row.hash == hash_) & (row.expires_at > now) & (row.uses_left > 0)
        maker = and_(_Member.room_id == row.room_id, _Member.person == row.created_by)
        statement = select(row.room_id, func.coalesce(_Member.name, ""), row.expires_at).outerjoin(_Member, maker)
        found = (await self._session.execute(statement.where(good))).one_or_none()
        return records.Invitation(*found) if found else None

    async def remove_old_invites(self, now: datetime) -> None:
        await self._session.execute(delete(models.InviteRow).where(models.InviteRow.expires_at <= now))
