"""A language model's opinion of an answer, after the review was kept. Whatever becomes of it, the person is told; what
they or an undo have done meanwhile stays."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field

from bunri.domains.learning import metrics
from bunri.domains.learning.grades import Grade, GradedBy, grade_of
from bunri.domains.learning.grading import MOST_POINTS, THRESHOLD, Verdict, expected_of, plain
from bunri.domains.learning.instructions import looks_like_instructions
from bunri.domains.learning.public import AnswerGiven
from bunri.domains.learning.records import Card, CardKind, Review
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import Memory
from bunri.domains.learning.schemas import RatingName
from bunri.domains.learning.service.asking import Asking
from bunri.domains.learning.service.folding import folded
from bunri.kit.languages import Language
from bunri.platform.db import Transaction
from bunri.platform.realtime import Emitter, user_room

TASK: Final = "learning.grader.system"


class Judgement(BaseModel):
    """All that is taken of a model's answer."""

    score: int = Field(ge=0, le=100, description="How much of the points the answer contains, 0 to 100.")
    missing: list[int] = Field(max_length=MOST_POINTS, description="The numbers of the points that the answer lacks.")


class ModelGrading:
    def __init__(self, transaction: Transaction[LearningRepository], asking: Asking, emitter: Emitter) -> None:
        self._transaction = transaction
        self._asking = asking
        self._emitter = emitter

    async def answer_given(self, event: AnswerGiven) -> None:
        """Once more does no harm: a grade waits once."""
        async with self._transaction() as repository:
            review = await repository.review(event.review_id)
            card = await repository.card(review.card_id) if review else None
        if review is None or card is None or not _waits(review):
            return
        grade = await self._asked(card, review.answer or "")
        await self._settle(review.id, grade)

    async def _asked(self, card: Card, answer: str) -> Grade | None:
        if looks_like_instructions(answer):
            return None  # it was none when it came: the lists have grown since
        expected = expected_of(card)
        points = expected.points or expected.answers[:1]
        language: Language = "en" if "".join(points).isascii() else "ko"
        question = card.back if card.kind == CardKind.TITLE else card.front
        blocks = {
            "question": plain(question),
            "points": "\n".join(f"{number}. {point}" for number, point in enumerate(points, 1)),
            "other right answers": "\n".join(expected.answers[1:]),
            "answer": answer,
        }
        said = await self._asking.ask(TASK, language, {name: each for name, each in blocks.items() if each}, Judgement)
        if said is None:
            return None
        missing = tuple(point for number, point in enumerate(points, 1) if number in said.missing)
        if said.score >= THRESHOLD and len(missing) == len(points):
            return None  # right, and nothing of it is there: it has not read the answer
        return grade_of(Verdict(said.score, missing), GradedBy.MODEL)

    async def _settle(self, review_id: UUID, grade: Grade | None) -> None:
        """Rating and schedule follow ``grade``, unless the person was quicker; without one the built-in grade stays."""
        async with self._transaction() as repository:
            review = await _locked(repository, review_id)
            if review is None or not _waits(review):
                metrics.MODEL_ANSWERS.labels("late").inc()
                return
            learner = await repository.learner(review.person)
            kept = Grade.model_validate(review.grade)
            final = grade or kept.model_copy(update={"waiting": False})
            rating = RatingName(final.rating)
            await repository.change_review(review_id, rating=int(rating.rating), grade=final.model_dump(mode="json"))
            if learner:
                memory = await folded(repository, learner, review.card_id)
                await repository.save_memory(review.person, review.card_id, memory)
                pushed = _pushed(review, final, memory, answered=grade is not None)
                repository.after_commit(lambda: self._emitter.emit("cardGraded", pushed, room=user_room(review.person)))
        metrics.MODEL_ANSWERS.labels("used" if grade else "failed").inc()
        if grade:
            metrics.GRADES.labels(grade.by, grade.rating).inc()


def _waits(review: Review) -> bool:
    grade = review.grade or {}
    return review.undone_at is None and bool(grade.get("waiting")) and not grade.get("overruled")


async def _locked(repository: LearningRepository, review_id: UUID) -> Review | None:
    """The review as it is once nobody else changes what its person remembers."""
    review = await repository.review(review_id)
    if review is None:
        return None
    await repository.lock_person(review.person)
    now = await repository.review(review_id)
    # Handed over to an account meanwhile: whoever hands over works under the lock of the new owner.
    return now if now is None or now.person == review.person else await _locked(repository, review_id)


def _pushed(review: Review, grade: Grade, memory: Memory, *, answered: bool) -> dict[str, object]:
    return {
        "review_id": str(review.id),
        "card_id": str(review.card_id),
        "grade": grade.model_dump(mode="json"),
        "model_answered": answered,
        "state": int(memory.state),
        "due_day": memory.due_day.isoformat() if memory.due_day else None,
        "due_at": memory.due_at.isoformat() if memory.due_at else None,
    }
