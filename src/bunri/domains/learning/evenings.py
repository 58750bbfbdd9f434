"""The evening before a collection: from when on, until when, and for which day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bunri.domains.learning.records import Learner
from bunri.domains.learning.study_days import at_hour
from bunri.domains.recycling.public import CollectionDay

EVENING: Final = 16
"""The hour of the person's clock from which on a card may come a little early."""


@dataclass(frozen=True, slots=True)
class TomorrowsCollection:
    """What is put out on ``day``, the day after the person's study day."""

    day: date
    days: tuple[CollectionDay, ...] = ()

    @property
    def materials(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(each.material) for each in self.days))


def tomorrow_of(learner: Learner, now: datetime, days: Iterable[CollectionDay]) -> TomorrowsCollection:
    """Past midnight, before the study day ends, tomorrow is still the morning that comes."""
    day = learner.day(now) + timedelta(days=1)
    return TomorrowsCollection(day, tuple(each for each in days if each.weekday == day.weekday()))


def is_evening(learner: Learner, now: datetime) -> bool:
    """Until the study day ends."""
    return now >= at_hour(learner.day(now), EVENING, ZoneInfo(learner.zone))
