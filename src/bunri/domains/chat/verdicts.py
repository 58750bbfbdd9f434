"""What a message says about a thing: a question with its choices, or what it is and where it goes. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from bunri.domains.chat.agreement import Standing, Voter, standing
from bunri.domains.chat.records import Message, Question, QuestionChoice, QuestionState, SettledBy
from bunri.domains.waste.public import ItemInDoubt, VerdictItem
from bunri.kit.languages import Language, text

COACH: Final = "coach"
"""The sender of what the coach says in a room."""
NONE_OF_THESE: Final = "none"
MARGIN: Final = 0.1
"""Of an item's width and height that is shown around it."""
_ADDRESSED: Final = re.compile(r"@(?:coach|코치)(?![0-9A-Za-z가-힣])[\s,:.]*(.*)", re.IGNORECASE | re.DOTALL)
NEAR_BITS: Final = 15
"""Of 256 in which the perceptual hashes of two photos of one thing may differ."""


class _Out(BaseModel):
    model_config = ConfigDict(populate_by_name=True)


class VerdictChoice(_Out):
    value: str
    label: str
    probability: float = Field(ge=0, le=1, description="With all votes so far.")


class KnownAnswer(_Out):
    """What the room has found out before."""

    message_id: UUID = Field(alias="messageId")
    seq: int
    label: str
    at: datetime


class VerdictOut(_Out):
    """Of a thing in a photo, or in words: then without choices."""

    state: QuestionState
    settled_by: SettledBy | None = Field(None, alias="settledBy")
    owner: str | None = Field(None, description="Whose photo it is: the one whose word settles it.")
    job_id: UUID | None = Field(None, alias="jobId", description="The analysis, which only its owner can read.")
    answer: int | None = Field(None, description="Which of the choices is taken for right.")
    choices: list[VerdictChoice] = []
    closes_at: datetime | None = Field(None, alias="closesAt", description="Until when votes count.")
    item: str | None = Field(None, description="Slug of the item of the rule table.")
    name: str | None = None
    category: str | None = None
    category_name: str | None = Field(None, alias="categoryName")
    steps: list[str] = []
    known: KnownAnswer | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON knows it."""
        return self.model_dump(mode="json", by_alias=True)


def asked_in(content: str) -> str | None:
    """What the coach is asked in words, when a message begins with ``@coach``; else None."""
    found = _ADDRESSED.match(content.strip())
    return found.group(1).strip() if found else None


def around(box: tuple[float, float, float, float] | None) -> tuple[float, float, float, float] | None:
    """The part of a picture that shows an item, with a little around it; None: all of it."""
    if box is None:
        return None
    x1, y1, x2, y2 = box
    across, down = MARGIN * (x2 - x1), MARGIN * (y2 - y1)
    return max(0.0, x1 - across), max(0.0, y1 - down), min(1.0, x2 + across), min(1.0, y2 + down)


def choices_of(item: ItemInDoubt, language: Language) -> tuple[QuestionChoice, ...]:
    """Two or three possibilities, and that it is none of them."""
    likely = [QuestionChoice(each.value, each.label, each.probability, each.hazard) for each in item.possibilities]
    left = max(0.0, 1 - sum(each.prior for each in likely))
    return (*likely, QuestionChoice(NONE_OF_THESE, text("chat.verdict.none_of_these", language), left))


def standing_of(question: Question, voters: Sequence[Voter] = ()) -> Standing:
    return standing([each.prior for each in question.choices], voters, [each.hazard for each in question.choices])


def settled(question: Question, answer: int, by: SettledBy, now: datetime) -> Question:
    """``answer`` is the number of a choice. That it is none of them leaves the question undecided."""
    undecided = question.choices[answer].value == NONE_OF_THESE
    return replace(
        question,
        state=QuestionState.UNDECIDED if undecided else QuestionState.SETTLED,
        answer=answer,
        settled_by=by,
        item=None if undecided else question.choices[answer].value,
        settled_at=now,
    )


def by_votes(question: Question, voters: dict[str, Voter], now: datetime) -> tuple[Question, Standing]:
    """The question as the votes have it: whose photo it is knows; else the room, when it is sure together."""
    others = [voter for person, voter in voters.items() if person != question.owner]
    stands = standing_of(question, others)
    if own := voters.get(question.owner):
        return settled(question, own.choice, SettledBy.OWNER, now), stands
    if stands.known is not None:
        return settled(question, stands.known, SettledBy.NEIGHBOURS, now), stands
    return question, stands


def verdict_of(question: Question, stands: Standing, kept: VerdictOut | None = None) -> VerdictOut:
    """``kept``: what the message said before, whose advice stays while the answer does."""
    same = kept is not None and kept.answer == question.answer
    advice = (
        kept.model_copy() if kept and same else VerdictOut(state=question.state, known=kept.known if kept else None)
    )
    return advice.model_copy(
        update={
            "state": question.state,
            "settled_by": question.settled_by,
            "owner": question.owner,
            "job_id": question.job_id,
            "answer": question.answer,
            "closes_at": question.closes_at,
            "choices": [
                VerdictChoice(value=each.value, label=each.label, probability=round(likely, 3))
                for each, likely in zip(question.choices, stands.probabilities, strict=True)
            ],
        }
    )


def advised(verdict: VerdictOut, item: VerdictItem) -> VerdictOut:
    """With what to do."""
    return verdict.model_copy(
        update={
            "item": item.item,
            "name": item.name,
            "category": item.category,
            "category_name": item.category_name,
            "steps": list(item.steps),
        }
    )


def sentence(asked: str, verdict: VerdictOut, language: Language) -> str:
    """What clients without verdicts show, and searches find."""
    if verdict.answer is None or verdict.state != QuestionState.SETTLED:
        return asked
    said = text("chat.verdict.settled", language, label=verdict.choices[verdict.answer].label)
    where = f" {verdict.category_name}." if verdict.category_name else ""
    return f"{asked} {said}{where}"


def nearest(phash: bytes | None, known: Sequence[Question]) -> Question | None:
    """The room's answer about nearly the same photo."""
    if phash is None:
        return None
    distances = [(_distance(phash, each.phash), each) for each in known if each.phash]
    bits, question = min(distances, key=lambda pair: pair[0], default=(NEAR_BITS + 1, None))
    return question if bits <= NEAR_BITS else None


def _distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def known_answer(question: Question, asked: Message | None) -> KnownAnswer | None:
    """``asked``: the message that asked ``question``."""
    if asked is None or question.settled_at is None:
        return None
    said = VerdictOut.model_validate(asked.data["verdict"])
    label = said.name or (question.choices[question.answer].label if question.answer is not None else "")
    return KnownAnswer(message_id=asked.id, seq=asked.seq, label=label, at=question.settled_at)
