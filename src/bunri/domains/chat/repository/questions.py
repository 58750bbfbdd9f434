"""Statements about what rooms are asked, and how well voters know."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from bunri.domains.chat import models, records
from bunri.domains.chat.agreement import Voter
from bunri.domains.chat.documents import VOTE
from bunri.platform.db import Repository

_Question = models.QuestionRow
_Voter = models.VoterRow
_Message = models.MessageRow
_PATH: Final = ARRAY(Text)
_COLUMNS: Final = tuple(_Question.__table__.columns)


def _question(row: Sequence[Any]) -> records.Question:
    values = dict(zip((column.key for column in _COLUMNS), row, strict=True))
    settled_by = values["settled_by"]
    values |= {
        "state": records.QuestionState(values["state"]),
        "choices": tuple(records.QuestionChoice(**each) for each in values["choices"]),
        "settled_by": records.SettledBy(settled_by) if settled_by else None,
    }
    return records.Question(**values)


class QuestionRepository(Repository):
    async def add_question(self, question: records.Question) -> bool:
        """False where the message is asked about already."""
        values = {**asdict(question), "choices": [asdict(each) for each in question.choices]}
        statement = upsert(_Question).values(values).on_conflict_do_nothing().returning(_Question.id)
        return (await self._session.execute(statement)).first() is not None

    async def question(self, question_id: UUID) -> records.Question | None:
        return await self._first(_Question.id == question_id)

    async def question_of_message(self, message_id: UUID) -> records.Question | None:
        return await self._first(_Question.message_id == message_id)

    async def question_about(self, message_id: UUID) -> records.Question | None:
        return await self._first(_Question.about == message_id)

    async def question_of_item(self, room_id: UUID, job_id: UUID, position: int) -> records.Question | None:
        return await self._first(
            _Question.room_id == room_id, _Question.job_id == job_id, _Question.position == position
        )

    async def questions_of_job(self, job_id: UUID) -> list[records.Question]:
        return await self._all(_Question.job_id == job_id)

    async def due_questions(self, state: records.QuestionState, now: datetime, limit: int) -> list[records.Question]:
        """Those that wait and whose time is over."""
        return await self._all(_Question.state == state, _Question.closes_at <= now, limit=limit)

    async def known_answers(self, room_id: UUID, since: datetime, limit: int) -> list[records.Question]:
        """What the room's people have found out, the newest first."""
        final = [each for each in records.SettledBy if each.is_final]
        where = (_Question.room_id == room_id, _Question.settled_by.in_(final), _Question.settled_at >= since)
        order = _Question.settled_at.desc()
        rows = await self._session.execute(select(*_COLUMNS).where(*where).order_by(order).limit(limit))
        return [_question(row) for row in rows]

    async def change_question(self, question_id: UUID, **values: Any) -> records.Question:
        if "choices" in values:
            values["choices"] = [asdict(each) for each in values["choices"]]
        statement = update(_Question).where(_Question.id == question_id).values(values).returning(*_COLUMNS)
        return _question((await self._session.execute(statement)).one())

    async def remove_question_of(self, message_id: UUID) -> None:
        await self._session.execute(delete(_Question).where(_Question.message_id == message_id))

    async def _first(self, *where: ColumnElement[bool]) -> records.Question | None:
        return next(iter(await self._all(*where, limit=1)), None)

    async def _all(self, *where: ColumnElement[bool], limit: int = 100) -> list[records.Question]:
        statement = select(*_COLUMNS).where(*where).order_by(_Question.closes_at).limit(limit)
        return [_question(row) for row in await self._session.execute(statement)]

    # ── voters ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def voters_on(self, message_id: UUID) -> dict[str, Voter]:
        """By person."""
        reaction = models.ReactionRow
        rows = await self._session.execute(
            select(reaction.person, reaction.sign, _Voter.agreed, _Voter.differed)
            .outerjoin(_Voter, _Voter.person == reaction.person)
            .where(reaction.message_id == message_id, reaction.sign.startswith(VOTE))
        )
        return {
            person: Voter(int(sign.removeprefix(VOTE)), agreed or 0, differed or 0)
            for person, sign, agreed, differed in rows
        }

    async def count_agreement(self, people: Mapping[str, bool], by: int = 1) -> None:
        """Whether each agreed with what came out; with ``by`` −1 takes it back."""
        for person, agreed in sorted(people.items()):  # in order, so that two at once do not wait for each other
            more = {"agreed": by if agreed else 0, "differed": 0 if agreed else by}
            statement = upsert(_Voter).values(person=person, **more)
            added = {name: func.greatest(0, getattr(_Voter, name) + getattr(statement.excluded, name)) for name in more}
            await self._session.execute(statement.on_conflict_do_update(index_elements=[_Voter.person], set_=added))

    # ── of one person ─────────────────────────────────────────────────────────────────────────────────────────────

    async def questions_by(self, person: str) -> list[records.Question]:
        return await self._all(_Question.owner == person, limit=10_000)

    async def agreement_of(self, person: str) -> tuple[int, int]:
        row = await self._session.execute(select(_Voter.agreed, _Voter.differed).where(_Voter.person == person))
        return next(((agreed, differed) for agreed, differed in row), (0, 0))

    async def hand_over_questions(self, old: str, new: str) -> None:
        owner = func.to_jsonb(cast(new, Text))
        await self._change_messages(
            old, func.jsonb_set(_Message.__table__.c.data, cast(["verdict", "owner"], _PATH), owner)
        )
        await self._session.execute(update(_Question).where(_Question.owner == old).values(owner=new))
        agreed, differed = await self.agreement_of(old)
        if agreed or differed:
            statement = upsert(_Voter).values(person=new, agreed=agreed, differed=differed)
            sums = {"agreed": _Voter.agreed + agreed, "differed": _Voter.differed + differed}
            await self._session.execute(statement.on_conflict_do_update(index_elements=[_Voter.person], set_=sums))
        await self._session.execute(delete(_Voter).where(_Voter.person == old))

    async def forget_questions_of(self, person: str) -> None:
        """What the coach said of the person's photos stays, without whose they are."""
        data: ColumnElement[Any] = _Message.__table__.c.data
        for name in ("owner", "jobId"):
            data = data.op("#-")(cast(["verdict", name], _PATH))
        await self._change_messages(person, data)
        await self._session.execute(delete(_Question).where(_Question.owner == person))
        await self._session.execute(delete(_Voter).where(_Voter.person == person))

    async def _change_messages(self, owner: str, data: ColumnElement[Any]) -> None:
        """Those that tell of the questions of ``owner``."""
        asking = select(_Question.message_id).where(_Question.owner == owner, _Question.message_id.is_not(None))
        await self._session.execute(update(_Message).where(_Message.id.in_(asking)).values(data=data))
