"""Statements about weekly tests."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.learning import models, records
from bunri.domains.learning.grading import THRESHOLD
from bunri.platform.db import Repository

_Test = models.WeeklyTestRow
_Question = models.WeeklyTestQuestionRow
_Memory = models.MemoryRow
_TEST: Final = tuple(_Test.__table__.columns)


def _test_of(row: Any) -> records.WeeklyTest:
    return records.WeeklyTest(
        row["id"],
        row["person"],
        row["week"],
        records.MadeBy(row["made_by"]),
        row["created_at"],
        row["completed_at"],
    )


def _question_of(row: Any) -> records.WeeklyTestQuestion:
    lists = {name: tuple(row[name]) for name in ("choices", "accepted")}
    return records.WeeklyTestQuestion(**{**row, **lists, "kind": records.QuestionKind(row["kind"])})


def _values(question: records.WeeklyTestQuestion) -> dict[str, Any]:
    lists = {name: list(getattr(question, name)) for name in ("choices", "accepted")}
    return {**asdict(question), **lists, "kind": str(question.kind)}


class WeeklyTestRepository(Repository):
    async def add_test(self, test: records.WeeklyTest, questions: Sequence[records.WeeklyTestQuestion]) -> bool:
        """Whether the person had none in that week."""
        values = {**asdict(test), "made_by": str(test.made_by)}
        statement = insert(_Test).values(values).on_conflict_do_nothing().returning(_Test.id)
        if (await self._session.execute(statement)).first() is None:
            return False
        await self._session.execute(insert(_Question).values([_values(each) for each in questions]))
        return True

    async def test_of(self, person: str, test_id: UUID) -> records.WeeklyTest | None:
        statement = select(*_TEST).where(_Test.id == test_id, _Test.person == person)
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return _test_of(row) if row else None

    async def test_of_week(self, person: str, week: date) -> records.WeeklyTest | None:
        statement = select(*_TEST).where(_Test.person == person, _Test.week == week)
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return _test_of(row) if row else None

    async def tests_by(self, person: str, before: date | None, limit: int) -> list[records.WeeklyTestSummary]:
        """The newest first; of weeks ``before`` that one."""
        statement = (
            select(
                *_TEST,
                func.count(_Question.position).label("questions"),
                func.count(_Question.score).label("answered"),
                func.count().filter(_Question.score >= THRESHOLD).label("right"),
            )
            .join(_Question, _Question.test_id == _Test.id)
            .where(_Test.person == person)
            .group_by(_Test.id)
            .order_by(_Test.week.desc())
            .limit(limit)
        )
        if before:
            statement = statement.where(_Test.week < before)
        rows = (await self._session.execute(statement)).mappings()
        return [
            records.WeeklyTestSummary(_test_of(row), row["questions"], row["answered"], row["right"]) for row in rows
        ]

    async def questions_of(self, test_id: UUID) -> list[records.WeeklyTestQuestion]:
        columns = tuple(_Question.__table__.columns)
        statement = select(*columns).where(_Question.test_id == test_id).order_by(_Question.position)
        return [_question_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def answer_question(self, test_id: UUID, position: int, given: str, score: int, at: datetime) -> bool:
        """Whether it had no answer: the first one stays."""
        statement = (
            update(_Question)
            .where(_Question.test_id == test_id, _Question.position == position, _Question.score.is_(None))
            .values(given=given, score=score, answered_at=at)
            .returning(_Question.position)
        )
        return (await self._session.execute(statement)).first() is not None

    async def complete_test(self, test_id: UUID, at: datetime) -> None:
        """The first time counts."""
        where = (_Test.id == test_id, _Test.completed_at.is_(None))
        await self._session.execute(update(_Test).where(*where).values(completed_at=at))

    async def reviewed_since(self, person: str, day: date, limit: int) -> list[UUID]:
        """The cards that ``person`` reviewed since that study day, the least known first."""
        statement = (
            select(_Memory.card_id)
            .where(_Memory.person == person, _Memory.last_day >= day, ~_Memory.suspended)
            .order_by(_Memory.lapses.desc(), _Memory.stability, _Memory.card_id)
            .limit(limit)
        )
        return list((await self._session.execute(statement)).scalars())
