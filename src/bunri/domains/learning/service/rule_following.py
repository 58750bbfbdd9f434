"""Cards follow the rules that they teach: what changed is said, and comes back soon.

A deck is compared with the rule table in one transaction, which also notes whose memories are to be cut. Those are cut
in batches, a transaction each, that note how far they are: a worker that is killed neither cuts twice nor forgets
anybody, and several workers at once see to different decks and rules.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import uuid5

from bunri.domains.learning.records import Card, Deck, DeckKind, Learner, Review, RuleChange
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.rule_cards import followed
from bunri.domains.learning.scan_cards import scan_card
from bunri.domains.learning.schedule import Happened, Memory, after
from bunri.domains.learning.service.starter import Starter
from bunri.domains.recycling.public import RecyclingPublic
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

DECKS_AT_ONCE: Final = 200
_PHOTOGRAPHED: Final = (DeckKind.SCANS, DeckKind.CLASS)
"""Decks whose cards are scans, of a person or a class: they say what the rules say where their owner lives."""
PEOPLE_AT_ONCE: Final = 200
"""Who are told in one transaction; meanwhile their reviews wait."""


class RuleFollowing:
    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        starter: Starter,
        recycling: RecyclingPublic,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._starter = starter
        self._recycling = recycling
        self._clock = clock

    async def follow(self) -> None:
        """All decks of cards from rules say what the rule table says, and everybody who learns what changed is asked
        soon. Once more changes nothing."""
        version, after_id = await self._recycling.version(), None
        while True:
            async with self._transaction() as repository:
                decks = await repository.stale_decks(version, after_id, DECKS_AT_ONCE)
            for deck in decks:
                await self._follow(deck, version)
            if len(decks) < DECKS_AT_ONCE:
                break
            after_id = decks[-1].id
        while await self._tell_some():
            pass

    async def _follow(self, deck: Deck, version: str) -> None:
        planned = await self._planned(deck)
        async with self._transaction() as repository:
            if await repository.claim_deck(deck.id, version):
                await self._compare(repository, deck, planned)
                await repository.change_deck(deck.id, rule_version=version)

    async def _planned(self, deck: Deck) -> dict[str, Card]:
        """By ``origin_id``: what its cards say by the rules as they stand."""
        if deck.kind not in _PHOTOGRAPHED:
            return {card.origin_id: card for card in await self._starter.planned(deck) if card.origin_id}
        async with self._transaction() as repository:
            cards = [card for card in await _cards(repository, deck) if card.rule_hash and card.item]
            learner = await repository.learner(deck.owner) if deck.owner else None
        if learner is None or not cards:
            return {}
        rules = await self._starter.rules(list({card.item for card in cards if card.item}), learner, deck.language)
        return {
            card.origin_id: scan_card(card, rules[card.item], deck.language)
            for card in cards
            if card.origin_id and card.item in rules
        }

    async def _compare(self, repository: LearningRepository, deck: Deck, planned: dict[str, Card]) -> None:
        now = self._clock()
        there = {card.origin_id: card for card in await _cards(repository, deck) if card.origin_id}
        for origin_id, card in there.items():
            if rule := planned.get(origin_id):
                await self._change(repository, card, rule, now)
        if deck.kind in _PHOTOGRAPHED:
            return  # what somebody photographed stays, whether or not the table still knows it
        gone = [card for origin_id, card in there.items() if origin_id not in planned]
        for card in gone:
            await repository.save_card(replace(card, removed_at=now, origin_id=None))
        await repository.forget_cards([card.id for card in gone])
        position = await repository.next_position(deck.id)
        new = [card for origin_id, card in planned.items() if origin_id not in there]
        new = [replace(card, position=position + number) for number, card in enumerate(new)]
        await repository.add_cards(new)
        await repository.begin_cards(deck.id, cards=[card.id for card in new])

    async def _change(self, repository: LearningRepository, card: Card, rule: Card, now: datetime) -> None:
        told = followed(card, rule, now)
        if told == card:
            return
        await repository.save_card(told)
        if told.rule_hash != card.rule_hash and not card.edited:
            await repository.add_rule_change(RuleChange(card.id, now))

    async def _tell_some(self) -> bool:
        """Cuts the memories of some who learn a card whose rule changed; whether there was anything to do."""
        async with self._transaction() as repository:
            change = await repository.claim_rule_change()
            if change is None:
                return False
            people = await repository.people_who_reviewed(change.card_id, change.told_until, PEOPLE_AT_ONCE)
            await repository.lock_people(people)
            await self._cut(repository, change, people)
            await repository.save_rule_change(change, people[-1] if len(people) == PEOPLE_AT_ONCE else None)
        return True

    async def _cut(self, repository: LearningRepository, change: RuleChange, people: Sequence[str]) -> None:
        now = self._clock()
        known = await repository.memories_of(change.card_id, people, now)
        cuts = {learner.person: _entry(change, learner, memory, now) for learner, memory in known}
        added = await repository.add_reviews(list(cuts.values()))
        cut = [
            (learner.person, after(memory, cuts[learner.person].entry, change.card_id))
            for learner, memory in known
            if cuts[learner.person].id in added
        ]
        await repository.save_cut(change.card_id, cut)


def _entry(change: RuleChange, learner: Learner, memory: Memory, now: datetime) -> Review:
    """The same change of the same card is one entry in somebody's log, however often it is made."""
    entry_id = uuid5(change.card_id, f"{change.changed_at.isoformat()} {learner.person}")
    at = max(now, memory.last_at or now)
    return Review(entry_id, learner.person, change.card_id, Happened.CUT, None, at, learner.day(at), now)


async def _cards(repository: LearningRepository, deck: Deck) -> list[Card]:
    """Also those that wait for a teacher: they are to be right when they are accepted."""
    return await repository.cards_of(deck.id, with_pending=True)
