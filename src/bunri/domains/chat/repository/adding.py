"""The statement that puts messages at the end of a room: one, however many messages there are and whatever else is
noted with them, since a busy room is as quick as its transactions are."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final, NamedTuple, cast

import orjson
from sqlalchemy import CTE, Table, Text, and_, bindparam, case, column, exists, func, insert, or_, select, update
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import IntegrityError

from bunri.domains.chat import models, records
from bunri.kit import finding
from bunri.kit.ids import new_id
from bunri.platform.db import Repository

_MESSAGES: Final = cast("Table", models.MessageRow.__table__)
_ROOMS: Final = cast("Table", models.RoomRow.__table__)
_MEMBERS: Final = cast("Table", models.MemberRow.__table__)
_SUBSCRIPTIONS: Final = cast("Table", models.SubscriptionRow.__table__)
_ROOM: Final = bindparam("room", type_=_ROOMS.c.id.type)
_SENDERS: Final = bindparam("senders", type_=ARRAY(Text))


def _added() -> CTE:
    """Of as many messages as the JSON in ``messages`` has."""
    columns = [column(each.key, each.type) for each in _MESSAGES.columns]
    given = func.jsonb_to_recordset(as_type(bindparam("messages", type_=Text), JSONB))
    rows = given.table_valued(*columns).render_derived(name="given", with_types=True)
    adding = insert(_MESSAGES).from_select([each.key for each in columns], select(*rows.c))
    return adding.returning(_MESSAGES.c.seq).cte("added")


def _adding() -> Any:
    """Made once: SQLAlchemy spends longer on making a statement than PostgreSQL on doing it."""
    others = or_(bindparam("several"), _MEMBERS.c.person != func.all(_SENDERS))
    of_members = select(_SUBSCRIPTIONS.c.id).join(_MEMBERS, _SUBSCRIPTIONS.c.person == _MEMBERS.c.person)
    wanted = exists(of_members.where(_MEMBERS.c.room_id == _ROOM, _MEMBERS.c.notify, others))
    last_at = bindparam("at", type_=_ROOMS.c.last_at.type)
    noticed = case(
        (and_(bindparam("may_tell"), wanted), bindparam("now", type_=last_at.type)), else_=_ROOMS.c.notice_at
    )
    values = {
        "last_seq": bindparam("seq"),
        "last_rev": bindparam("rev"),
        "last_at": last_at,
        "updated_at": last_at,
        "notice_at": noticed,
    }
    room = update(_ROOMS).where(_ROOMS.c.id == _ROOM).values(values).returning(_ROOMS.c.notice_at).cte("room")
    had_read_all = and_(_MEMBERS.c.person == bindparam("first"), _MEMBERS.c.read_seq == bindparam("before"))
    read = case((had_read_all, bindparam("own", type_=_MEMBERS.c.read_seq.type)), else_=_MEMBERS.c.read_seq)
    spoke = (_MEMBERS.c.room_id == _ROOM, _MEMBERS.c.person == func.any(_SENDERS))
    sent = update(_MEMBERS).where(*spoke).values(last_sent_at=last_at, read_seq=read)
    return select(room.c.notice_at).add_cte(_added(), sent.returning(_MEMBERS.c.person).cte("sent"))


_ADD: Final = _adding()


class SaidBefore(Exception):
    """One of the messages is in the room already, by its sender and client id."""


class Added(NamedTuple):
    messages: list[records.Message]
    is_to_be_told: bool
    """Whether somebody is to look whom to tell of the room: a member who did not say all of it has a browser that wants
    to know, and nobody was asked to look a short while ago."""


def sought(content: str) -> dict[str, list[str]]:
    """By what a message is found."""
    return {"grams": finding.grams_of(content), "initials": finding.initials_of(content)}


class AddingRepository(Repository):
    async def add_messages(
        self, room: records.Room, new: Sequence[records.NewMessage], now: datetime, patience: timedelta
    ) -> Added:
        """At the end of the room, which the caller has locked. Times of a room strictly increase, so that they can be
        paged by. ``patience``: after so long whoever was asked to look whom to tell is taken for lost.

        Raises SaidBefore, after which the transaction can only be rolled back."""
        messages = _numbered(room, new, now)
        rows = [{**asdict(each), **sought(each.content)} for each in messages]
        given = orjson.dumps(rows, default=str).decode()  # a UUID that asyncpg has read is of a class of its own
        said = {"messages": given, **_noted(room, messages, now, patience)}
        try:
            noted = await self._session.execute(_ADD, said)
        except IntegrityError as error:
            raise SaidBefore from error
        return Added(messages, noted.scalar_one() == now != room.notice_at)


def _numbered(room: records.Room, new: Sequence[records.NewMessage], now: datetime) -> list[records.Message]:
    at = now.replace(microsecond=now.microsecond // 1000 * 1000)  # JavaScript knows no more
    if room.last_at:
        at = max(at, room.last_at + timedelta(milliseconds=1))
    return [
        records.Message(
            **{**asdict(each), "mentions": list(each.mentions)},
            id=new_id(),
            room_id=room.id,
            seq=room.last_seq + place,
            rev=room.last_rev + place,
            created_at=at + timedelta(milliseconds=place - 1),
        )
        for place, each in enumerate(new, 1)
    ]


def _noted(
    room: records.Room, messages: Sequence[records.Message], now: datetime, patience: timedelta
) -> dict[str, Any]:
    """Who had read everything has read their own words, too: of several people only the first can have, since nobody
    has read what the others say with them."""
    first, last = messages[0], messages[-1]
    senders = list({each.sender for each in messages})
    own = takewhile(lambda each: each.sender == first.sender, messages)
    return {
        "room": room.id,
        "seq": last.seq,
        "rev": last.rev,
        "at": last.created_at,
        "now": now,
        "may_tell": not (room.notice_at and now - patience < room.notice_at <= now),
        "senders": senders,
        "several": len(senders) > 1,
        "first": first.sender,
        "before": first.seq - 1,
        "own": [each.seq for each in own][-1],
    }
