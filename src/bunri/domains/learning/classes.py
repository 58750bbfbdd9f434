"""What a class is entered by, what its pupils are called, and how they do. Pure rules."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look like another one."""
LENGTH: Final = 8
"""850 thousand million codes: whoever guesses is counted by network (class of limits ``sign_in``)."""
SEOUL: Final = ZoneInfo("Asia/Seoul")
"""By whose calendar a term ends."""
LONGEST_TERM_DAYS: Final = 366
MOST_PUPILS: Final = 200
MOST_WAITING: Final = 30
"""Suggestions of one pupil that the teacher has not looked at."""
LONGEST_NICKNAME: Final = 20

_JOINED: Final = "\u200d\ufe0f"
"""Of which emoji are put together."""
_BLANK: Final = "\u115f\u1160\u3164\uffa0\u2800"
"""Letters and signs that show nothing."""


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A deck of kind ``class`` and how it is entered. Its room of the chat, if it has one, bears its id."""

    id: UUID
    deck_id: UUID
    code: str
    ends_on: date
    created_at: datetime
    has_room: bool = False


@dataclass(frozen=True, slots=True)
class ClassHandover:
    """A class's teacher wants another one to take it over. ``person`` and ``name``: who accepted the link; the class is
    theirs once the teacher has confirmed that."""

    class_id: UUID
    token_hash: bytes
    expires_at: datetime
    person: str | None = None
    name: str | None = None
    accepted_at: datetime | None = None


class Progress(NamedTuple):
    """How one pupil does. ``begun``: cards reviewed at least once; ``known``: due in three weeks or later; ``week`` and
    ``right``: reviews of the last seven days, and how many of them were remembered."""

    person: str
    name: str
    joined_at: datetime
    cards: int
    begun: int
    known: int
    week: int
    right: int
    last_day: date | None


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def read_code(typed: str) -> str:
    """As it is kept, however it was typed: ``ab3k-9fxq`` is AB3K9FXQ."""
    return re.sub(r"[\s-]", "", typed).upper()


def shown_code(code: str) -> str:
    """In two halves, to be read aloud."""
    return f"{code[:4]}-{code[4:]}"


def tidied(nickname: str) -> str:
    """Without what cannot be seen, or turns the direction of what is written after it. Raises ValueError for one that
    is empty or too long then."""
    kept = "".join(each for each in unicodedata.normalize("NFC", nickname) if _is_seen(each))
    kept = " ".join(kept.split())
    if not 1 <= len(kept) <= LONGEST_NICKNAME or not alike(kept):
        raise ValueError(f"a nickname has 1 to {LONGEST_NICKNAME} characters")
    return kept


def alike(nickname: str) -> str:
    """The same for nicknames that look alike: case, width and spaces make no difference."""
    folded = unicodedata.normalize("NFKC", nickname).casefold()
    return "".join(each for each in folded if each not in _JOINED and not each.isspace())


def _is_seen(character: str) -> bool:
    if character in _JOINED or character.isspace():
        return True
    return character not in _BLANK and unicodedata.category(character)[0] != "C"
