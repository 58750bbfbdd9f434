"""Statements about files: announced, looked at, had by a message, removed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from bunri.domains.chat import models, records
from bunri.platform.db import Repository

_File = models.RoomFileRow
FILE: Final = tuple(_File.__table__.columns)
NOBODY: Final = ""
"""Whose a removed file is: its row stays until its objects are gone, and says nothing of a person."""


def file_of(row: Sequence[Any]) -> records.RoomFile:
    """From the values of FILE."""
    values = dict(zip((column.key for column in FILE), row, strict=True))
    return records.RoomFile(**{**values, "kind": records.FileKind(values["kind"]) if values["kind"] else None})


class FileRepository(Repository):
    async def lock_files_of(self, owner: str) -> None:
        """Nobody else adds files of ``owner`` until the transaction ends."""
        key = func.hashtextextended(owner, 0)
        await self._session.execute(select(func.pg_advisory_xact_lock(key)))

    async def add_file(self, file: records.RoomFile) -> None:
        await self._session.execute(insert(_File).values(asdict(file)))

    async def file(self, file_id: UUID) -> records.RoomFile | None:
        """None for a removed one, too."""
        found = await self._files(_File.id == file_id, _File.removed_at.is_(None))
        return found[0] if found else None

    async def _files(self, *where: ColumnElement[bool]) -> list[records.RoomFile]:
        rows = await self._session.execute(select(*FILE).where(*where).order_by(_File.id))
        return [file_of(row) for row in rows]

    # ── how much there is ─────────────────────────────────────────────────────────────────────────────────────────

    async def bytes_of_person(self, owner: str, since: datetime) -> int:
        """Of files announced after ``since`` that were not removed."""
        return await self._sum(_File.owner == owner, _File.created_at > since)

    async def bytes_of_room(self, room_id: UUID) -> int:
        return await self._sum(_File.room_id == room_id, _File.removed_at.is_(None))

    async def _sum(self, *where: ColumnElement[bool]) -> int:
        summed = select(func.coalesce(func.sum(_File.size), 0)).where(*where)
        return int((await self._session.execute(summed)).scalar_one())

    async def count_unused(self, owner: str) -> int:
        """Files that no message has."""
        where = (_File.owner == owner, _File.message_id.is_(None), _File.removed_at.is_(None))
        return (await self._session.execute(select(func.count()).select_from(_File).where(*where))).scalar_one()

    # ── looked at ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def claim_file(self, file_id: UUID, owner: str, now: datetime, until: datetime) -> records.RoomFile | None:
        """A file that is to be looked at, by nobody else before ``until``; None where there is nothing to do, or
        somebody is at it."""
        where = (
            _File.id == file_id,
            _File.owner == owner,
            _File.completed_at.is_(None),
            _File.removed_at.is_(None),
            or_(_File.lease_until.is_(None), _File.lease_until <= now),
        )
        statement = update(_File).where(*where).values(lease_until=until).returning(*FILE)
        row = (await self._session.execute(statement)).one_or_none()
        return file_of(row) if row else None

    async def release_file(self, file_id: UUID) -> None:
        """Nobody is at work on it any more."""
        await self._session.execute(update(_File).where(_File.id == file_id).values(lease_until=None))

    async def complete_file(self, file_id: UUID, **values: Any) -> records.RoomFile | None:
        """What it turned out to be; None where it was removed meanwhile."""
        where = (_File.id == file_id, _File.removed_at.is_(None))
        statement = update(_File).where(*where).values(**values, lease_until=None).returning(*FILE)
        row = (await self._session.execute(statement)).one_or_none()
        return file_of(row) if row else None

    # ── had by a message ──────────────────────────────────────────────────────────────────────────────────────────

    async def lock_files(self, room_id: UUID, owner: str, among: Sequence[UUID]) -> dict[UUID, records.RoomFile]:
        """Files of ``owner`` for the room, those ``among`` the given; nobody else changes them until the transaction
        ends."""
        where = (_File.id.in_(among), _File.room_id == room_id, _File.owner == owner, _File.removed_at.is_(None))
        rows = await self._session.execute(select(*FILE).where(*where).order_by(_File.id).with_for_update())
        return {file.id: file for file in map(file_of, rows)}

    async def files_of_message(self, message_id: UUID) -> list[records.RoomFile]:
        return await self._files(_File.message_id == message_id, _File.removed_at.is_(None))

    async def attach_files(self, file_ids: Sequence[UUID], message_id: UUID) -> None:
        await self._session.execute(update(_File).where(_File.id.in_(file_ids)).values(message_id=message_id))

    # ── removed ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def remove_file(self, file_id: UUID, now: datetime, *, unused: bool = False) -> bool:
        """Whether there was one; with ``unused``, one that no message has."""
        where = [_File.id == file_id]
        if unused:
            where.append(_File.message_id.is_(None))
        return await self._remove(now, *where) > 0

    async def remove_files_of_message(self, message_id: UUID, now: datetime) -> None:
        await self._remove(now, _File.message_id == message_id)

    async def remove_files_by(self, owner: str, now: datetime) -> None:
        await self._remove(now, _File.owner == owner)

    async def remove_files_of_room(self, room_id: UUID, now: datetime) -> None:
        await self._remove(now, _File.room_id == room_id)

    async def remove_unused_files(self, before: datetime, now: datetime, limit: int) -> int:
        """Those announced before ``before`` that no message has, nor is just about to."""
        unused = (_File.created_at < before, _File.message_id.is_(None), _File.removed_at.is_(None))
        found = select(_File.id).where(*unused).order_by(_File.id).limit(limit).with_for_update(skip_locked=True)
        return await self._remove(now, _File.id.in_((await self._session.execute(found)).scalars().all()))

    async def _remove(self, now: datetime, *where: ColumnElement[bool]) -> int:
        values = {"removed_at": now, "owner": NOBODY, "name": "", "sha256": None}
        statement = update(_File).where(*where, _File.removed_at.is_(None)).values(values).returning(_File.id)
        return len((await self._session.execute(statement)).all())

    async def removed_files(self, now: datetime, limit: int) -> list[records.RoomFile]:
        """Files whose objects nobody needs any more, and nobody is at work on; those removed first come first."""
        free = or_(_File.lease_until.is_(None), _File.lease_until <= now)
        statement = select(*FILE).where(_File.removed_at.is_not(None), free).order_by(_File.removed_at).limit(limit)
        return [file_of(row) for row in await self._session.execute(statement)]

    async def forget_file(self, file_id: UUID) -> None:
        """Its objects are gone."""
        await self._session.execute(delete(_File).where(_File.id == file_id, _File.removed_at.is_not(None)))

    # ── of one person ─────────────────────────────────────────────────────────────────────────────────────────────

    async def files_by(self, owner: str) -> list[records.RoomFile]:
        """The oldest first; those that were not looked at are not among them."""
        return await self._files(_File.owner == owner, _File.completed_at.is_not(None), _File.removed_at.is_(None))

    async def hand_over_files(self, old: str, new: str) -> None:
        await self._session.execute(update(_File).where(_File.owner == old).values(owner=new))
