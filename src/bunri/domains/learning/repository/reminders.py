"""Statements about reminders."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    null,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.learning import models, records
from bunri.domains.learning.reminding import Waiting
from bunri.platform.db import Repository

_Person = models.PersonRow
_Reminder = models.ReminderRow
_Notice = models.ReminderNoticeRow
_Memory = models.MemoryRow
_KEY: Final = (_Notice.person, _Notice.day, _Notice.device_id)

_PEOPLE: Final = cast("Table", _Person.__table__)
_LEARNER: Final = tuple(
    null() if name == "parameters" else _PEOPLE.c[name] for name in records.Learner.__dataclass_fields__
)
"""In the order of its fields, for a hundred thousand at a time; nothing is scheduled here, so without parameters."""

_WAITING: Final = text(
    """
    select each.person,
        exists (
            select from learning.memories where memories.person = each.person and memories.last_day = each.today
        ) as studied,
        (
            select count(*)
            from learning.queue(
                each.person, :now, each.today, '{}'::text[], null, each.new_a_day, each.reviews_a_day
            ) as queued
            where queued.part in (1, 2)
        ) as due
    from unnest(:people, :days, :new_a_day, :reviews_a_day) as each (person, today, new_a_day, reviews_a_day)
    """
).bindparams(
    bindparam("people", type_=ARRAY(Text)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("new_a_day", type_=ARRAY(Integer)),
    bindparam("reviews_a_day", type_=ARRAY(Integer)),
)

_MOVE_ON: Final = text(
    """
    update learning.people set remind_at = each.following
    from unnest(:people, :due, :following) as each (person, due, following)
    where people.person = each.person and people.remind_at = each.due
    returning people.person
    """
).bindparams(
    bindparam("people", type_=ARRAY(Text)),
    bindparam("due", type_=ARRAY(DateTime(timezone=True))),
    bindparam("following", type_=ARRAY(DateTime(timezone=True))),
)


class ReminderRepository(Repository):
    async def people_to_remind(self, now: datetime, limit: int) -> list[records.Learner]:
        """Whose hour has come, the longest ago first; those of one moment in any order, since all of a city have the
        same hour, and to sort them took longer than all the rest."""
        statement = select(*_LEARNER).where(_PEOPLE.c.remind_at <= now).order_by(_PEOPLE.c.remind_at).limit(limit)
        return [records.Learner(*row) for row in await self._session.execute(statement)]

    async def waiting_for(self, learners: Sequence[records.Learner], now: datetime) -> dict[str, Waiting]:
        """What waits for each of them, in one statement."""
        said: dict[str, Any] = {
            "now": now,
            "people": [each.person for each in learners],
            "days": [each.day(now) for each in learners],
            "new_a_day": [each.new_a_day for each in learners],
            "reviews_a_day": [each.reviews_a_day for each in learners],
        }
        return {row.person: Waiting(row.due, row.studied) for row in await self._session.execute(_WAITING, said)}

    async def move_on(self, learners: Sequence[records.Learner], following: Mapping[str, datetime | None]) -> set[str]:
        """Each has the next reminder before them; returns those whom nobody else has moved on meanwhile. Two that do
        it at once come one after the other."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("learning reminders", 0))))
        said = {
            "people": [each.person for each in learners],
            "due": [each.remind_at for each in learners],
            "following": [following[each.person] for each in learners],
        }
        return set((await self._session.execute(_MOVE_ON, said)).scalars())

    async def add_reminder(self, person: str, day: date, kind: str, now: datetime) -> bool:
        """Whether there was none of that kind on that day."""
        values = {"person": person, "day": day, "kind": kind, "made_at": now}
        statement = insert(_Reminder).values(values).on_conflict_do_nothing().returning(_Reminder.person)
        return (await self._session.execute(statement)).first() is not None

    # ── on their way to devices ───────────────────────────────────────────────────────────────────────────────────

    async def add_notices(self, notices: Sequence[records.ReminderNotice], now: datetime) -> None:
        """Due at once."""
        values = [{**asdict(each), "collection": list(each.collection), "next_attempt_at": now} for each in notices]
        await self._session.execute(insert(_Notice).values(values))

    async def claim_notices(self, now: datetime, lease: timedelta, limit: int) -> list[records.ReminderNotice]:
        """Those that are due, which nobody else has in hand for ``lease``. What is no more use is dropped: when it is
        too late, or who was to study has studied meanwhile."""
        studied = exists().where(_Memory.person == _Notice.person, _Memory.last_day >= _Notice.day)
        about_cards = func.cardinality(_Notice.collection) == 0
        await self._session.execute(
            delete(_Notice).where(_Notice.next_attempt_at <= now, (_Notice.expires_at <= now) | (about_cards & studied))
        )
        due = select(*_KEY).where(_Notice.next_attempt_at <= now).order_by(_Notice.next_attempt_at).limit(limit)
        keys = [tuple(row) for row in await self._session.execute(due.with_for_update(skip_locked=True))]
        if not keys:
            return []
        claimed = (
            update(_Notice)
            .where(tuple_(*_KEY).in_(keys))
            .values(next_attempt_at=now + lease, attempts=_Notice.attempts + 1)
            .returning(*(getattr(_Notice, name) for name in records.ReminderNotice.__dataclass_fields__))
        )
        rows = (await self._session.execute(claimed)).mappings()
        return [records.ReminderNotice(**{**row, "collection": tuple(row["collection"])}) for row in rows]

    async def drop_notice(self, notice: records.ReminderNotice) -> None:
        await self._session.execute(delete(_Notice).where(*_is(notice)))

    async def postpone_notice(self, notice: records.ReminderNotice, until: datetime) -> None:
        await self._session.execute(update(_Notice).where(*_is(notice)).values(next_attempt_at=until))

    async def forget_reminders(self, before: date) -> None:
        await self._session.execute(delete(_Reminder).where(_Reminder.day < before))


def _is(notice: records.ReminderNotice) -> tuple[ColumnElement[bool], ...]:
    return (_Notice.person == notice.person, _Notice.day == notice.day, _Notice.device_id == notice.device_id)
