"""Statements about all that chat keeps of one person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, update

from bunri.domains.chat import models, records
from bunri.domains.chat.documents import VOTE
from bunri.domains.chat.repository.messages import MESSAGE, message_of
from bunri.domains.chat.repository.rooms import MEMBER, member_of
from bunri.platform.db import Repository

GONE: Final = "gone"
"""In the place of the id of a sender who was erased."""
_Message = models.MessageRow
_Member = models.MemberRow


class PersonRepository(Repository):
    async def memberships_of(self, person: str) -> list[tuple[records.Member, str]]:
        """With the room's name."""
        statement = select(*MEMBER, models.RoomRow.name).join(models.RoomRow).where(_Member.person == person)
        rows = await self._session.execute(statement.order_by(_Member.joined_at))
        return [(member_of(tuple(row)[:-1]), row[-1]) for row in rows]

    async def messages_by(self, person: str, after: UUID | None, limit: int) -> list[records.Message]:
        """The oldest first, after the message ``after``."""
        where = [_Message.sender == person, _Message.deleted_at.is_(None)]
        if after:
            where.append(_Message.id > after)
        rows = await self._session.execute(select(*MESSAGE).where(*where).order_by(_Message.id).limit(limit))
        return [message_of(row) for row in rows]

    async def reactions_by(self, person: str) -> list[tuple[UUID, str]]:
        row = models.ReactionRow
        rows = await self._session.execute(select(row.message_id, row.sign).where(row.person == person))
        return [(message_id, sign) for message_id, sign in rows]

    async def rooms_with_messages_by(self, person: str) -> list[UUID]:
        rooms = select(_Message.room_id).where(_Message.sender == person).distinct().order_by(_Message.room_id)
        return list((await self._session.execute(rooms)).scalars())

    async def empty_messages_by(self, person: str, room_id: UUID, rev: int, now: datetime) -> None:
        """Their places stay, without content and name."""
        values: dict[str, Any] = {
            "sender": GONE,
            "sender_name": "",
            "client_id": None,
            "content": "",
            "data": {},
            "mentions": [],
            "grams": [],
            "initials": [],
            "reported": False,
            "deleted_at": func.coalesce(_Message.deleted_at, now),
            "rev": rev,
        }
        where = (_Message.sender == person, _Message.room_id == room_id)
        await self._session.execute(update(_Message).where(*where).values(values))

    async def remove_signs_of(self, person: str) -> None:
        """Reactions, votes, reports and bans, and what moderators did to the person, without the name."""
        for row in (models.ReactionRow, models.ReportRow, models.BanRow):
            await self._session.execute(delete(row).where(row.person == person))
        for column in (models.ActionRow.actor, models.ActionRow.target):
            await self._replace(models.ActionRow, column == person, {column.key: GONE})
        await self._replace(_Message, _mentions(person), {"mentions": func.array_remove(_Message.mentions, person)})
        await self._replace(models.RoomRow, models.RoomRow.created_by == person, {"created_by": GONE})
        await self._replace(models.InviteRow, models.InviteRow.created_by == person, {"created_by": GONE})

    async def hand_over_signs(self, old: str, new: str) -> None:
        """Everything but messages and memberships. Where both have said the same, once is enough; of two votes on one
        question that of ``new`` stays."""
        voted = models.ReactionRow.__table__.alias("voted")
        both = exists().where(
            voted.c.message_id == models.ReactionRow.message_id, voted.c.person == new, voted.c.sign.startswith(VOTE)
        )
        theirs = (models.ReactionRow.person == old, models.ReactionRow.sign.startswith(VOTE))
        await self._session.execute(delete(models.ReactionRow).where(*theirs, both))
        once = func.array_replace(func.array_remove(_Message.mentions, new), old, new)
        await self._replace(_Message, _mentions(old), {"mentions": once})
        for row, same in (
            (models.ReactionRow, ("message_id", "sign")),
            (models.ReportRow, ("message_id",)),
            (models.BanRow, ("room_id",)),
        ):
            ours = row.__table__.alias("ours")
            matches: Sequence[ColumnElement[bool]] = [ours.c[name] == row.__table__.c[name] for name in same]
            known = exists().where(ours.c.person == new, *matches)
            await self._session.execute(delete(row).where(row.person == old, known))
            await self._replace(row, row.person == old, {"person": new})
        for table, column in (
            (models.ActionRow, models.ActionRow.actor),
            (models.ActionRow, models.ActionRow.target),
            (models.RoomRow, models.RoomRow.created_by),
            (models.InviteRow, models.InviteRow.created_by),
        ):
            await self._replace(table, column == old, {column.key: new})

    async def hand_over_messages(self, old: str, new: str) -> None:
        """Where both have used the same ``client_id``, that of the older person is forgotten: nobody sends it again."""
        ours = _Message.__table__.alias("ours")
        same = exists().where(
            ours.c.room_id == _Message.room_id, ours.c.client_id == _Message.client_id, ours.c.sender == new
        )
        await self._replace(_Message, (_Message.sender == old) & same, {"client_id": None})
        await self._replace(_Message, _Message.sender == old, {"sender": new})

    async def _replace(self, row: Any, where: ColumnElement[bool], values: dict[str, Any]) -> None:
        await self._session.execute(update(row).where(where).values(values))


def _mentions(person: str) -> ColumnElement[bool]:
    """As the index of mentions has it."""
    return _Message.mentions.contains([person]) & (_Message.mentions != [])
