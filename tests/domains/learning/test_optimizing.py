"""Own parameters: who gets them, what the optimiser is given, what is kept. PyTorch is no part of the tests: at the
border to the library stands an optimiser that says what it was given."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

import pytest
from fsrs import Rating, ReviewLog
from fsrs.scheduler import DEFAULT_PARAMETERS
from sqlalchemy import insert
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL, NewCards
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.app.modules.learning import MODULE
from bunri.domains.auth.public import Caller
from bunri.domains.learning import models, parameters, tasks
from bunri.domains.learning.errors import OptimizerMissing
from bunri.domains.learning.parameters import Optimizer, is_installed, is_own, review_logs
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import Entry, Happened, Scheduling, replay
from bunri.domains.learning.schemas import RatingName, ReviewIn
from bunri.domains.learning.service.optimizing import SHARES, Optimized, Optimizing, Outcome
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction

OWN: Final = (0.5, 2.0, 4.0, 12.0, *DEFAULT_PARAMETERS[4:])
START: Final = datetime(2026, 1, 5, 3, tzinfo=UTC)


def entry(day: int, rating: Rating | None = Rating.Good, kind: Happened = Happened.REVIEW, hour: int = 0) -> Entry:
    at = START + timedelta(days=day, hours=hour)
    return Entry(kind, rating, at, at.date())


class TestWhatTheOptimiserIsGiven:
    def test_noon_of_study_days_in_their_order(self) -> None:
        logs = review_logs([(UUID(int=9), [entry(0), entry(0, Rating.Again, hour=2), entry(3, hour=23)])])
        assert [(log.card_id, log.rating) for log in logs] == [(1, Rating.Good), (1, Rating.Again), (1, Rating.Good)]
        assert [log.review_datetime.date() for log in logs] == [date(2026, 1, 5), date(2026, 1, 5), date(2026, 1, 9)]
        assert sorted(log.review_datetime for log in logs) == [log.review_datetime for log in logs]
        assert [(b.review_datetime - a.review_datetime).days for a, b in pairwise(logs)] == [0, 4]

    def test_a_card_that_was_begun_anew_is_another_one(self) -> None:
        log = [entry(0), entry(1), entry(2, None, Happened.RESET), entry(3)]
        cards = [(UUID(int=1), log), (UUID(int=2), [entry(4)])]
        assert [each.card_id for each in review_logs(cards)] == [1, 1, 2, 3]

    def test_nothing_is_learned_from_what_a_changed_rule_made_wrong(self) -> None:
        log = [entry(0), entry(1), entry(2, None, Happened.CUT), entry(3, Rating.Again)]
        assert len(review_logs([(UUID(int=1), log)])) == 2


class Told:
    """An optimiser that answers as it is told, and keeps what it was given."""

    def __init__(self, answer: Sequence[float] = OWN) -> None:
        self.answer = answer
        self.given: list[Sequence[ReviewLog]] = []

    def __call__(self) -> Optimizer:
        def optimize(logs: Sequence[ReviewLog]) -> Sequence[float]:
            self.given.append(logs)
            return self.answer

        return optimize


@pytest.fixture
def transaction(container: InlineContainer) -> Transaction[LearningRepository]:
    return container.transactions("learning", LearningRepository)


async def done(optimizing: Optimizing, person: str | None = None) -> list[Optimized]:
    return [each async for each in optimizing.optimize(person)]


@pytest.fixture
async def busy(
    one: Caller,
    reviewing: Reviewing,
    new_cards: NewCards,
    transaction: Transaction[LearningRepository],
    clock: Clockwork,
) -> Caller:
    """Somebody who has reviewed 8 cards on 64 days."""
    cards = await new_cards(one, 8)
    for card in cards:
        await reviewing.review(one, card, ReviewIn(id=new_id(), rating=RatingName.EASY), BASE_URL)
    begun = clock()
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "person": one.id,
            "card_id": card,
            "kind": "review",
            "rating": 3,
            "reviewed_at": begun + timedelta(days=day),
            "day": (begun + timedelta(days=day)).date(),
            "received_at": begun,
        }
        for card in cards
        for day in range(1, 64)
    ]
    async with transaction() as repository:
        await repository._session.execute(insert(models.ReviewRow), rows)
        for card_id in cards:
            log = [review.entry for review in await repository.log_of(one.id, card_id)]
            await repository.save_memory(one.id, card_id, replay(log, card_id))
    clock.move(days=70)
    return one


class TestOptimizing:
    async def test_own_parameters_are_kept_and_nothing_that_was_scheduled_moves(
        self,
        busy: Caller,
        transaction: Transaction[LearningRepository],
        reviewing: Reviewing,
        clock: Clockwork,
        session_of: Sessions,
    ) -> None:
        """learning.md § 4, row 10."""
        before = await _schedule(session_of, busy.id), (await reviewing.due(busy, None, 50, BASE_URL)).counts
        told = Told()
        assert await done(Optimizing(transaction, clock, told), busy.id) == [Optimized(busy.id, 512, Outcome.SAVED)]
        assert [len(logs) for logs in told.given] == [512]
        async with transaction() as repository:
            learner = await repository.learner(busy.id)
            assert learner
            assert learner.parameters == OWN
            entries = await repository.entries_of(busy.id)
            mine = await repository.remembered(busy.id, list({card for card, _ in entries}))
        for card, known in mine.items():
            then = replay([each for found, each in entries if found == card], card, Scheduling(OWN))
            assert known.memory.stability == then.stability != replay([entry(0)], card).stability
            assert known.memory.difficulty == then.difficulty
        now = await _schedule(session_of, busy.id), (await reviewing.due(busy, None, 50, BASE_URL)).counts
        assert now == before

    async def test_who_has_reviewed_too_little_is_not_asked_for(
        self,
        one: Caller,
        reviewing: Reviewing,
        new_cards: NewCards,
        transaction: Transaction[LearningRepository],
        clock: Clockwork,
    ) -> None:
        [card] = await new_cards(one)
        await reviewing.review(one, card, ReviewIn(id=new_id(), rating=RatingName.EASY), BASE_URL)
        told = Told()
        optimizing = Optimizing(transaction, clock, told)
        assert one.id not in {each.person for each in await done(optimizing)}
        told.given.clear()
        assert await done(optimizing, one.id) == [Optimized(one.id, 1, Outcome.TOO_FEW)]
        assert told.given == []

    async def test_everybody_with_enough_is_found(
        self, busy: Caller, transaction: Transaction[LearningRepository], clock: Clockwork
    ) -> None:
        told = Told()
        assert Optimized(busy.id, 512, Outcome.SAVED) in await done(Optimizing(transaction, clock, told))

    async def test_everybody_is_asked_for_once_a_week(
        self, busy: Caller, transaction: Transaction[LearningRepository], clock: Clockwork
    ) -> None:
        told = Told()
        for _ in range(28):  # as beat does, each six hours
            await Optimizing(transaction, clock, told).optimize_some()
            clock.move(hours=6)
        async with transaction() as repository:
            learner = await repository.learner(busy.id)
            assert learner
            assert learner.parameters == OWN
            shares = [await repository.people_with_reviews(512, share=(number, SHARES)) for number in range(SHARES)]
            everybody = await repository.people_with_reviews(512)
        assert sorted(person for people in shares for person in people) == everybody
        async with transaction() as repository:
            learner = await repository.learner(busy.id)
        assert learner
        assert learner.parameters == OWN

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            (DEFAULT_PARAMETERS, Outcome.TOO_FEW),  # what the library gives for too few reviews
            (OWN[:20], Outcome.REFUSED),
            ((float("nan"), *OWN[1:]), Outcome.REFUSED),
            ((*OWN[:20], 900.0), Outcome.REFUSED),
        ],
    )
    async def test_what_is_no_schedule_is_not_kept(
        self,
        busy: Caller,
        transaction: Transaction[LearningRepository],
        clock: Clockwork,
        answer: Sequence[float],
        outcome: Outcome,
    ) -> None:
        found = await done(Optimizing(transaction, clock, Told(answer)), busy.id)
        assert [each.outcome for each in found] == [outcome]
        async with transaction() as repository:
            learner = await repository.learner(busy.id)
        assert learner
        assert learner.parameters is None

    def test_what_the_library_gives_for_too_few_is_not_ones_own(self) -> None:
        assert not is_own(list(DEFAULT_PARAMETERS))
        assert is_own(OWN)


class TestWithoutPyTorch:
    async def test_nothing_is_done_and_it_is_said(
        self, transaction: Transaction[LearningRepository], clock: Clockwork, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parameters, "NEEDED", ("torch_that_nobody_has",))
        assert not is_installed()
        with pytest.raises(OptimizerMissing):
            await done(Optimizing(transaction, clock))


class TestBeat:
    def test_it_asks_for_own_parameters_only_where_they_can_be_found(self) -> None:
        assert ("optimize" in {each.name for each in MODULE.queues}) is is_installed()
        assert ("learning.optimize" in {each.task for each in MODULE.schedule}) is is_installed()
        assert [each.name for each in tasks.optimize()] == ["learning.optimize"]


async def _schedule(sessions: Sessions, person: str) -> list[tuple[Any, ...]]:
    from sqlalchemy import select

    row = models.MemoryRow
    async with sessions("learning") as session:
        found = await session.execute(
            select(row.card_id, row.due_day, row.due_at, row.interval, row.last_day, row.reviews)
            .where(row.person == person)
            .order_by(row.card_id)
        )
        return [tuple(each) for each in found]
