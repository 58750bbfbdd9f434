"""Reviews: what is to be asked, what was remembered, what is taken back."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.learning import metrics
from bunri.domains.learning.errors import CardMissing, NotTheNewest, ReviewIdTaken, ReviewMissing
from bunri.domains.learning.grades import Grade
from bunri.domains.learning.public import AnswerGiven
from bunri.domains.learning.records import Learner, Part, Queued, Remembered, Review
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import Happened, Memory, after
from bunri.domains.learning.schemas import (
    Backlog,
    BatchIn,
    BatchOut,
    BatchResult,
    BatchReview,
    Counts,
    DueOut,
    RatingName,
    ReviewIn,
    ReviewOut,
)
from bunri.domains.learning.service.decks import known
from bunri.domains.learning.service.folding import folded
from bunri.domains.learning.service.grading import Grader
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.service.shown import ShownCards
from bunri.domains.learning.service.tomorrow import TomorrowsDays, evening_of, shown_tomorrow, waits_for_tomorrow
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

LONGEST_OFFLINE: Final = timedelta(days=60)
"""A review is never taken for older: a device without a clock says 1970."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What became of the reviews of one request."""

    learner: Learner
    results: list[BatchResult]
    reviews: dict[UUID, Review]
    cards: dict[UUID, Remembered]
    """As they are remembered afterwards."""


class _Asked(NamedTuple):
    """What is to be reviewed, and the cards that are shown of it."""

    queue: list[Queued]
    cards: dict[UUID, Remembered]


class Reviewing:
    """A card's memory follows from its log alone. All reviews of one person come one after the other, so that a device
    that sends twice, and two devices at once, neither double nor lose any."""

    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        learners: Learners,
        shown: ShownCards,
        grader: Grader,
        tomorrows: TomorrowsDays,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._learners = learners
        self._shown = shown
        self._grader = grader
        self._tomorrows = tomorrows
        self._clock = clock

    async def due(self, caller: Caller, deck_id: UUID | None, limit: int, base_url: str) -> DueOut:
        """What is to be reviewed now, and how much of it there is. Raises DeckMissing."""
        now, asked = self._clock(), None
        async with self._transaction() as repository:
            learner = await repository.learner(caller.id)
            if learner and not waits_for_tomorrow(learner, now):
                asked = await _asked(repository, learner, now, (), deck_id, limit)
        learner = learner or await self._learners.get(caller.id)
        tomorrow = await self._tomorrows.of(learner, now)
        if asked is None:
            evening = evening_of(learner, now, tomorrow)
            async with self._transaction() as repository:
                asked = await _asked(repository, learner, now, evening, deck_id, limit)
        today, queue, mine = learner.day(now), asked.queue, asked.cards
        cards = [
            await self._shown.due(mine[each.card_id], each.part, learner, today, base_url)
            for each in queue[:limit]
            if each.card_id in mine
        ]
        return DueOut(
            cards=cards,
            counts=counts(queue),
            backlog=_backlog(queue, learner),
            tomorrow=shown_tomorrow(tomorrow),
            day=today,
        )

    # ── reviewed ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def review(self, caller: Caller, card_id: UUID, said: ReviewIn, base_url: str) -> ReviewOut:
        """Raises CardMissing, ReviewIdTaken."""
        one = BatchReview(card_id=card_id, **said.model_dump(exclude_unset=True))
        kept = await self._keep(caller.id, [one])
        if kept.results[0].status == CardMissing.code:
            raise CardMissing
        if kept.results[0].status == ReviewIdTaken.code:
            raise ReviewIdTaken(id=said.id)
        return await self._out(kept.learner, kept.reviews[said.id], kept.cards[card_id], base_url)

    async def batch(self, caller: Caller, said: BatchIn) -> BatchOut:
        """What was reviewed without a network. Once more does no harm."""
        kept = await self._keep(caller.id, said.reviews)
        now = self._clock()
        evening = evening_of(kept.learner, now, await self._tomorrows.of(kept.learner, now))
        async with self._transaction() as repository:
            queue = await repository.queue(kept.learner, now, evening, None)
        return BatchOut(results=kept.results, counts=counts(queue))

    async def overrule(self, caller: Caller, review_id: UUID, rating: RatingName, base_url: str) -> ReviewOut:
        """The person knows better than the grader, or pressed the wrong button. Raises ReviewMissing, CardMissing."""
        learner = await self._learners.get(caller.id)
        async with self._transaction() as repository:
            await repository.lock_person(caller.id)
            review = await _own(repository, caller.id, review_id)
            grade = {**review.grade, "overruled": True, "waiting": False} if review.grade else None
            if grade:
                _count(repository, Grade.model_validate(grade), rating)
            await repository.change_review(review_id, rating=int(rating.rating), grade=grade)
            await self._refold(repository, learner, review.card_id)
            review = await _own(repository, caller.id, review_id)
            one = (await repository.remembered(caller.id, [review.card_id])).get(review.card_id)
        if one is None:
            raise CardMissing
        return await self._out(learner, review, one, base_url)

    async def undo(self, caller: Caller, review_id: UUID) -> None:
        """Takes the newest review back; once more does no harm. Raises ReviewMissing, NotTheNewest."""
        learner = await self._learners.get(caller.id)
        async with self._transaction() as repository:
            await repository.lock_person(caller.id)
            review = await _own(repository, caller.id, review_id)
            if review.undone_at:
                return
            newest = await repository.newest_review(caller.id)
            if newest is None or newest.id != review_id:
                raise NotTheNewest
            await repository.change_review(review_id, undone_at=self._clock())
            await self._refold(repository, learner, review.card_id)

    async def _keep(self, person: str, said: Sequence[BatchReview]) -> _Kept:
        """In the order of their times, whatever order they come in."""
        now, grades = self._clock(), await self._grader.judged(person, said)
        async with self._transaction() as repository:
            if learner := await repository.locked_learner(person):
                return await self._kept(repository, learner, said, now, grades)
        learner = await self._learners.get(person)  # who comes for the first time: others are asked who they are
        async with self._transaction() as repository:
            await repository.lock_person(person)
            return await self._kept(repository, learner, said, now, grades)

    async def _kept(
        self,
        repository: LearningRepository,
        learner: Learner,
        said: Sequence[BatchReview],
        now: datetime,
        grades: Mapping[UUID, Grade],
    ) -> _Kept:
        known_ones = await repository.reviews_by_id([each.id for each in said])
        cards = await repository.remembered(learner.person, list({each.card_id for each in said}))
        kept = _Kept(learner, [], dict(known_ones), cards)
        added: dict[UUID, list[Review]] = defaultdict(list)
        for each in sorted(said, key=lambda one: (_when(one, now), one.id)):
            status, review = _judged(each, learner, now, kept.reviews.get(each.id), cards, grades.get(each.id))
            kept.results.append(BatchResult(id=each.id, status=status))
            if review and status == "kept":
                kept.reviews[each.id] = review
                added[each.card_id].append(review)
        await repository.add_reviews([review for reviews in added.values() for review in reviews])
        for card_id, reviews in sorted(added.items()):
            for review in reviews:
                if review.grade and review.grade["waiting"]:
                    await repository.add_event(AnswerGiven(review_id=review.id))
            memory = await self._moved(repository, learner, cards[card_id], reviews)
            cards[card_id] = replace(cards[card_id], memory=memory)
        return kept

    async def _moved(
        self, repository: LearningRepository, learner: Learner, one: Remembered, reviews: Sequence[Review]
    ) -> Memory:
        """One step further for each of ``reviews``; where one is older than what is known, the whole log once more."""
        if one.memory.last_at and reviews[0].reviewed_at < one.memory.last_at:
            return await self._refold(repository, learner, one.card.id)
        memory = one.memory
        for review in reviews:
            memory = after(memory, review.entry, one.card.id, learner.scheduling)
        await repository.save_memory(learner.person, one.card.id, memory)
        return memory

    async def _refold(self, repository: LearningRepository, learner: Learner, card_id: UUID) -> Memory:
        memory = await folded(repository, learner, card_id)
        await repository.save_memory(learner.person, card_id, memory)
        return memory

    async def _out(self, learner: Learner, review: Review, one: Remembered, base_url: str) -> ReviewOut:
        card = await self._shown.due(one, Part.DUE, learner, learner.day(self._clock()), base_url)
        return ReviewOut(id=review.id, card=card, grade=Grade.model_validate(review.grade) if review.grade else None)


async def _asked(
    repository: LearningRepository,
    learner: Learner,
    now: datetime,
    evening: Sequence[str],
    deck_id: UUID | None,
    limit: int,
) -> _Asked:
    """Raises DeckMissing."""
    if deck_id:
        await known(repository, deck_id, learner.person)
    queue = await repository.queue(learner, now, evening, deck_id)
    return _Asked(queue, await repository.remembered(learner.person, [each.card_id for each in queue[:limit]]))


def counts(queue: Sequence[Queued]) -> Counts:
    parts = Counter(each.part for each in queue)
    return Counts(new=parts[Part.NEW], learning=parts[Part.STEP] + parts[Part.SOON], review=parts[Part.DUE])


def _backlog(queue: Sequence[Queued], learner: Learner) -> Backlog | None:
    due = [each for each in queue if each.part == Part.DUE]
    if not due or due[0].waiting <= len(due):
        return None
    a_day = max(1, learner.reviews_a_day)
    return Backlog(waiting=due[0].waiting, a_day=a_day, days=-(-due[0].waiting // a_day))


def _when(said: BatchReview, now: datetime) -> datetime:
    """As the client says, but never later than now, nor older than a device may have been without a network."""
    return min(max(said.reviewed_at or now, now - LONGEST_OFFLINE), now)


def _judged(
    said: BatchReview,
    learner: Learner,
    now: datetime,
    before: Review | None,
    cards: Mapping[UUID, Remembered],
    grade: Grade | None,
) -> tuple[str, Review | None]:
    if before:
        mine = before.person == learner.person and before.card_id == said.card_id
        return ("known" if mine else ReviewIdTaken.code), None
    rating = said.rating or (RatingName(grade.rating) if grade else None)
    if said.card_id not in cards or rating is None:
        return CardMissing.code, None
    at = _when(said, now)
    review = Review(
        said.id,
        learner.person,
        said.card_id,
        Happened.REVIEW,
        int(rating.rating),
        at,
        learner.day(at),
        now,
        seconds=said.seconds,
        answer=said.answer,
        grade=grade.model_dump(mode="json") if grade else None,
    )
    return "kept", review


def _count(repository: LearningRepository, grade: Grade, rating: RatingName) -> None:
    """For the grader's own score, once the overruling is kept."""
    agreed = (rating == RatingName.AGAIN) == (RatingName(grade.rating) == RatingName.AGAIN)

    async def count() -> None:
        metrics.OVERRULED.labels(grade.by, "yes" if agreed else "no").inc()

    repository.after_commit(count)


async def _own(repository: LearningRepository, person: str, review_id: UUID) -> Review:
    review = await repository.review(review_id)
    if review is None or review.person != person:
        raise ReviewMissing
    return review
