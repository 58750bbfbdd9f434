"""What is wrong with a card before it is written: what can be seen without knowing anything, and whether it names
another place than the rule table does. Pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from bunri.domains.learning.grading import keys_of, plain, says_no
from bunri.domains.learning.records import CardKind
from bunri.domains.learning.schemas import LONGEST_SIDE, OneLine, Text

LONGEST_TITLE: Final = 120
"""Characters of a title that somebody is to guess."""
SHORTEST_HINT: Final = 6
"""Keys: a shorter answer may stand in its question by chance."""
MOST_FINDINGS: Final = 5
LONGEST_FINDING: Final = 300


class FindingKind(StrEnum):
    FACTUAL = "factual"
    LOGICAL = "logical"
    TITLE = "title"


class CheckIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: CardKind = CardKind.FLIP
    front: Text = Field(max_length=LONGEST_SIDE)
    back: Text = Field(max_length=LONGEST_SIDE)
    choices: list[OneLine] = Field(default_factory=list, max_length=6)


class FindingOut(BaseModel):
    kind: FindingKind
    code: str | None = Field(description="Of a built-in check; null: a language model's words.")
    text: str = Field(description="A sentence in the caller's language, plain text.")


class CheckOut(BaseModel):
    findings: list[FindingOut]
    by: Literal["builtin", "model"] = Field(description="`model`: a language model has looked, too.")


class Finding(NamedTuple):
    """``code`` names the sentence of the catalogues, which ``data`` fills."""

    kind: FindingKind
    code: str
    data: Mapping[str, str] = {}


def findings(card: CheckIn) -> list[Finding]:
    """What is wrong with the card as it stands."""
    found = [*_sides(card), *_choices(card)]
    if card.kind == CardKind.TITLE:
        found += _title(card)
    return found


def _sides(card: CheckIn) -> Iterable[Finding]:
    front, back = keys_of(plain(card.front)), keys_of(plain(card.back))
    empty = [code for code, side in (("front_empty", card.front), ("back_empty", card.back)) if not _shows(side)]
    yield from (Finding(FindingKind.LOGICAL, code) for code in empty)
    if empty or not front:
        return
    if front == back:
        yield Finding(FindingKind.LOGICAL, "sides_same")
    elif card.kind in {CardKind.TYPED, CardKind.CHOICE, CardKind.FLIP} and len(back) >= SHORTEST_HINT and back in front:
        yield Finding(FindingKind.LOGICAL, "answer_in_question")


def _shows(side: str) -> bool:
    return bool(plain(side)) or "](media:" in side


def _choices(card: CheckIn) -> Iterable[Finding]:
    if card.kind != CardKind.CHOICE:
        return
    keys = [_squeezed(each) for each in card.choices]
    if len(set(keys)) < len(keys):
        yield Finding(FindingKind.LOGICAL, "choices_repeat")
    if len(set(keys)) < 2:
        yield Finding(FindingKind.LOGICAL, "choices_few")
    if keys and _squeezed(card.back) not in keys:
        yield Finding(FindingKind.LOGICAL, "back_no_choice")


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


def _title(card: CheckIn) -> Iterable[Finding]:
    title = plain(card.front)
    if len(title) > LONGEST_TITLE:
        yield Finding(FindingKind.TITLE, "title_long")
    keys = keys_of(title)
    if len(keys) >= SHORTEST_HINT and keys in keys_of(plain(card.back)):
        yield Finding(FindingKind.TITLE, "title_in_text")


def other_places(back: str, right: str, names: Sequence[str]) -> list[str]:
    """The places that ``back`` names, of ``names``, where it does not name the ``right`` one. One that says "not" may
    mean anything, so nothing is said of it."""
    words = plain(back)
    if says_no(words):
        return []
    left = keys_of(words)
    found: list[str] = []
    keys_by_name = {name: keys_of(name.removesuffix("류")) for name in (right, *names)}
    for name, keys in sorted(keys_by_name.items(), key=lambda each: -len(each[1])):  # 종이팩 names no 종이
        if keys and keys in left:
            left = left.replace(keys, " ")
            found.append(name)
    return [] if right in found else found
