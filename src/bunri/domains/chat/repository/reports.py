"""Statements about what is reported, and what moderators did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from bunri.domains.chat import models, records
from bunri.domains.chat.repository.messages import MESSAGE, message_of
from bunri.platform.db import Repository

_Report = models.ReportRow
_Message = models.MessageRow
_Room = models.RoomRow
_Action = models.ActionRow
_OPEN: Final = _Report.settled_at.is_(None)


class ReportRepository(Repository):
    async def report(self, message_id: UUID, person: str, reason: str, now: datetime) -> None:
        """A second one of the same person says nothing new."""
        values = {"message_id": message_id, "person": person, "reason": reason, "created_at": now}
        await self._session.execute(upsert(_Report).values(values).on_conflict_do_nothing())

    async def count_open_reports(self, message_id: UUID) -> int:
        """Those that nobody has looked at."""
        counted = select(func.count()).select_from(_Report).where(_Report.message_id == message_id, _OPEN)
        return (await self._session.execute(counted)).scalar_one()

    async def settle_reports(self, message_id: UUID, now: datetime) -> int:
        """How many there were that nobody had looked at."""
        where = (_Report.message_id == message_id, _OPEN)
        settled = update(_Report).where(*where).values(settled_at=now).returning(_Report.person)
        return len((await self._session.execute(settled)).all())

    async def reported_in(self, room_id: UUID, before: UUID | None, limit: int) -> list[tuple[records.Message, str]]:
        """Messages with reports that nobody has looked at, the newest first, and the names of their rooms."""
        return await self._reported(before, limit, _Room.id == room_id)

    async def reported_in_open_rooms(self, before: UUID | None, limit: int) -> list[tuple[records.Message, str]]:
        return await self._reported(before, limit, _Room.kind.in_(["public", "area"]))

    async def _reported(
        self, before: UUID | None, limit: int, *where: ColumnElement[bool]
    ) -> list[tuple[records.Message, str]]:
        open_ = exists().where(_Report.message_id == _Message.id, _OPEN)
        statement = (
            select(*MESSAGE, _Room.name)
            .join(_Room, _Room.id == _Message.room_id)
            .where(open_, _Message.deleted_at.is_(None), *where)
        )
        if before:
            statement = statement.where(_Message.id < before)
        rows = await self._session.execute(statement.order_by(_Message.id.desc()).limit(limit))
        return [(message_of(tuple(row)[:-1]), row[-1]) for row in rows]

    async def count_reported_in_open_rooms(self, most: int) -> int:
        """Messages that wait to be looked at; no more than ``most`` are counted."""
        statement = (
            select(_Report.message_id)
            .distinct()
            .join(_Message, _Message.id == _Report.message_id)
            .join(_Room, _Room.id == _Message.room_id)
            .where(_OPEN, _Message.deleted_at.is_(None), _Room.kind.in_(["public", "area"]))
            .limit(most)
        )
        return (await self._session.execute(select(func.count()).select_from(statement.subquery()))).scalar_one()

    async def count_reported_for(self, person: str, most: int) -> dict[UUID, int]:
        """By room, of those that the person moderates and where there are some."""
        member = models.MemberRow
        moderates = and_(member.room_id == _Message.room_id, member.person == person, member.role != "member")
        count = func.least(func.count(_Report.message_id.distinct()), most)
        statement = (
            select(_Message.room_id, count)
            .select_from(_Report)
            .join(_Message, _Message.id == _Report.message_id)
            .join(member, moderates)
            .where(_OPEN, _Message.deleted_at.is_(None))
            .group_by(_Message.room_id)
        )
        return {row[0]: row[1] for row in await self._session.execute(statement)}

    async def open_reports_of(self, message_ids: Sequence[UUID], most: int) -> dict[UUID, list[records.Report]]:
        """By message: the oldest ``most`` that nobody has looked at."""
        if not message_ids:
            return {}
        member = models.MemberRow
        name = func.coalesce(member.name, "")
        number = func.row_number().over(partition_by=_Report.message_id, order_by=_Report.created_at)
        numbered = (
            select(_Report.message_id, _Report.person, name.label("name"), _Report.reason, _Report.created_at)
            .add_columns(number.label("number"))
            .join(_Message, _Message.id == _Report.message_id)
            .outerjoin(member, and_(member.room_id == _Message.room_id, member.person == _Report.person))
            .where(_Report.message_id.in_(message_ids), _OPEN)
            .subquery()
        )
        rows = await self._session.execute(select(numbered).where(numbered.c.number <= most).order_by("number"))
        found: dict[UUID, list[records.Report]] = {}
        for message_id, person, called, reason, created_at, _ in rows:
            found.setdefault(message_id, []).append(records.Report(person, called, reason, created_at))
        return found

    async def actions_of(self, room_id: UUID, before: UUID | None, limit: int) -> list[records.Action]:
        """The newest first."""
        actor, target = aliased(models.MemberRow), aliased(models.MemberRow)
        columns: list[Any] = [_Action.id, _Action.actor, func.coalesce(actor.name, ""), _Action.kind]
        columns += [_Action.target, func.coalesce(target.name, ""), _Action.until, _Action.details, _Action.created_at]
        statement = (
            select(*columns)
            .outerjoin(actor, and_(actor.room_id == _Action.room_id, actor.person == _Action.actor))
            .outerjoin(target, and_(target.room_id == _Action.room_id, target.person == _Action.target))
            .where(_Action.room_id == room_id)
        )
        if before:
            statement = statement.where(_Action.id < before)
        rows = await self._session.execute(statement.order_by(_Action.id.desc()).limit(limit))
        return [records.Action(*row) for row in rows]
