"""Notes that we have written into a package ourselves: what Anki has no place for stands in a field of its own."""

import html
from typing import Any, Final, NamedTuple

import orjson

from bunri.domains.learning.anki.collection import Note
from bunri.domains.learning.records import CardKind

FIELDS: Final = ("Front", "Back", "Kind", "Choices", "Data")
"""``Data`` is JSON of choices and other right answers."""


class Own(NamedTuple):
    front: str
    back: str
    kind: CardKind
    choices: list[str]
    accepted: list[str]


def own(note: Note, order: int) -> Own | None:
    """``front`` and ``back`` in HTML; None for a note of anybody else, or one that was changed so that it makes no
    sense."""
    if note.type.fields != FIELDS or len(note.fields) != len(FIELDS):
        return None
    front, back, kind, _, data = note.fields
    try:
        found = orjson.loads(html.unescape(data)) if data else {}
        made = CardKind(kind)
        choices, accepted = _lines(found.get("choices", [])), _lines(found.get("accepted", []))
    except (ValueError, AttributeError):
        return None
    if made == CardKind.CHOICE and not 2 <= len(choices) <= 6:
        made = CardKind.FLIP
    sides = (back, front) if order == 1 else (front, back)
    return Own(*sides, made, choices[:6], accepted[:20])


def _lines(found: Any) -> list[str]:
    return [each[:80] for each in found if isinstance(each, str) and each] if isinstance(found, list) else []
