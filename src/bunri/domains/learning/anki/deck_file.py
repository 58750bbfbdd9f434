"""Our own file of a deck, in JSON: everything that its cards say, with their pictures and one person's log."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from pydantic import ValidationError

from bunri.domains.learning.anki.brought import BroughtCard
from bunri.domains.learning.anki.report import Report
from bunri.domains.learning.errors import NotADeckFile
from bunri.domains.learning.records import Card, Origin, Review
from bunri.domains.learning.schedule import Happened

FORMAT: Final = "bunri-deck"
VERSION: Final = 1


def card_document(card: Card, suspended: bool, log: Sequence[Review]) -> dict[str, Any]:
    """As ``DeckFile`` reads it: its pictures by their places in ``media``."""
    names = [str(each) for each in card.media]
    front, back = (_with_places(side, names) for side in (card.front, card.back))
    reviews = [_review(each) for each in log if each.kind != Happened.IMPORTED][-5000:]
    known = next((each for each in log if each.kind == Happened.IMPORTED and each.grade), None)
    memory = {"memory": {**known.grade, "last_at": _ms(known)}} if known and known.grade else {}
    return {
        "key": card.origin_id if card.origin == Origin.IMPORT and card.origin_id else str(card.id),
        "note": str(card.note_id),
        "guid": card.guid,
        "kind": card.kind,
        "front": front,
        "back": back,
        "choices": card.choices,
        "accepted": card.accepted,
        "tags": card.tags,
        "item": card.item,
        "material": card.material,
        "suspended": suspended,
        "media": names,
        "reviews": reviews,
        **memory,
    }


def _with_places(side: str, names: Sequence[str]) -> str:
    for place, name in enumerate(names):
        side = side.replace(f"](media:{name})", f"](media:#{place})")
    return side


def _review(review: Review) -> dict[str, Any]:
    return {
        "key": str(review.id),
        "kind": review.kind,
        "at": _ms(review),
        "rating": review.rating,
        "seconds": review.seconds,
    }


def _ms(review: Review) -> int:
    return int(review.reviewed_at.timestamp() * 1000)


@dataclass(slots=True)
class DeckFile:
    """Raises NotADeckFile."""

    name: str
    count: int
    _cards: list[Any]
    _media: Mapping[str, Any]

    @classmethod
    def read(cls, data: bytes) -> "DeckFile":
        try:
            found = orjson.loads(data)
            if found["format"] != FORMAT or found["version"] != VERSION:
                raise NotADeckFile
            name, cards, media = found["deck"]["name"], found["cards"], found.get("media", {})
        except (orjson.JSONDecodeError, TypeError, KeyError, IndexError) as error:
            raise NotADeckFile from error
        if not (isinstance(name, str) and isinstance(cards, list) and isinstance(media, dict)):
            raise NotADeckFile
        return cls(name[:80], len(cards), cards, media)

    def cards(self, report: Report) -> Iterator[tuple[BroughtCard, list[str]]]:
        """Each card with the names of its pictures."""
        for card in self._cards:
            try:
                names = [str(each) for each in card.pop("media", [])]
                made = BroughtCard.model_validate({**card, "deck": self.name, "pictures": []})
            except (ValidationError, TypeError, AttributeError):
                report.add("card_broken", str(card.get("front", "")) if isinstance(card, dict) else "")
                continue
            yield made, names

    def picture(self, name: str) -> bytes | None:
        try:
            return base64.b64decode(self._media[name], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            return None
