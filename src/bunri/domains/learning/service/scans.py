"""Scans that become cards: when their person wants it, and by themselves when the first guess was wrong."""

import hashlib
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from bunri.domains.auth.public import Caller
from bunri.domains.learning.errors import DeckMediaFull, PersonMediaFull, ScanUnanswered, TooManyCards
from bunri.domains.learning.records import (
    Card,
    Deck,
    DeckKind,
    Learner,
    Media,
    Member,
    Origin,
    Review,
    Role,
    media_key,
)
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.scan_cards import answered, new_scan_card, scan_origin
from bunri.domains.learning.schedule import Happened, State
from bunri.domains.learning.schemas import MyCardOut
from bunri.domains.learning.service.carrying import check_room
from bunri.domains.learning.service.folding import folded
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.service.shown import ShownCards
from bunri.domains.learning.service.starter import Starter
from bunri.domains.learning.settings import LearningSettings
from bunri.domains.recycling.public import RecyclingPublic, TableRule
from bunri.domains.waste.public import Corrected, VerdictItem, WastePublic
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import Language, text
from bunri.kit.materials import Material
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage

PICTURE_TYPE = "image/webp"


class Scans:
    """The picture is copied: the card is its person's own, and outlives the photo and its analysis."""

    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        learners: Learners,
        starter: Starter,
        shown: ShownCards,
        waste: WastePublic,
        recycling: RecyclingPublic,
        storage: Storage,
        settings: LearningSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._learners = learners
        self._starter = starter
        self._shown = shown
        self._waste = waste
        self._recycling = recycling
        self._storage = storage
        self._settings = settings
        self._clock = clock

    async def make(self, caller: Caller, job_id: UUID, position: int, base_url: str) -> MyCardOut:
        """The card of one item of a scan; once more is the same card. Raises ScanUnanswered."""
        item = await self._item(job_id, caller.id, position)
        if item is None:
            raise ScanUnanswered
        learner = await self._learners.get(caller.id)
        card_id = await self._make(learner, await self._deck(learner), scan_origin(job_id, position), item, job_id)
        async with self._transaction() as repository:
            mine = (await repository.remembered(caller.id, [card_id])).get(card_id)
        if mine is None:
            raise ScanUnanswered
        return await self._shown.mine(mine, base_url)

    async def put_into(self, deck: Deck, caller: Caller, job_id: UUID, position: int, *, pending: bool) -> None:
        """A card of one item of a scan of the caller's in a deck of somebody else, by whose rules it answers; once more
        changes nothing. Raises ScanUnanswered, TooManyCards."""
        item = await self._item(job_id, caller.id, position)
        if item is None:
            raise ScanUnanswered
        async with self._transaction() as repository:
            if await repository.count_cards(deck.id) >= self._settings.most_cards:
                raise TooManyCards(most=self._settings.most_cards)
        learner = await self._learners.get(caller.id)
        await self._make(learner, deck, scan_origin(job_id, position), item, job_id, pending=pending)

    async def corrected(self, event: Corrected) -> None:
        """A scan whose first guess was wrong becomes a card, where its person lets it; one that is a card already says
        what is right. Twice is once."""
        item = await self._item(event.job_id, event.owner, event.position)
        if item is None:
            return  # the analysis is gone, perhaps with its person
        learner = await self._learners.get(event.owner)
        origin_id = scan_origin(event.job_id, event.position)
        if await self._correct(learner, origin_id, item, event.job_id):
            return
        known = event.now is not None or event.material != Material.UNKNOWN
        was_wrong = known and event.kind != "confirm" and event.was != event.now
        if was_wrong and learner.makes_cards:
            await self._make(learner, await self._deck(learner), origin_id, item, event.job_id)

    async def _item(self, job_id: UUID, owner: str, position: int) -> VerdictItem | None:
        verdict = await self._waste.verdict(job_id, owner)
        if verdict is None or not 0 <= position < len(verdict.items):
            return None
        return verdict.items[position]

    async def _make(
        self, learner: Learner, deck: Deck, origin_id: str, item: VerdictItem, job_id: UUID, *, pending: bool = False
    ) -> UUID:
        """The id of the card, which may be there already."""
        by = await self._learners.get(deck.owner) if deck.owner else learner
        rule = await self._rule(item, by, deck.language)
        data = await self._waste.picture(job_id, learner.person)
        media = None if data is None else await self._keep(deck, learner.person, data)
        async with self._transaction() as repository:
            await repository.lock_person(learner.person)
            known = await repository.card_of_origin(deck.id, Origin.SCAN, origin_id)
            if known:
                return known.id
            shown = await self._shows(repository, media) if media else None
            position = await repository.next_position(deck.id)
            card = new_scan_card(deck.id, origin_id, item, rule, shown, deck.language, self._clock())
            card = replace(card, position=position, author=learner.person, pending=pending)
            await repository.add_cards([card])
            await repository.begin_cards(deck.id, cards=[card.id])
        return card.id

    async def _keep(self, deck: Deck, owner: str, data: bytes) -> Media | None:
        """Stored before a row names it, and until one does noted as nobody's: what a worker that dies leaves behind is
        removed with other pictures that nobody needs. None where deck or person have no room for it: the card asks by
        name, as where the picture is gone."""
        try:
            async with self._transaction() as repository:
                await check_room(repository, self._settings, deck.id, len(data), owner, len(data))
        except (DeckMediaFull, PersonMediaFull):
            return None
        digest = hashlib.sha256(data).digest()
        media = Media(new_id(), deck.id, owner, digest, PICTURE_TYPE, len(data), self._clock())
        async with self._transaction() as repository:
            await repository.remove_objects([media_key(media.id)])
        await self._storage.write(media_key(media.id), data, PICTURE_TYPE)
        return media

    async def _shows(self, repository: LearningRepository, media: Media) -> UUID:
        """The id by which the deck has the picture, which it may have had before."""
        kept = await repository.add_media(media)
        if kept == media.id:
            await repository.forget_objects([media_key(kept)])
        return kept

    async def _deck(self, learner: Learner) -> Deck:
        version = await self._recycling.version()
        async with self._transaction() as repository:
            await repository.lock_person(learner.person)
            found = await repository.deck_of_kind(learner.person, DeckKind.SCANS)
            if found:
                return found
            now = self._clock()
            name = text("learning.scan_cards.deck", learner.language)
            deck = Deck(new_id(), DeckKind.SCANS, name, learner.person, learner.language, now, now)
            deck = replace(deck, rule_version=version)
            await repository.add_deck(deck)
            await repository.add_member(Member(deck.id, learner.person, Role.OWNER, "", now))
        return deck

    async def _correct(self, learner: Learner, origin_id: str, item: VerdictItem, job_id: UUID) -> bool:
        """Whether there is a card of that scan, which says now what is right, unless its person wrote it anew."""
        async with self._transaction() as repository:
            deck = await repository.deck_of_kind(learner.person, DeckKind.SCANS)
            card = await repository.card_of_origin(deck.id, Origin.SCAN, origin_id) if deck else None
        if deck is None or card is None:
            return False
        rule = await self._rule(item, learner, learner.language)
        async with self._transaction() as repository:
            await repository.lock_person(learner.person)
            card = await repository.card_of_origin(deck.id, Origin.SCAN, origin_id)
            if card is None:
                return False
            told = answered(card, item, rule, deck.language)
            if told != card and not card.edited:
                now = self._clock()
                await repository.save_card(replace(told, before=card.back, changed_at=now, updated_at=now))
                await self._ask_soon(repository, learner, card, f"{job_id} {item.item} {now.isoformat()}", now)
        return True

    async def _ask_soon(
        self, repository: LearningRepository, learner: Learner, card: Card, why: str, now: datetime
    ) -> None:
        """What was learned was wrong: the card comes back today, and is known less well."""
        mine = (await repository.remembered(learner.person, [card.id])).get(card.id)
        if mine is None or mine.memory.state == State.NEW:
            return
        entry = Review(uuid5(card.id, why), learner.person, card.id, Happened.CUT, None, now, learner.day(now), now)
        await repository.add_reviews([entry])
        await repository.save_memory(learner.person, card.id, await folded(repository, learner, card.id))

    async def _rule(self, item: VerdictItem, learner: Learner, language: Language) -> TableRule | None:
        return (await self._starter.rules([item.item], learner, language)).get(item.item)
