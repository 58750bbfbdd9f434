"""What the log says about somebody's learning: days in a row, weeks, and how much of what came back was known.

Days are study days. Everything here is a pure function.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

HEAT_DAYS: Final = 365
FORECAST_DAYS: Final = 30
RETENTION_DAYS: Final = (30, 90)
"""True retention is told of the last so many days."""
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


class Studied(NamedTuple):
    """What was done on one study day."""

    day: date
    reviews: int
    seconds: float


class Recalls(NamedTuple):
    """Of the first answers of one study day to cards about a material that were in review, how many were right."""

    material: str | None
    day: date
    answers: int
    right: int


@dataclass(frozen=True, slots=True)
class Retention:
    """Of ``answers`` first answers of a day on cards that were known before, ``right`` were right."""

    answers: int = 0
    right: int = 0

    def __add__(self, other: "Retention") -> "Retention":
        return Retention(self.answers + other.answers, self.right + other.right)

    @property
    def share(self) -> float | None:
        return self.right / self.answers if self.answers else None


# ── days and weeks ────────────────────────────────────────────────────────────────────────────────────────────────────


def monday(day: date) -> date:
    """The first day of its week (ISO 8601)."""
    return day - day.weekday() * _DAY


def week_streak(days: Collection[date], today: date) -> int:
    """Weeks in a row with a study day. The week that is not over yet does not end it."""
    weeks = {monday(day) for day in days}
    week = monday(_newest(days, today))
    if week not in weeks:
        week -= _WEEK
    count = 0
    while week in weeks:
        count, week = count + 1, week - _WEEK
    return count


def day_streak(days: Collection[date], today: date) -> int:
    """Study days in a row. One missed day in each week (Monday to Sunday) is forgiven: it does not end the row, and is
    not counted. Today does not end it either, as it is not over yet."""
    studied, forgiven = set(days), set[date]()
    day, count = _newest(days, today), 0
    if day not in studied:
        day -= _DAY
    oldest = min(studied, default=day + _DAY)
    while day >= oldest:
        if day in studied:
            count += 1
        elif monday(day) in forgiven:
            break
        else:
            forgiven.add(monday(day))
        day -= _DAY
    return count


def _newest(days: Collection[date], today: date) -> date:
    """Somebody who flew over the date line has studied on a day that is still to come."""
    return max(today, max(days, default=today))


def heat_map(studied: Iterable[Studied], today: date) -> list[Studied]:
    """The days of the last year on which something was reviewed, the oldest first."""
    since = today - (HEAT_DAYS - 1) * _DAY
    return sorted(each for each in studied if each.day >= since)


def forecast(due: Mapping[date, int], today: date) -> list[tuple[date, int]]:
    """How many cards come back on each of the next 30 days. What is overdue comes back today."""
    overdue = sum(count for day, count in due.items() if day < today)
    days = [today + number * _DAY for number in range(FORECAST_DAYS)]
    return [(day, due.get(day, 0) + (overdue if day == today else 0)) for day in days]


# ── retention ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def retentions(recalls: Iterable[Recalls], sinces: Sequence[date]) -> dict[date, dict[str | None, Retention]]:
    """By material, since each of ``sinces``: how much of what came back was known."""
    found: dict[date, dict[str | None, Retention]] = {since: {} for since in sinces}
    for each in recalls:
        for since, by_material in found.items():
            if each.day >= since:
                before = by_material.get(each.material, Retention())
                by_material[each.material] = before + Retention(each.answers, each.right)
    return found
