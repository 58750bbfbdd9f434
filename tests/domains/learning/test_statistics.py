"""Statistics: in study days, as the log says."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL, NewCards
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.learning.models import ReviewRow
from bunri.domains.learning.records import Review
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import NEW, Happened, State, after
from bunri.domains.learning.schemas import RatingName, ReviewIn
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.statistics import Statistics
from bunri.domains.learning.statistics import (
    Recalls,
    Retention,
    Studied,
    day_streak,
    forecast,
    heat_map,
    monday,
    retentions,
    week_streak,
)
from bunri.domains.learning.study_days import study_day
from bunri.kit.ids import new_id

MONDAY: Final = date(2026, 11, 16)
SEOUL: Final = ZoneInfo("Asia/Seoul")
PET, GLASS = "pet", "glass"


def of(numbers: Iterable[int]) -> list[date]:
    """Days by their distance from a Monday."""
    return [MONDAY + timedelta(days=number) for number in numbers]


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


dates = st.lists(st.integers(-60, 6).map(day), max_size=60)


class TestDaysInARow:
    """learning.md § 4, row 19."""

    @pytest.mark.parametrize(
        ("studied", "today", "count"),
        [
            ([], 0, 0),
            ([0], 0, 1),
            ([-1], 0, 1),  # today is not over
            ([0, 1, 2], 2, 3),
            ([0, 2], 2, 2),  # one missed day of the week is forgiven, and not counted
            ([0, 3], 3, 1),  # two are not
            ([-7, -5, -4, -3, -2, -1, 0], 0, 7),
            ([-8, -7, -5, -4, -3, -2, 0, 1], 1, 6 + 0),
            ([-3, -2, 0, 1], 1, 4),  # Sunday was missed
            ([-2, 1], 1, 2),  # Sunday and Monday: one a week
            ([-2, 2], 2, 1),  # and then a second one in this week
            ([-9], 0, 0),
            ([0, 1, 4], 3, 1),  # it flew over the date line: a day that is still to come here
        ],
    )
    def test_one_missed_day_a_week_is_forgiven(self, studied: list[int], today: int, count: int) -> None:
        assert day_streak(of(studied), day(today)) == count

    @given(dates, st.integers(0, 6))
    def test_one_day_more_never_makes_it_shorter(self, studied: list[date], today: int) -> None:
        assert day_streak([*studied, day(today)], day(today)) >= day_streak(studied, day(today))

    @given(dates, st.integers(0, 6))
    def test_it_counts_days_of_study(self, studied: list[date], today: int) -> None:
        count = day_streak(studied, day(today))
        assert 0 <= count <= len(set(studied))
        assert (count > 0) >= bool({day(today), day(today - 1)} & set(studied))

    def test_ten_to_midnight_and_ten_past_are_two_days_where_days_begin_at_midnight(self) -> None:
        before, later = datetime(2026, 11, 20, 23, 50, tzinfo=SEOUL), datetime(2026, 11, 21, 0, 10, tzinfo=SEOUL)
        by_midnight = [study_day(each, SEOUL, 0) for each in (before, later)]
        assert day_streak(by_midnight, by_midnight[-1]) == 2
        by_four = [study_day(each, SEOUL, 4) for each in (before, later, later.replace(hour=2))]
        assert day_streak(by_four, by_four[-1]) == 1


class TestWeeksInARow:
    @pytest.mark.parametrize(
        ("studied", "today", "count"),
        [
            ([], 0, 0),
            ([3], 4, 1),
            ([-1], 0, 1),  # this week is not over
            ([-1], 6, 1),
            ([-8], 0, 0),
            ([-14, -1, 3], 3, 3),
            ([-15, -1, 3], 3, 2),
        ],
    )
    def test_one_day_a_week_is_enough(self, studied: list[int], today: int, count: int) -> None:
        assert week_streak(of(studied), day(today)) == count

    def test_weeks_go_on_over_the_turn_of_the_year(self) -> None:
        days = [date(2026, 12, 28) + timedelta(days=7 * number) for number in range(3)]
        assert week_streak(days, days[-1]) == 3
        assert monday(date(2027, 1, 1)) == date(2026, 12, 28)


class TestHeatMapAndForecast:
    def test_a_year_of_days(self) -> None:
        studied = [Studied(day(-number), number, 1.0) for number in (0, 1, 364, 365, 900)]
        assert [each.reviews for each in heat_map(studied, day(0))] == [364, 1, 0]

    def test_what_is_overdue_comes_back_today(self) -> None:
        found = forecast({day(-90): 4, day(-1): 1, day(0): 2, day(29): 7}, day(0))
        assert len(found) == 30
        assert (found[0], found[-1]) == ((day(0), 7), (day(29), 7))
        assert sum(cards for _, cards in found) == 14


# ── retention ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class TestRetention:
    def test_by_material_and_since(self) -> None:
        recalls = [Recalls(PET, day(8), 2, 1), Recalls(PET, day(30), 1, 1), Recalls(GLASS, day(8), 1, 1)]
        by_day = retentions(recalls, [day(8), day(30)])
        assert by_day[day(30)] == {PET: Retention(1, 1)}
        assert by_day[day(8)] == {PET: Retention(3, 2), GLASS: Retention(1, 1)}
        assert Retention(4, 2).share == 0.5
        assert Retention().share is None


class TestRecalls:
    """Which answers count, beside the scheduler that moves the cards."""

    async def test_the_first_of_a_day_of_a_card_that_was_in_review(
        self, container: InlineContainer, one: Caller, new_cards: NewCards
    ) -> None:
        drawn, cards = random.Random(1), await new_cards(one, 60)
        expected = dict[UUID, bool | None]()
        async with container.transactions("learning", LearningRepository)() as repository:
            for card in cards:
                log = list(drawn_log(drawn, one.id, card))
                expected |= recalled(log)
                await repository.add_reviews(drawn.sample(log, len(log)))
                await repository.save_memory(one.id, card, NEW)
        async with container.transactions("learning", LearningRepository)() as repository:
            kept = {each.id: each.recalled for each in await repository.reviews_by(one.id, None, 10_000)}
        assert kept == expected
        assert Counter(expected.values()).keys() == {None, True, False}

    async def test_of_many_cards_at_once_and_of_nobody_else(
        self, container: InlineContainer, one: Caller, other: Caller, new_cards: NewCards
    ) -> None:
        drawn, cards = random.Random(2), await new_cards(one, 5)
        logs = {card: list(drawn_log(drawn, one.id, card)) for card in cards}
        theirs = list(drawn_log(drawn, other.id, cards[0]))
        async with container.transactions("learning", LearningRepository)() as repository:
            await repository.add_reviews([*theirs, *(each for log in logs.values() for each in log)])
            await repository.save_memories(one.id, dict.fromkeys(cards, NEW))
            kept = {each.id: each.recalled for each in await repository.reviews_by(one.id, None, 10_000)}
            untouched = await repository.reviews_by(other.id, None, 10_000)
        assert kept == {id_: right for log in logs.values() for id_, right in recalled(log).items()}
        assert {each.recalled for each in untouched} == {None}

    async def test_of_what_was_reviewed_before_the_log_said_so(
        self, container: InlineContainer, session_of: Sessions, one: Caller, new_cards: NewCards
    ) -> None:
        drawn, cards = random.Random(3), await new_cards(one, 10)
        logs = [list(drawn_log(drawn, one.id, card)) for card in cards]
        async with container.transactions("learning", LearningRepository)() as repository:
            await repository.add_reviews([each for log in logs for each in log])
        noting = import_module("bunri.domains.learning.migrations.0009_recalls").NOTE
        async with session_of("learning") as session:
            await session.execute(text(noting))
            rows = await session.execute(select(ReviewRow.id, ReviewRow.recalled).where(ReviewRow.person == one.id))
            kept = {row.id: row.recalled for row in rows}
        assert kept == {id_: right for log in logs for id_, right in recalled(log).items()}


def drawn_log(drawn: random.Random, person: str, card: UUID) -> Iterator[Review]:
    """Answers of all kinds over days, begun anew now and then, some taken back."""
    at = datetime(2026, 1, 5, 3, tzinfo=UTC)
    kinds = [Happened.REVIEW] * 16 + [Happened.CUT, Happened.RESET, Happened.IMPORTED]
    for _ in range(drawn.randrange(40)):
        at += timedelta(days=drawn.choice((0, 0, 1, 3)), minutes=1)
        kind = drawn.choice(kinds)
        rating = drawn.choice((1, 2, 3, 3, 4)) if kind == Happened.REVIEW else None
        grade = {"stability": 9.0, "difficulty": 5.0, "interval": 9} if kind == Happened.IMPORTED else None
        undone = at if drawn.random() < 0.1 else None
        yield Review(new_id(), person, card, kind, rating, at, at.date(), at, grade=grade, undone_at=undone)


def recalled(log: Sequence[Review]) -> dict[UUID, bool | None]:
    found, memory, last = dict[UUID, bool | None](), NEW, None
    for each in log:
        found[each.id] = None
        if each.undone_at:
            continue
        if each.rating and memory.state == State.REVIEW and each.day != last:
            found[each.id] = each.rating > 1
        if each.kind != Happened.CUT:
            last = each.day if each.rating else None
        memory = after(memory, each.entry, each.card_id)
    return found


# ── of a person ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def statistics(container: InlineContainer) -> Statistics:
    return container.get(Statistics)


def said(rating: RatingName, seconds: float = 6) -> ReviewIn:
    return ReviewIn(id=new_id(), rating=rating, seconds=seconds)


class TestStats:
    async def test_who_has_done_nothing(self, statistics: Statistics, one: Caller) -> None:
        found = await statistics.of(one)
        assert (found.today.reviews, found.today.new, found.today.minutes) == (0, 0, 0)
        assert (found.streak.days, found.streak.weeks, found.hard) == (0, 0, 0)
        assert found.heat_map == []
        assert found.by_material == []
        assert [each.share for each in found.retention] == [None, None]

    async def test_what_was_done(
        self, statistics: Statistics, reviewing: Reviewing, one: Caller, new_cards: NewCards, clock: Clockwork
    ) -> None:
        cards = await new_cards(one, 4)
        for card in cards:
            await reviewing.review(one, card, said(RatingName.EASY), BASE_URL)
        clock.move(days=12)
        for card, rating in zip(cards[:3], (RatingName.GOOD, RatingName.AGAIN, RatingName.HARD), strict=True):
            await reviewing.review(one, card, said(rating, 30), BASE_URL)
        await reviewing.review(one, cards[1], said(RatingName.GOOD), BASE_URL)  # the second answer of the day
        found = await statistics.of(one)
        assert (found.today.reviews, found.today.minutes, found.today.new) == (4, 1.6, 0)
        assert (found.week.begins, found.week.reviews, found.week.goal, found.week.days) == (
            date(2026, 11, 30),
            4,
            30,
            1,
        )
        assert [(each.day, each.reviews) for each in found.heat_map] == [
            (date(2026, 11, 20), 4),
            (date(2026, 12, 2), 4),
        ]
        assert [(each.days, each.answers, each.right) for each in found.retention] == [(30, 3, 2), (90, 3, 2)]
        assert [each.material for each in found.by_material] == [None]
        assert (found.streak.days, found.streak.weeks) == (1, 1)
        assert found.forecast[0].cards == 1  # the one that was left

    async def test_a_review_at_night_counts_for_the_evening_before_it(
        self, statistics: Statistics, reviewing: Reviewing, one: Caller, new_cards: NewCards, clock: Clockwork
    ) -> None:
        cards = await new_cards(one, 2)
        clock.now = datetime(2026, 11, 20, 23, 50, tzinfo=SEOUL).astimezone(UTC)
        await reviewing.review(one, cards[0], said(RatingName.EASY), BASE_URL)
        clock.now = datetime(2026, 11, 21, 2, tzinfo=SEOUL).astimezone(UTC)
        await reviewing.review(one, cards[1], said(RatingName.EASY), BASE_URL)
        found = await statistics.of(one)
        assert (found.day, found.today.reviews, found.today.new, found.streak.days) == (date(2026, 11, 20), 2, 2, 1)

    async def test_what_was_taken_back_counts_for_nothing(
        self, statistics: Statistics, reviewing: Reviewing, one: Caller, new_cards: NewCards
    ) -> None:
        [card] = await new_cards(one)
        before = await statistics.of(one)
        sent = said(RatingName.EASY)
        await reviewing.review(one, card, sent, BASE_URL)
        assert (await statistics.of(one)).streak.days == 1
        await reviewing.undo(one, sent.id)
        assert await statistics.of(one) == before

    async def test_nobody_sees_what_another_learns(
        self, statistics: Statistics, reviewing: Reviewing, one: Caller, other: Caller, new_cards: NewCards
    ) -> None:
        [card] = await new_cards(one)
        await reviewing.review(one, card, said(RatingName.EASY), BASE_URL)
        assert (await statistics.of(other)).today.reviews == 0

    async def test_moving_gains_and_loses_no_day_of_the_streak(
        self,
        statistics: Statistics,
        reviewing: Reviewing,
        one: Caller,
        new_cards: NewCards,
        container: InlineContainer,
        clock: Clockwork,
    ) -> None:
        """Row 3."""
        cards = await new_cards(one, 3)
        for card in cards:
            await reviewing.review(one, card, said(RatingName.EASY), BASE_URL)
            clock.move(days=1)
        clock.move(days=-1)
        assert (await statistics.of(one)).streak.days == 3
        for zone, rollover in (("Pacific/Kiritimati", 0), ("Pacific/Honolulu", 12), ("Asia/Seoul", 4)):
            async with container.transactions("learning", LearningRepository)() as repository:
                await repository.change_learner(one.id, zone=zone, rollover=rollover)
            assert (await statistics.of(one)).streak.days == 3
