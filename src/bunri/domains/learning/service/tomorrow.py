"""What is collected tomorrow where somebody lives."""

from datetime import datetime

from bunri.domains.learning.evenings import TomorrowsCollection, is_evening, tomorrow_of
from bunri.domains.learning.records import Learner
from bunri.domains.learning.schemas import Tomorrow, TomorrowDay
from bunri.domains.recycling.public import RecyclingPublic


class TomorrowsDays:
    def __init__(self, recycling: RecyclingPublic) -> None:
        self._recycling = recycling

    async def of(self, learner: Learner, now: datetime) -> TomorrowsCollection:
        """Nothing where nobody has said when what is collected."""
        if learner.region is None:
            return tomorrow_of(learner, now, ())
        found = await self._recycling.collection_days(learner.region, learner.building)
        return tomorrow_of(learner, now, found.days)


def waits_for_tomorrow(learner: Learner, now: datetime) -> bool:
    """Whether what is asked now depends on what is collected tomorrow."""
    return learner.region is not None and is_evening(learner, now)


def evening_of(learner: Learner, now: datetime, tomorrow: TomorrowsCollection) -> tuple[str, ...]:
    """The materials whose cards may come a little early: those of tomorrow, in the evening."""
    return tomorrow.materials if is_evening(learner, now) else ()


def shown_tomorrow(tomorrow: TomorrowsCollection) -> Tomorrow:
    days = tuple(TomorrowDay(material=each.material, begins=each.begins, ends=each.ends) for each in tomorrow.days)
    return Tomorrow(materials=tomorrow.materials, day=tomorrow.day, days=days)
