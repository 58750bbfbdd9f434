"""How somebody's learning goes."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bunri.domains.auth.public import Caller
from bunri.domains.learning import statistics
from bunri.domains.learning.progress import (
    DayOut,
    ForecastDay,
    MaterialRetention,
    RetentionOut,
    StatsOut,
    StreakOut,
    TodayOut,
    WeekOut,
)
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.statistics import RETENTION_DAYS, Retention, Studied
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction


class Statistics:
    def __init__(self, transaction: Transaction[LearningRepository], learners: Learners, clock: Clock) -> None:
        self._transaction = transaction
        self._learners = learners
        self._clock = clock

    async def of(self, caller: Caller) -> StatsOut:
        learner = await self._learners.get(caller.id)
        today = learner.day(self._clock())
        until = today + timedelta(days=statistics.FORECAST_DAYS - 1)
        async with self._transaction() as repository:
            studied = await repository.studied(caller.id)
            new = await repository.begun_on(caller.id, today)
            recalls = await repository.recalls(caller.id, _since(today, max(RETENTION_DAYS)))
            due = dict(await repository.due_by_day(caller.id, until))
            hard = await repository.count_hard_ones(caller.id)
        by_day = statistics.retentions(recalls, [_since(today, span) for span in RETENTION_DAYS])
        by_span = {span: by_day[_since(today, span)] for span in RETENTION_DAYS}
        days = [each.day for each in studied]
        return StatsOut(
            day=today,
            today=_today(studied, today, new),
            week=_week(studied, today, learner.week_goal),
            streak=StreakOut(weeks=statistics.week_streak(days, today), days=statistics.day_streak(days, today)),
            heat_map=[DayOut(day=each.day, reviews=each.reviews) for each in statistics.heat_map(studied, today)],
            retention=[_retention(span, sum(found.values(), Retention())) for span, found in by_span.items()],
            by_material=_by_material(by_span),
            forecast=[ForecastDay(day=day, cards=cards) for day, cards in statistics.forecast(due, today)],
            hard=hard,
        )


def _since(today: date, days: int) -> date:
    return today - timedelta(days=days - 1)


def _today(studied: Sequence[Studied], today: date, new: int) -> TodayOut:
    done = [each for each in studied if each.day == today]
    seconds = sum(each.seconds for each in done)
    return TodayOut(reviews=sum(each.reviews for each in done), minutes=round(seconds / 60, 1), new=new)


def _week(studied: Sequence[Studied], today: date, goal: int) -> WeekOut:
    begins = statistics.monday(today)
    done = [each for each in studied if each.day >= begins]
    return WeekOut(begins=begins, reviews=sum(each.reviews for each in done), goal=goal, days=len(done))


def _retention(days: int, found: Retention) -> RetentionOut:
    return RetentionOut(days=days, answers=found.answers, right=found.right, share=found.share)


def _by_material(by_span: Mapping[int, Mapping[str | None, Retention]]) -> list[MaterialRetention]:
    longest = by_span[max(RETENTION_DAYS)]
    ordered = sorted(longest, key=lambda material: (-longest[material].answers, material or ""))
    return [
        MaterialRetention(
            material=material,
            retention=[_retention(span, found.get(material, Retention())) for span, found in by_span.items()],
        )
        for material in ordered
    ]
