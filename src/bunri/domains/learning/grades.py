"""What a judged answer is kept with, and shown with."""

from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bunri.domains.learning.grading import THRESHOLD, Verdict

Judged = Literal["again", "hard", "good"]
"""Never easy: how easy it was, only the person knows."""


class GradedBy(StrEnum):
    BUILTIN = "builtin"
    MODEL = "model"
    PERSON = "person"
    """Nobody judged: the person is to say."""


class Grade(BaseModel):
    """``reviews.grade``. ``rating`` is the grader's; the one that counts is the review's."""

    model_config = ConfigDict(frozen=True)

    score: int = Field(ge=0, le=100)
    missing: tuple[str, ...] = Field((), description="What the card asks for and the answer lacks.")
    by: GradedBy = Field(
        description="`person`: nobody could judge it, or it spoke to the grader; the person is to say, by overruling."
    )
    rating: Judged = Field(description="What follows from the score, until the person says something else.")
    threshold: int = Field(THRESHOLD, description="The score from which an answer is right.")
    waiting: bool = Field(False, description="A language model is asked, too: `cardGraded` says what became of it.")
    overruled: bool = Field(False, description="The person has said themselves how they knew it.")


NOBODY: Final = Grade(score=0, by=GradedBy.PERSON, rating="again")
"""Until the person says something else, as a wrong answer."""


def grade_of(verdict: Verdict, by: GradedBy, *, waiting: bool = False) -> Grade:
    """Right is hard when something is missing, else good."""
    if verdict.score < THRESHOLD:
        rating: Judged = "again"
    else:
        rating = "hard" if verdict.missing else "good"
    return Grade(score=verdict.score, missing=verdict.missing, by=by, rating=rating, waiting=waiting)
