"""Statements about what people's devices are to be told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bunri.domains.chat import models, records
from bunri.domains.chat.repository.messages import MESSAGE, message_of
from bunri.domains.chat.repository.subscriptions import SUBSCRIPTION, subscription_of
from bunri.platform.db import Repository

_Notice = models.NoticeRow
_Room = models.RoomRow
_Member = models.MemberRow
_Message = models.MessageRow
_Subscription = models.SubscriptionRow
_KEY: Final = (_Notice.subscription_id, _Notice.room_id)


class NoticeRepository(Repository):
    async def end_notice(self, room: records.Room) -> None:
        """Somebody has looked."""
        values = {"notified_seq": room.last_seq, "notice_at": None}
        await self._session.execute(update(_Room).where(_Room.id == room.id).values(values))

    async def listeners(self, room_id: UUID) -> list[records.Listener]:
        """The browsers of members who want to be told of the room."""
        joined = select(_Subscription.id, _Subscription.person, _Member.read_seq).join(
            _Member, _Member.person == _Subscription.person
        )
        rows = await self._session.execute(joined.where(_Member.room_id == room_id, _Member.notify))
        return [records.Listener(*row) for row in rows]

    async def add_notices(
        self, notices: Sequence[records.Notice], now: datetime, due_at: datetime, pause: timedelta
    ) -> None:
        """To be told at ``due_at``. Each in the place of what the same subscription was to be told of the same room;
        where it was told something within ``pause``, it is told of this when the pause is over, unless somebody is
        mentioned."""
        if not notices:
            return
        values = [
            {**each._asdict(), "attempts": 0, "created_at": now, "next_attempt_at": due_at, "sent_at": None}
            for each in notices
        ]
        added = upsert(_Notice).values(values)
        new, waiting = added.excluded, _Notice.next_attempt_at.is_not(None)
        later = func.greatest(new.next_attempt_at, _Notice.sent_at + pause)  # of those that there are
        changed = {
            "seq": new.seq,
            "mentioned": or_(new.mentioned, and_(_Notice.mentioned, waiting)),
            "attempts": case((waiting, _Notice.attempts), else_=0),
            "created_at": case((waiting, _Notice.created_at), else_=new.created_at),
            "next_attempt_at": case(
                (new.mentioned & ~waiting, new.next_attempt_at),
                (waiting & (_Notice.attempts == 0), func.least(_Notice.next_attempt_at, later)),
                (waiting, _Notice.next_attempt_at),
                else_=later,
            ),
        }
        await self._session.execute(added.on_conflict_do_update(index_elements=list(_KEY), set_=changed))

    async def claim_notices(self, now: datetime, lease: timedelta, limit: int) -> list[records.DueNotice]:
        """Those that are due, which nobody else has in hand for ``lease``. What was read meanwhile, or is wanted no
        more, is dropped."""
        due = select(*_KEY).where(_Notice.next_attempt_at <= now).order_by(_Notice.next_attempt_at).limit(limit)
        keys = [tuple(row) for row in await self._session.execute(due.with_for_update(skip_locked=True))]
        if not keys:
            return []
        mine = tuple_(*_KEY).in_(keys)
        await self._session.execute(delete(_Notice).where(mine, ~_still_wanted()))
        values = {"next_attempt_at": now + lease, "attempts": _Notice.attempts + 1}
        await self._session.execute(update(_Notice).where(mine).values(values))
        return await self._told(mine)

    async def _told(self, where: ColumnElement[bool]) -> list[records.DueNotice]:
        unread = _Room.last_seq - func.greatest(_Member.read_seq, _Room.first_seq - 1)
        statement = (
            select(*_KEY, _Notice.seq, _Notice.mentioned, _Notice.attempts, _Notice.created_at, _Room.name, unread)
            .add_columns(*SUBSCRIPTION, *MESSAGE)
            .join(_Subscription, _Subscription.id == _Notice.subscription_id)
            .join(_Room, _Room.id == _Notice.room_id)
            .join(_Member, and_(_Member.room_id == _Notice.room_id, _Member.person == _Subscription.person))
            .outerjoin(_Message, and_(_Message.room_id == _Notice.room_id, _Message.seq == _Notice.seq))
            .where(where)
        )
        found = []
        for row in await self._session.execute(statement):
            notice, (attempts, created_at, name, count), rest = row[:4], row[4:8], row[8:]
            message = rest[len(SUBSCRIPTION) :]
            found.append(
                records.DueNotice(
                    records.Notice(*notice),
                    attempts,
                    created_at,
                    subscription_of(rest[: len(SUBSCRIPTION)]),
                    name,
                    count,
                    message_of(message) if message[0] else None,
                )
            )
        return found

    async def notice_sent(self, notice: records.Notice, now: datetime, pause: timedelta) -> None:
        """Where something newer came meanwhile, that is due when the pause is over."""
        values = {
            "sent_at": now,
            "attempts": 0,
            "next_attempt_at": case((_Notice.seq > notice.seq, now + pause), else_=None),
        }
        await self._session.execute(update(_Notice).where(*_is(notice)).values(values))

    async def postpone_notice(self, notice: records.Notice, until: datetime) -> None:
        await self._session.execute(update(_Notice).where(*_is(notice)).values(next_attempt_at=until))

    async def drop_notice(self, notice: records.Notice) -> None:
        await self._session.execute(delete(_Notice).where(*_is(notice)))

    async def remove_old_notices(self, told_before: datetime, given_up_before: datetime) -> None:
        told = and_(_Notice.next_attempt_at.is_(None), _Notice.sent_at < told_before)
        await self._session.execute(delete(_Notice).where(or_(told, _Notice.created_at < given_up_before)))


def _is(notice: records.Notice) -> tuple[ColumnElement[bool], ...]:
    return (_Notice.subscription_id == notice.subscription_id, _Notice.room_id == notice.room_id)


def _still_wanted() -> ColumnElement[bool]:
    """A member, who wants to know and has not read it."""
    return exists(
        select(_Member.person)
        .join(_Subscription, _Subscription.person == _Member.person)
        .where(
            _Subscription.id == _Notice.subscription_id,
            _Member.room_id == _Notice.room_id,
            _Member.notify,
            _Member.read_seq < _Notice.seq,
        )
    )
