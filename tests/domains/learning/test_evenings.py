"""The evening before a collection, on the person's own clock."""

from datetime import UTC, date, datetime, time

import pytest
from tests.domains.learning.conftest import BASE_URL
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.learning.evenings import is_evening, tomorrow_of
from bunri.domains.learning.records import DeckKind, Learner
from bunri.domains.learning.schemas import RatingName, ReviewIn
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.starter import Starter
from bunri.domains.recycling.collecting import CollectionDays
from bunri.domains.recycling.public import CollectionDay
from bunri.domains.recycling.schemas import CollectionDayIn, CollectionDaysIn
from bunri.domains.users.schemas import MeIn
from bunri.domains.users.service.profiles import Profiles
from bunri.kit.ids import new_id
from bunri.kit.materials import Material

VINYL = CollectionDay(material=Material.VINYL, weekday=4, begins=time(20))  # Fridays
START = datetime(2026, 11, 1, tzinfo=UTC)


def utc(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 26, hour, minute, tzinfo=UTC)  # nine hours behind Seoul


@pytest.mark.parametrize(
    ("moment", "evening", "day"),
    [
        (utc(6, 59), False, date(2026, 11, 27)),  # Thursday, 15:59 in Seoul
        (utc(7, 0), True, date(2026, 11, 27)),  # 16:00
        (utc(14, 59), True, date(2026, 11, 27)),  # 23:59
        (utc(15, 0), True, date(2026, 11, 27)),  # midnight: the study day goes on
        (utc(18, 59), True, date(2026, 11, 27)),  # 03:59
        (utc(19, 0), False, date(2026, 11, 28)),  # 04:00: Friday has begun
    ],
)
def test_from_four_in_the_afternoon_until_the_study_day_ends(moment: datetime, evening: bool, day: date) -> None:
    learner = Learner("guest_1", START)
    assert is_evening(learner, moment) == evening
    found = tomorrow_of(learner, moment, [VINYL])
    assert (found.day, found.materials) == (day, ("vinyl",) if day.weekday() == 4 else ())


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25)])
def test_where_clocks_change(day: date) -> None:
    """In Berlin clocks change in the nights to the 29th of March and the 25th of October."""
    learner = Learner("guest_1", START, zone="Europe/Berlin")
    summer = date(2026, 3, 29) <= day < date(2026, 10, 25)
    four = datetime.combine(day, time(14 if summer else 15), UTC)
    assert is_evening(learner, four)
    assert not is_evening(learner, four.replace(minute=0) - (four - four.replace(hour=four.hour - 1)))
    assert tomorrow_of(learner, four, []).day.toordinal() == day.toordinal() + 1


async def test_a_card_comes_the_evening_before_its_collection(
    container: InlineContainer, starter: Starter, reviewing: Reviewing, one: Caller, clock: Clockwork
) -> None:
    await container.get(Profiles).change(one, MeIn(region="seoul-nowon", building="저녁 아파트"))
    await starter.join(one, [DeckKind.EVERYDAY])
    cards = (await reviewing.due(one, None, 50, BASE_URL)).cards
    [vinyl] = [card for card in cards if card.material == "vinyl"][:1]
    [other] = [card for card in cards if card.material != "vinyl"][:1]
    due_day = clock().date()
    for _ in range(3):  # until the intervals are weeks
        for card in (vinyl, other):
            said = ReviewIn(id=new_id(), rating=RatingName.EASY)
            due_day = max(due_day, (await reviewing.review(one, card.id, said, BASE_URL)).card.due_day or due_day)
        clock.now = datetime.combine(due_day, time(3), UTC)
    for card in (vinyl, other):
        said = ReviewIn(id=new_id(), rating=RatingName.GOOD)
        kept = (await reviewing.review(one, card.id, said, BASE_URL)).card
        if card is vinyl:
            assert kept.due_day
            due_day = kept.due_day
    clock.now = datetime.combine(due_day, time(8), UTC)  # 17:00 in Seoul
    clock.move(days=-1)
    tomorrow = Learner(one.id, START).day(clock()).weekday()
    assert vinyl.id not in {card.id for card in (await reviewing.due(one, None, 50, BASE_URL)).cards}
    day = CollectionDayIn(material=Material.VINYL, weekday=(tomorrow + 1) % 7, begins=time(20))
    said_days = CollectionDaysIn(region="seoul-nowon", building="저녁 아파트", days=[day])
    await container.get(CollectionDays).say(one, said_days)
    due = await reviewing.due(one, None, 50, BASE_URL)
    assert vinyl.id in {card.id for card in due.cards}
    assert (due.tomorrow.materials, due.tomorrow.days[0].begins) == (("vinyl",), time(20))
    clock.move(hours=-2)  # 15:00
    due = await reviewing.due(one, None, 50, BASE_URL)
    assert due.tomorrow.materials == ("vinyl",)
    assert vinyl.id not in {card.id for card in due.cards}
