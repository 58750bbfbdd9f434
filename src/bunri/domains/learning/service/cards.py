"""Cards: written, found, changed, put aside."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.learning.errors import CardMissing, PictureMissing, TooManyCards
from bunri.domains.learning.records import Card, CardKind, Origin, Remembered
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import HARD_LAPSES
from bunri.domains.learning.schemas import BulkIn, CardChange, CardIn, MyCardOut
from bunri.domains.learning.service.carrying import CardPictures, CopiesNeeded
from bunri.domains.learning.service.decks import editable, known
from bunri.domains.learning.service.shown import ShownCards, media_in
from bunri.domains.learning.settings import LearningSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id, parse_id
from bunri.platform.db import Transaction

MOST_HARD = 50


class Cards:
    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        shown: ShownCards,
        pictures: CardPictures,
        settings: LearningSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._shown = shown
        self._pictures = pictures
        self._settings = settings
        self._clock = clock

    async def write(self, caller: Caller, said: CardIn, base_url: str) -> list[MyCardOut]:
        """One card, or two that ask both ways. Raises DeckMissing, MayNotEdit, TooManyCards, PictureMissing."""
        now = self._clock()
        async with self._transaction() as repository:
            await editable(repository, said.deck_id, caller.id)
            if await repository.count_cards(said.deck_id) >= self._settings.most_cards:
                raise TooManyCards(most=self._settings.most_cards)
            cards = _written(said, caller.id, await repository.next_position(said.deck_id), now)
            cards = [await with_media(repository, card) for card in cards]
            await repository.add_cards(cards)
            await repository.begin_cards(said.deck_id)
            await repository.change_deck(said.deck_id, updated_at=now)
            mine = await repository.remembered(caller.id, [card.id for card in cards])
        return [await self._shown.mine(mine[card.id], base_url) for card in cards]

    async def get(self, caller: Caller, card_id: UUID, base_url: str) -> MyCardOut:
        """Raises CardMissing."""
        async with self._transaction() as repository:
            one = await _mine(repository, caller.id, card_id)
        return await self._shown.mine(one, base_url)

    async def listed(
        self,
        caller: Caller,
        base_url: str,
        *,
        deck_id: UUID | None = None,
        words: str = "",
        tag: str | None = None,
        after: UUID | None = None,
        limit: int = 50,
    ) -> list[MyCardOut]:
        """Of the decks that the caller learns, the newest first. Raises DeckMissing."""
        async with self._transaction() as repository:
            if deck_id:
                await known(repository, deck_id, caller.id)
            found = await repository.find_cards(caller.id, words, deck_id=deck_id, tag=tag, after=after, limit=limit)
            mine = await repository.remembered(caller.id, [card.id for card in found])
        return [await self._shown.mine(mine[card.id], base_url) for card in found if card.id in mine]

    async def hard_ones(self, caller: Caller, base_url: str) -> list[MyCardOut]:
        """What the caller forgot six times and more, suspended or not: to be looked at differently, never hidden."""
        async with self._transaction() as repository:
            found = await repository.hard_ones(caller.id, HARD_LAPSES, MOST_HARD)
        return [await self._shown.mine(one, base_url) for one in found]

    async def change(self, caller: Caller, card_id: UUID, said: CardChange, base_url: str) -> MyCardOut:
        """What it says, for everybody, where the caller may write; whether it is asked, for oneself.

        Raises CardMissing, MayNotEdit, PictureMissing."""
        changes = said.model_dump(exclude_unset=True, exclude={"suspended", "seen_change"}, exclude_none=True)
        async with self._transaction() as repository:
            one = await _mine(repository, caller.id, card_id)
            if said.suspended is not None:
                await repository.suspend(caller.id, [card_id], said.suspended)
            if said.seen_change:
                _, member = await known(repository, one.card.deck_id, caller.id)
                if member.role.may_edit:  # what others learned before is for them to see
                    await repository.save_card(replace(one.card, before=None))
            if changes:
                await editable(repository, one.card.deck_id, caller.id)
                lists = {name: tuple(value) for name, value in changes.items() if isinstance(value, list)}
                edited = one.card.edited or one.card.origin in (Origin.RULE, Origin.SCAN)
                card = replace(one.card, **{**changes, **lists}, edited=edited, updated_at=self._clock())
                await repository.save_card(await with_media(repository, card))
            one = await _mine(repository, caller.id, card_id)
        return await self._shown.mine(one, base_url)

    async def remove(self, caller: Caller, card_id: UUID) -> None:
        """For everybody who learns its deck. Raises CardMissing, MayNotEdit."""
        async with self._transaction() as repository:
            one = await _mine(repository, caller.id, card_id)
            await editable(repository, one.card.deck_id, caller.id)
            await self._remove(repository, [one.card])

    async def change_many(self, caller: Caller, said: BulkIn) -> int:
        """How many were changed: those of ``said.ids`` that the caller learns. Pictures go with cards that are moved.

        Raises MayNotEdit, DeckMissing, TooManyCards, DeckMediaFull, PersonMediaFull, StorageUnavailable, StorageFull.
        """
        copies: dict[UUID, UUID] = {}
        while True:
            try:
                return await self._change_many(caller, said, copies)
            except CopiesNeeded as needed:
                copies |= await self._pictures.copy(needed.pictures, caller.id)

    async def _change_many(self, caller: Caller, said: BulkIn, copies: Mapping[UUID, UUID]) -> int:
        async with self._transaction() as repository:
            found = [one.card for one in (await repository.remembered(caller.id, said.ids)).values()]
            if said.suspended is not None:
                await repository.suspend(caller.id, [card.id for card in found], said.suspended)
            if said.remove or said.add_tags or said.remove_tags or said.to_deck:
                for deck_id in {card.deck_id for card in found} | ({said.to_deck} if said.to_deck else set()):
                    await editable(repository, deck_id, caller.id)
            if said.remove:
                await self._remove(repository, found)
            elif said.add_tags or said.remove_tags or said.to_deck:
                cards = await self._moved(repository, found, said.to_deck, copies, caller) if said.to_deck else found
                await self._change_all(repository, cards, said)
            if said.to_deck and not said.remove:
                await repository.move_memories([card.id for card in found], said.to_deck)
                await repository.begin_cards(said.to_deck)
        return len(found)

    async def _moved(
        self,
        repository: LearningRepository,
        cards: Sequence[Card],
        deck_id: UUID,
        copies: Mapping[UUID, UUID],
        caller: Caller,
    ) -> list[Card]:
        new = sum(card.deck_id != deck_id for card in cards)
        if new and await repository.count_cards(deck_id) + new > self._settings.most_cards:
            raise TooManyCards(most=self._settings.most_cards)
        return await self._pictures.carried(repository, cards, deck_id, copies, caller.id)

    async def _change_all(self, repository: LearningRepository, cards: Sequence[Card], said: BulkIn) -> None:
        now = self._clock()
        for card in cards:
            kept = [tag for tag in card.tags if tag not in said.remove_tags]
            tags = tuple(dict.fromkeys([*kept, *said.add_tags]))[:20]
            await repository.save_card(replace(card, tags=tags, updated_at=now))

    async def _remove(self, repository: LearningRepository, cards: Sequence[Card]) -> None:
        now = self._clock()
        for card in cards:
            await repository.save_card(replace(card, removed_at=now, origin_id=None))
        await repository.forget_cards([card.id for card in cards])


async def _mine(repository: LearningRepository, person: str, card_id: UUID) -> Remembered:
    found = (await repository.remembered(person, [card_id])).get(card_id)
    if found is None:
        raise CardMissing
    return found


async def with_media(repository: LearningRepository, card: Card) -> Card:
    """The card with the ids of the pictures that it shows, all of them its deck's. Raises PictureMissing."""
    named = media_in(card.front, card.back)
    ids = [parse_id(each) for each in named]
    there = await repository.media_by_id([each for each in ids if each])
    for name, each in zip(named, ids, strict=True):
        if each is None or each not in there or there[each].deck_id != card.deck_id:
            raise PictureMissing(id=name[:40])
    return replace(card, media=tuple(each for each in ids if each))


def _written(said: CardIn, author: str, position: int, now: datetime) -> list[Card]:
    note_id = new_id()
    first = Card(
        note_id,
        said.deck_id,
        note_id,
        said.kind,
        said.front,
        said.back,
        now,
        now,
        position=position,
        choices=tuple(said.choices) if said.kind == CardKind.CHOICE else (),
        accepted=tuple(said.accepted),
        tags=tuple(dict.fromkeys(said.tags)),
        author=author,
    )
    if not said.both_ways:
        return [first]
    return [first, replace(first, id=new_id(), front=said.back, back=said.front, position=position + 1)]
