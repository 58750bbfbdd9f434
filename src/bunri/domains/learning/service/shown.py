"""Cards as they are given away, with addresses of their pictures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from bunri.domains.learning.records import Card, Learner, Part, Remembered, media_key
from bunri.domains.learning.schedule import Memory, Scheduling, preview, retrievability
from bunri.domains.learning.schemas import CardOut, DueCard, MyCardOut, Preview
from bunri.kit.ids import parse_id
from bunri.platform.storage import Storage

PICTURES_FOR: Final = timedelta(hours=12)
"""How long the addresses of a card's pictures are good: as long as a review may lie open."""

_SHOWN: Final = CardOut.model_fields.keys() - {"media"}


class ShownCards:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def card(self, card: Card, base_url: str) -> CardOut:
        return CardOut(**await self._values(card, base_url))

    async def mine(self, one: Remembered, base_url: str) -> MyCardOut:
        return MyCardOut(**await self._values(_told(one), base_url), **_memory(one))

    async def due(self, one: Remembered, part: Part, learner: Learner, today: date, base_url: str) -> DueCard:
        scheduling, memory = learner.scheduling, one.memory
        return DueCard(
            **await self._values(_told(one), base_url),
            **_memory(one),
            part=part,
            stability=memory.stability,
            difficulty=memory.difficulty,
            retrievability=retrievability(memory, today, scheduling),
            preview=_preview(memory, today, one.card.id, scheduling),
        )

    async def pictures(self, markdown: str, base_url: str) -> dict[str, str]:
        """Addresses of the pictures that ``markdown`` shows, by their ids."""
        found = filter(None, map(parse_id, media_in(markdown)))
        return {
            str(each): await self._storage.url(media_key(each), expires_in=PICTURES_FOR, base_url=base_url)
            for each in found
        }

    async def _values(self, card: Card, base_url: str) -> dict[str, Any]:
        media = {
            str(each): await self._storage.url(media_key(each), expires_in=PICTURES_FOR, base_url=base_url)
            for each in card.media
        }
        return {**{name: getattr(card, name) for name in _SHOWN}, "media": media}


@lru_cache(maxsize=16_384)  # a queue of fifty cards is asked for again and again: a third of its time went here
def _preview(memory: Memory, day: date, card: UUID, scheduling: Scheduling) -> Preview:
    """Nobody changes what is shown."""
    return Preview.of(preview(memory, day, card, scheduling))


def _told(one: Remembered) -> Card:
    """What a card said before its rule changed concerns who learned that, until they have reviewed it anew."""
    card, last = one.card, one.memory.last_at
    if card.before and not (last and card.changed_at and last < card.changed_at):
        return replace(card, before=None)
    return card


def _memory(one: Remembered) -> dict[str, Any]:
    memory = one.memory
    return {
        "state": memory.state,
        "due_day": memory.due_day,
        "due_at": memory.due_at,
        "suspended": one.suspended,
        "lapses": memory.lapses,
        "hard": memory.is_hard,
    }


def media_in(*sides: str) -> Sequence[str]:
    """The ids of the pictures that Markdown shows, as they stand there."""
    found: dict[str, None] = {}
    for side in sides:
        for part in side.split("](media:")[1:]:
            found[part.partition(")")[0].strip()] = None
    return list(found)
