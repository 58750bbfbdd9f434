"""Pictures of cards that go to another deck.

A picture belongs to a deck. What the old deck's other cards do not show goes along as it is; what they go on showing is
copied, and the cards that go show the copy. Copies are stored before the transaction that moves the cards, and noted as
nobody's until a row names them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from bunri.domains.learning.errors import DeckMediaFull, PersonMediaFull
from bunri.domains.learning.records import Card, Media, media_key
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.settings import LearningSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction
from bunri.platform.storage import ObjectMissing, Storage

_MB = 2**20


class CopiesNeeded(Exception):
    """Of these pictures; nothing is moved."""

    def __init__(self, pictures: Sequence[Media]) -> None:
        super().__init__(f"{len(pictures)} pictures")
        self.pictures = pictures


async def check_room(
    repository: LearningRepository, settings: LearningSettings, deck_id: UUID, size: int, owner: str, owned: int
) -> None:
    """Whether ``deck_id`` has room for ``size`` bytes of pictures more, of which ``owned`` are new to ``owner``. Raises
    DeckMediaFull, PersonMediaFull."""
    if size and await repository.media_bytes_of_deck(deck_id) + size > settings.deck_media_mb * _MB:
        raise DeckMediaFull(limit_mb=settings.deck_media_mb)
    if owned and await repository.media_bytes_of_person(owner) + owned > settings.person_media_mb * _MB:
        raise PersonMediaFull(limit_mb=settings.person_media_mb)


class CardPictures:
    def __init__(
        self, transaction: Transaction[LearningRepository], storage: Storage, settings: LearningSettings, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._storage = storage
        self._settings = settings
        self._clock = clock

    async def copy(self, pictures: Sequence[Media], owner: str) -> dict[UUID, UUID]:
        """The ids of copies in the store, by those of the pictures. One that is not in the store is its own copy: its
        cards go on without it. Raises StorageUnavailable, StorageFull."""
        found: dict[UUID, UUID] = {}
        for each in pictures:
            copied = new_id()
            async with self._transaction() as repository:
                await check_room(repository, self._settings, each.deck_id, 0, owner, each.size)
                await repository.remove_objects([media_key(copied)])
            try:
                data = await self._storage.read(media_key(each.id), each.size)
            except ObjectMissing:
                found[each.id] = each.id
                continue
            await self._storage.write(media_key(copied), data, each.content_type)
            found[each.id] = copied
        return found

    async def carried(
        self,
        repository: LearningRepository,
        cards: Sequence[Card],
        deck_id: UUID,
        copies: Mapping[UUID, UUID],
        owner: str,
    ) -> list[Card]:
        """The cards as they are in the deck ``deck_id``, which has their pictures from then on. Raises CopiesNeeded,
        DeckMediaFull, PersonMediaFull."""
        shown = {each for card in cards for each in card.media}
        pictures = [each for each in (await repository.lock_media(sorted(shown))) if each.deck_id != deck_id]
        if not pictures:
            return [replace(card, deck_id=deck_id) for card in cards]
        ids = [each.id for each in pictures]
        staying = await repository.media_shown_beside(ids, [card.id for card in cards])
        if missing := [each for each in pictures if each.id in staying and each.id not in copies]:
            raise CopiesNeeded(missing)
        await repository.lock_media_of(deck_id)
        known = await repository.media_by_digest(deck_id, [each.sha256 for each in pictures])
        new = [each for each in pictures if each.sha256 not in known]
        size, owned = sum(each.size for each in new), sum(each.size for each in new if each.id in staying)
        await check_room(repository, self._settings, deck_id, size, owner, owned)
        ids_there: dict[UUID, UUID] = {}
        for each in pictures:
            if each.sha256 in known:
                ids_there[each.id] = known[each.sha256]
            elif each.id not in staying:
                await repository.move_media(each.id, deck_id)
                known[each.sha256] = ids_there[each.id] = each.id
            elif copies[each.id] != each.id:
                copied = replace(each, id=copies[each.id], deck_id=deck_id, owner=owner, created_at=self._clock())
                known[each.sha256] = ids_there[each.id] = await repository.add_media(copied)
                await repository.forget_objects([media_key(copied.id)])
        return [_shows(replace(card, deck_id=deck_id), ids_there) for card in cards]


def _shows(card: Card, ids: Mapping[UUID, UUID]) -> Card:
    """The card with the pictures by their ids in its deck."""

    def side(text: str) -> str:
        for old, new in ids.items():
            text = text.replace(f"](media:{old})", f"](media:{new})")
        return text

    before = None if card.before is None else side(card.before)
    media = tuple(ids.get(each, each) for each in card.media)
    return replace(card, front=side(card.front), back=side(card.back), before=before, media=media)
