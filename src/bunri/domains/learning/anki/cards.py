"""Cards of an Anki collection as ours: how each asks, what its sides say, and when it was reviewed."""

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import orjson

from bunri.domains.learning.anki.brought import BroughtCard, BroughtMemory, BroughtReview
from bunri.domains.learning.anki.collection import AnkiCard, AnkiReview, Collection
from bunri.domains.learning.anki.limits import LONGEST_SIDE
from bunri.domains.learning.anki.markdown import Written, markdown_of, plain_of
from bunri.domains.learning.anki.own import own
from bunri.domains.learning.anki.report import Report
from bunri.domains.learning.anki.templates import Side, rendered, values_of, with_cloze
from bunri.domains.learning.records import CardKind

_ANSWER: Final = re.compile(r"<hr[^>]*id\s*=\s*[\"']?answer[\"']?[^>]*>", re.IGNORECASE)
_OCCLUSION: Final = re.compile(r"image-occlusion:", re.IGNORECASE)
LONGEST_LINE: Final = 80
_REVIEWED, _CRAMMED, _BY_HAND = (0, 1, 2), 3, 4
_NEW, _REVIEW, _RELEARNING = 0, 2, 3
_DAY_MS: Final = 86_400_000
_W8, _W9, _W10 = 1.8722, 0.1666, 0.796
"""Of FSRS-6, as the library ``fsrs`` has them: what a difficulty is made of where only an interval is known."""


@dataclass(slots=True)
class _Asked:
    """What a card says, before its HTML becomes Markdown. ``answer``: what is to be typed, where something is."""

    front: str
    back: str
    answer: str | None = None
    lost: set[str] = field(default_factory=set)


def brought_cards(collection: Collection, report: Report) -> Iterator[tuple[BroughtCard, list[str]]]:
    """Each card with the names of the pictures that it shows. Raises what ``Collection.cards`` raises."""
    for card in collection.cards():
        made = _brought(card, collection.begins_at, report)
        if made:
            yield made


def _brought(card: AnkiCard, begins_at: int, report: Report) -> tuple[BroughtCard, list[str]] | None:
    ours = own(card.note, card.ord)
    asked = _asked(card) if ours is None else _Asked(ours.front, ours.back)
    if asked is None:
        report.add("no_template", card.note.type.name)
        return None
    front, back = markdown_of(asked.front), markdown_of(asked.back)
    lost = asked.lost | front.lost | back.lost
    named = list(dict.fromkeys([*front.pictures, *back.pictures]))
    sides = [_numbered(side, named) for side in (front, back)]
    kind, answer = CardKind.FLIP, ""
    if ours:
        kind, asked.answer = ours.kind, ours.back if ours.kind == CardKind.TYPED else None
    if asked.answer is not None:
        answer = plain_of(asked.answer)
        if answer:
            kind, sides[1] = CardKind.TYPED, answer
    example = sides[0] or front.text
    if not sides[0] or not sides[1]:
        report.add("empty", example or " ".join(card.note.fields)[:80])
        return None
    if any(len(side) > LONGEST_SIDE for side in sides):
        lost.add("too_long")
    for name in lost:
        report.add(name, example)
    top, tags = _deck_and_tags(card)
    return (
        BroughtCard(
            deck=top,
            key=_key(card.note.guid, card.ord),
            note=_key(card.note.guid),
            guid=_key(card.note.guid),
            kind=kind,
            front=_cut(sides[0]),
            back=_cut(sides[1]),
            choices=ours.choices if ours else [],
            accepted=ours.accepted if ours else [],
            tags=tags,
            reviews=_reviews(card, report),
            memory=_memory(card, begins_at),
            suspended=card.queue == -1,
        ),
        named,
    )


# ── what it says ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _asked(card: AnkiCard) -> _Asked | None:
    note, kind = card.note, card.note.type
    if not kind.templates or (not kind.is_cloze and card.ord >= len(kind.templates)):
        return None
    template = kind.templates[0 if kind.is_cloze else card.ord]
    values = values_of(note, card.deck, template.name)
    number = card.ord + 1 if kind.is_cloze else None
    front = rendered(template.front, values, number, reveal=False)
    back = rendered(template.back, values, number, reveal=True)
    asked = _Asked(front.html, _ANSWER.split(back.html)[-1], lost=_lost(front, back, template.front + template.back))
    typed = front.typed or back.typed
    if typed is None:
        return asked
    return _typed(asked, values.get(typed, ""), number, is_cloze=front.typed_cloze or back.typed_cloze)


def _typed(asked: _Asked, value: str, number: int | None, *, is_cloze: bool) -> _Asked:
    """The word that is to be typed is the answer; a cloze stays in its sentence."""
    if is_cloze and number:
        question, answers = with_cloze(value, number, reveal=False)
        asked.front = asked.front if plain_of(asked.front) else question
        value = ", ".join(answers)
    more = plain_of(asked.back)
    if more and more != plain_of(value):
        asked.lost.add("beside_typed")
    if "<img" in value:
        return asked
    asked.answer = value
    return asked


def _lost(front: Side, back: Side, template: str) -> set[str]:
    lost = {"note_type"} if front.filters | back.filters else set()
    if _OCCLUSION.search(template):
        lost.add("image_occlusion")
    return lost


def _numbered(side: Written, named: list[str]) -> str:
    """The text with the places of its pictures in ``named``."""
    places = {number: named.index(name) for number, name in enumerate(side.pictures)}
    return re.sub(r"\]\(media:#(\d+)\)", lambda found: f"](media:#{places[int(found[1])]})", side.text)


def _cut(side: str) -> str:
    """At the end of a line, if it is not too far: a picture's address would be cut in two otherwise."""
    if len(side) <= LONGEST_SIDE:
        return side
    kept = side[:LONGEST_SIDE]
    return kept[: kept.rfind("\n")] if kept.rfind("\n") > LONGEST_SIDE // 2 else kept.rpartition("![")[0] or kept


def _deck_and_tags(card: AnkiCard) -> tuple[str, list[str]]:
    """The top deck's name; what is below it becomes a tag."""
    top, _, below = unicodedata.normalize("NFC", card.deck).partition("::")
    tags = [_tag(each) for each in ([below] if below else []) + list(card.note.tags)]
    return one_line(top), list(dict.fromkeys(tag for tag in tags if tag))[:20]


def _tag(text: str) -> str:
    return re.sub(r"[\s,\x00-\x1f\x7f]+", "_", unicodedata.normalize("NFC", text)).strip("_")[:40]


def one_line(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]+", " ", text).split())[:LONGEST_LINE].strip()


def _key(guid: str, order: int | None = None) -> str:
    """``guid`` itself, or its digest where it is longer than any that Anki makes."""
    guid = unicodedata.normalize("NFC", guid.replace("\x00", ""))
    kept = guid if 0 < len(guid) <= 64 else hashlib.sha256(guid.encode("utf-8", "replace")).hexdigest()
    return kept if order is None else f"{kept}:{order}"


# ── what is remembered of it ──────────────────────────────────────────────────────────────────────────────────────────


def _reviews(card: AnkiCard, report: Report) -> list[BroughtReview]:
    found = []
    for each in card.reviews:
        if not 10**12 <= each.at <= 10**13:
            continue
        if each.kind == _BY_HAND and each.factor == 0 and each.interval == 0:
            found.append(BroughtReview(key=str(each.at), kind="reset", at=each.at))
        elif _counts(each):
            seconds = min(max(each.seconds, 0.0), 3600.0)
            found.append(BroughtReview(key=str(each.at), at=each.at, rating=each.button, seconds=seconds))
    if len(found) > 5000:
        report.add("long_log", " ".join(card.note.fields)[:80])
    return found[-5000:]


def _counts(review: AnkiReview) -> bool:
    """A review out of turn that changed nothing (``factor`` 0) says nothing about when the card comes back."""
    if not 1 <= review.button <= 4:
        return False
    return review.kind in _REVIEWED or (review.kind == _CRAMMED and review.factor != 0)


def _memory(card: AnkiCard, begins_at: int) -> BroughtMemory | None:
    """Of a card in review whose log did not come with it: FSRS' own numbers, else what its interval and ease say."""
    if card.kind not in (_REVIEW, _RELEARNING) or card.interval < 1 or any(map(_counts, card.reviews)):
        return None
    interval = min(card.interval, 36_500)
    last_at = (begins_at * 1000) + (card.due - card.interval) * _DAY_MS
    stability, difficulty = _of_fsrs(card.data) or _of_ease(interval, card.factor / 1000)
    if not 10**12 <= last_at <= 10**13:
        return None
    return BroughtMemory(stability=stability, difficulty=difficulty, interval=interval, last_at=last_at)


def _of_fsrs(data: str) -> tuple[float, float] | None:
    try:
        found = orjson.loads(data) if data else {}
        stability, difficulty = float(found["s"]), float(found["d"])
    except (orjson.JSONDecodeError, TypeError, KeyError, ValueError, IndexError):
        return None
    if not (math.isfinite(stability) and math.isfinite(difficulty)):
        return None
    return min(max(stability, 0.001), 36_500.0), min(max(difficulty, 1.0), 10.0)


def _of_ease(interval: int, ease: float) -> tuple[float, float]:
    """At a retention of 0.9 the stability is the interval; the difficulty is the one at which FSRS would lengthen it by
    ``ease`` (fsrs-rs, ``memory_state_from_sm2``)."""
    stability, ease = float(interval), max(ease, 1.3)
    growth = math.exp(_W8) * stability**-_W9 * (math.exp(0.1 * _W10) - 1)
    return stability, min(max(11.0 - (ease - 1.0) / growth, 1.0), 10.0)
