"""Sides of Anki cards: templates with fields put in (docs.ankiweb.net, "Card Templates")."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bunri.domains.learning.anki.collection import Note

MOST: Final = 300_000
"""Characters of a rendered side; what comes after is cut."""
_TAG: Final = re.compile(r"\{\{([^{}]{1,500})\}\}")
_CLOZE: Final = re.compile(r"\{\{c([\d,]{1,20})::|\}\}")
_DEEPEST: Final = 30
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
HIDDEN: Final = "[…]"
"""What stands for a word that is asked for."""


@dataclass(slots=True)
class Side:
    """``html`` as it would be shown; ``typed``: the field that is to be typed in; ``filters``: those that we do not
    have."""

    html: str = ""
    typed: str | None = None
    typed_cloze: bool = False
    filters: set[str] = field(default_factory=set)


def rendered(template: str, values: Mapping[str, str], cloze: int | None, *, reveal: bool) -> Side:
    """A template with the ``values`` of its fields. ``cloze``: the number of the word that is asked for, from 1;
    ``reveal``: whether it is shown."""
    side = Side()
    parts: list[str] = []
    hidden: list[bool] = []
    at = 0
    template = _COMMENT.sub("", template)
    for tag in _TAG.finditer(template):
        if not any(hidden):
            parts.append(template[at : tag.start()])
        at = tag.end()
        name = tag[1].strip()
        if name[:1] in ("#", "^"):
            there = _is_filled(name[1:].strip(), values, cloze)
            hidden.append(there if name[0] == "^" else not there)
        elif name[:1] == "/":
            hidden = hidden[:-1]
        elif not any(hidden):
            parts.append(_replaced(name, values, cloze, reveal, side))
    parts.append("" if any(hidden) else template[at:])
    side.html = "".join(parts)[:MOST]
    return side


def values_of(note: Note, deck: str, template: str) -> dict[str, str]:
    """By the names of the fields, and what Anki adds to them."""
    top = deck.rpartition("::")[2]
    special = {"Tags": " ".join(note.tags), "Type": note.type.name, "Deck": deck, "Subdeck": top, "Card": template}
    return {**special, "CardFlag": "", **dict(zip(note.type.fields, note.fields, strict=False))}


def _is_filled(name: str, values: Mapping[str, str], cloze: int | None) -> bool:
    if re.fullmatch(r"c\d+", name):
        return cloze == int(name[1:])
    return bool(re.sub(r"<(?!img)[^>]*>|&nbsp;|\s", "", values.get(name, "")))


def _replaced(name: str, values: Mapping[str, str], cloze: int | None, reveal: bool, side: Side) -> str:
    *filters, name = name.split(":")
    name = name.strip()
    if name == "FrontSide":
        return ""
    value = values.get(name, "")
    for each in reversed([one.strip() for one in filters]):
        if each == "type":
            side.typed, side.typed_cloze = name, "cloze" in filters
            return ""
        if each == "cloze":
            value = with_cloze(value, cloze or 1, reveal)[0]
        elif each == "text":
            value = re.sub(r"<[^>]*>", "", value)
        elif each not in ("hint", "edit"):
            side.filters.add(each.partition(" ")[0][:20])
    return value


def with_cloze(text: str, wanted: int, reveal: bool) -> tuple[str, list[str]]:
    """The text of a note with its words of number ``wanted`` hidden or shown, and those words."""
    frames: list[tuple[frozenset[int], list[str]]] = [(frozenset(), [])]
    answers: list[str] = []
    at = 0
    for mark in _CLOZE.finditer(text):
        frames[-1][1].append(text[at : mark.start()])
        at = mark.end()
        if mark[1] is not None and len(frames) < _DEEPEST:
            numbers = frozenset(int(each) for each in mark[1].split(",") if each)
            frames.append((numbers, []))
        elif mark[1] is None and len(frames) > 1:
            numbers, parts = frames.pop()
            frames[-1][1].append(_closed("".join(parts), wanted in numbers, reveal, answers))
        else:
            frames[-1][1].append(mark[0])
    frames[-1][1].append(text[at:])
    return "".join(part for _, parts in frames for part in parts), answers


def _closed(content: str, is_wanted: bool, reveal: bool, answers: list[str]) -> str:
    answer, _, hint = content.partition("::")
    if not is_wanted:
        return answer
    answers.append(answer)
    if reveal:
        return f"<b>{answer}</b>"
    return f"[{hint}]" if hint else HIDDEN
