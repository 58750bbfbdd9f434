"""The weekly test: made from one's own cards, answered question by question, completed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid5

from pydantic import BaseModel, Field

from bunri.domains.auth.public import Caller
from bunri.domains.learning.errors import TooFewCardsForTest, WeeklyTestCompleted, WeeklyTestMissing
from bunri.domains.learning.grading import THRESHOLD, Expected, graded, plain
from bunri.domains.learning.instructions import looks_like_instructions
from bunri.domains.learning.questions import FEWEST_CARDS, Source, Worded, made, sources, worded
from bunri.domains.learning.records import (
    CardKind,
    Learner,
    MadeBy,
    QuestionKind,
    WeeklyTest,
    WeeklyTestQuestion,
    WeeklyTestSummary,
)
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schemas import BatchIn, BatchReview, RatingName
from bunri.domains.learning.service.asking import Asking
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.shown import ShownCards
from bunri.domains.learning.weekly_test import (
    MaterialResult,
    WeeklyTestAnswerIn,
    WeeklyTestBrief,
    WeeklyTestOut,
    WeeklyTestQuestionOut,
    WeeklyTestResult,
)
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.db import Transaction

WEEKS: Final = 4
"""A test is made from what was reviewed in so many weeks."""
MOST_CARDS: Final = 200
"""The least known of them are looked at."""
TASK: Final = "learning.test_maker.system"


class WordedQuestion(BaseModel):
    number: int = Field(description="The card's number.")
    question: str = Field(description="A short question, without its answer.")
    wrong: list[str] = Field(description="Three wrong answers.")


class WordedTest(BaseModel):
    """All that is taken of a model's answer."""

    questions: list[WordedQuestion]


class WeeklyTests:
    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        learners: Learners,
        reviewing: Reviewing,
        shown: ShownCards,
        asking: Asking,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._learners = learners
        self._reviewing = reviewing
        self._shown = shown
        self._asking = asking
        self._clock = clock

    async def make(self, caller: Caller, base_url: str) -> WeeklyTestOut:
        """This week's test; the same one again where there is one. Raises TooFewCardsForTest."""
        learner = await self._learners.get(caller.id)
        today = learner.day(self._clock())
        week = today - timedelta(days=today.weekday())
        async with self._transaction() as repository:
            test = await repository.test_of_week(caller.id, week)
        if test is None:
            test = await self._make(learner, today, week)
        return await self._out(caller, test.id, base_url)

    async def listed(self, caller: Caller, before: date | None, limit: int) -> list[WeeklyTestBrief]:
        """The newest first."""
        async with self._transaction() as repository:
            return [_brief(each) for each in await repository.tests_by(caller.id, before, limit)]

    async def get(self, caller: Caller, test_id: UUID, base_url: str) -> WeeklyTestOut:
        """Raises WeeklyTestMissing."""
        return await self._out(caller, test_id, base_url)

    async def answer(
        self, caller: Caller, test_id: UUID, said: WeeklyTestAnswerIn, base_url: str
    ) -> WeeklyTestQuestionOut:
        """The first answer to a question stays; another one changes nothing.

        Raises WeeklyTestMissing, WeeklyTestCompleted."""
        async with self._transaction() as repository:
            await repository.lock_person(caller.id)
            test, question = await _question(repository, caller.id, test_id, said.position)
            if question.score is None:
                if test.completed_at:
                    raise WeeklyTestCompleted
                score = _score(question, said.answer)
                await repository.answer_question(test_id, said.position, said.answer, score, self._clock())
                _, question = await _question(repository, caller.id, test_id, said.position)
        return await self._question_out(question, base_url, over=True)

    async def complete(self, caller: Caller, test_id: UUID, *, repeat_wrong: bool, base_url: str) -> WeeklyTestOut:
        """Once more does no harm. With ``repeat_wrong`` the cards of what was wrong are reviewed as forgotten, once.
        Raises WeeklyTestMissing."""
        async with self._transaction() as repository:
            await repository.lock_person(caller.id)
            if await repository.test_of(caller.id, test_id) is None:
                raise WeeklyTestMissing
            await repository.complete_test(test_id, self._clock())
            questions = await repository.questions_of(test_id)
        if repeat_wrong and (wrong := _wrong_cards(questions)):
            # Ids that follow from test and card: whoever completes twice has forgotten each card once.
            reviews = [
                BatchReview(id=_review_id(test_id, card_id), card_id=card_id, rating=RatingName.AGAIN)
                for card_id in wrong
            ]
            await self._reviewing.batch(caller, BatchIn(reviews=reviews))
        return await self._out(caller, test_id, base_url)

    # ── made ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _make(self, learner: Learner, today: date, week: date) -> WeeklyTest:
        person = learner.person
        async with self._transaction() as repository:
            ids = await repository.reviewed_since(person, today - timedelta(weeks=WEEKS), MOST_CARDS)
            mine = await repository.remembered(person, ids)
        found = sources(mine[each].card for each in ids if each in mine)
        test_id, seed = new_id(), f"{person} {week}"
        questions = made(test_id, found, seed)
        if not questions:
            raise TooFewCardsForTest(least=FEWEST_CARDS)
        said = await self._worded(questions, found, seed)
        made_by = MadeBy.BUILTIN if said == questions else MadeBy.MODEL
        test = WeeklyTest(test_id, person, week, made_by, self._clock())
        async with self._transaction() as repository:
            await repository.lock_person(person)
            await repository.add_test(test, said)
            return await repository.test_of_week(person, week) or test

    async def _worded(
        self, questions: Sequence[WeeklyTestQuestion], found: Sequence[Source], seed: str
    ) -> list[WeeklyTestQuestion]:
        """Questions of choices in a language model's words, where there is one and what it says holds."""
        by_card = {source.card.id: source for source in found}
        asked = {each.position: by_card[each.card_id] for each in questions if _can_be_worded(each) and each.card_id}
        if not asked:
            return list(questions)
        blocks = {
            f"card {position}": f"question: {plain(source.question)}\nanswer: {source.answer}"
            for position, source in asked.items()
        }
        language: Language = "en" if all(source.answer.isascii() for source in asked.values()) else "ko"
        said = await self._asking.ask(TASK, language, blocks, WordedTest)
        words = {each.number: Worded(each.question, tuple(each.wrong)) for each in said.questions} if said else {}
        return [
            worded(each, asked[each.position], words[each.position], f"{seed} {each.position}") or each
            if each.position in words and each.position in asked
            else each
            for each in questions
        ]

    # ── shown ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _out(self, caller: Caller, test_id: UUID, base_url: str) -> WeeklyTestOut:
        async with self._transaction() as repository:
            test = await repository.test_of(caller.id, test_id)
            if test is None:
                raise WeeklyTestMissing
            questions = await repository.questions_of(test_id)
        over = test.completed_at is not None
        return WeeklyTestOut(
            id=test.id,
            week=test.week,
            made_by=test.made_by,
            created_at=test.created_at,
            completed_at=test.completed_at,
            threshold=THRESHOLD,
            questions=[await self._question_out(each, base_url, over=over) for each in questions],
            result=await self._result(caller, test, questions, base_url) if over else None,
        )

    async def _question_out(self, question: WeeklyTestQuestion, base_url: str, *, over: bool) -> WeeklyTestQuestionOut:
        shown = over or question.score is not None
        return WeeklyTestQuestionOut(
            position=question.position,
            kind=question.kind,
            question=question.question,
            media=await self._shown.pictures(question.question, base_url),
            statement=question.statement,
            choices=question.choices,
            given=question.given,
            score=question.score,
            right=None if question.score is None else _is_right(question),
            answer=question.answer if shown else None,
            card_id=question.card_id if shown else None,
        )

    async def _result(
        self, caller: Caller, test: WeeklyTest, questions: Sequence[WeeklyTestQuestion], base_url: str
    ) -> WeeklyTestResult:
        wrong = _wrong_cards(questions)
        async with self._transaction() as repository:
            mine = await repository.remembered(caller.id, wrong)
            repeated = await repository.reviews_by_id([_review_id(test.id, each) for each in wrong])
        right = sum(map(_is_right, questions))
        return WeeklyTestResult(
            score=round(100 * right / len(questions)),
            right=right,
            questions=len(questions),
            by_material=_by_material(questions),
            look_at=[await self._shown.mine(mine[each], base_url) for each in wrong if each in mine],
            repeated=sum(review.undone_at is None for review in repeated.values()),
        )


def _can_be_worded(question: WeeklyTestQuestion) -> bool:
    return question.kind == QuestionKind.CHOICE


def _score(question: WeeklyTestQuestion, answer: str) -> int:
    if question.kind == QuestionKind.TYPED:
        if looks_like_instructions(answer):
            return 0
        return graded(Expected(CardKind.TYPED, (question.answer, *question.accepted)), answer).score
    return graded(Expected(CardKind.CHOICE, (question.answer,)), answer).score


def _is_right(question: WeeklyTestQuestion) -> bool:
    return (question.score or 0) >= THRESHOLD


def _wrong_cards(questions: Sequence[WeeklyTestQuestion]) -> list[UUID]:
    """Those of what was wrong or not answered, each once."""
    return list(dict.fromkeys(each.card_id for each in questions if each.card_id and not _is_right(each)))


def _review_id(test_id: UUID, card_id: UUID) -> UUID:
    return uuid5(test_id, str(card_id))


def _by_material(questions: Sequence[WeeklyTestQuestion]) -> list[MaterialResult]:
    groups: dict[str | None, list[WeeklyTestQuestion]] = defaultdict(list)
    for question in questions:
        groups[question.material].append(question)
    found = [
        MaterialResult(material=material, right=sum(map(_is_right, each)), questions=len(each))
        for material, each in groups.items()
    ]
    return sorted(found, key=lambda each: (each.right / each.questions, each.material or ""))


def _brief(summary: WeeklyTestSummary) -> WeeklyTestBrief:
    test = summary.test
    return WeeklyTestBrief(
        id=test.id,
        week=test.week,
        made_by=test.made_by,
        created_at=test.created_at,
        completed_at=test.completed_at,
        questions=summary.questions,
        answered=summary.answered,
        right=summary.right if test.completed_at else None,
    )


async def _question(
    repository: LearningRepository, person: str, test_id: UUID, position: int
) -> tuple[WeeklyTest, WeeklyTestQuestion]:
    test = await repository.test_of(person, test_id)
    questions = await repository.questions_of(test_id) if test else []
    question = next((each for each in questions if each.position == position), None)
    if test is None or question is None:
        raise WeeklyTestMissing
    return test, question
