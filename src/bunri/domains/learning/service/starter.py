"""Decks made from the rule table: joined on demand, shared by everybody of a district and a language."""

from collections.abc import Sequence
from typing import Final, Literal

from bunri.domains.auth.public import Caller
from bunri.domains.learning.records import Card, Deck, DeckKind, Learner
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.rule_cards import cards_of
from bunri.domains.learning.schemas import DeckOut
from bunri.domains.learning.service.decks import Decks, deck_out
from bunri.domains.learning.service.learners import Learners
from bunri.domains.recycling.public import RecyclingPublic, TableRule
from bunri.kit.clock import Clock
from bunri.kit.errors import Missing
from bunri.kit.ids import new_id
from bunri.kit.languages import Language, text
from bunri.platform.db import Transaction

StarterKind = Literal[DeckKind.EVERYDAY, DeckKind.HAZARDS]
STARTER: Final[tuple[StarterKind, ...]] = (DeckKind.EVERYDAY, DeckKind.HAZARDS)


class Starter:
    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        learners: Learners,
        decks: Decks,
        recycling: RecyclingPublic,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._learners = learners
        self._decks = decks
        self._recycling = recycling
        self._clock = clock

    async def join(self, caller: Caller, kinds: Sequence[DeckKind]) -> list[DeckOut]:
        """The caller learns the decks of their region and language from now on; once more changes nothing."""
        learner = await self._learners.get(caller.id)
        region = await self.region_of(learner)
        joined = []
        for kind in dict.fromkeys(kinds):
            deck = await self.deck(kind, region, learner.language)
            async with self._transaction() as repository:
                await self._decks.enter(repository, deck.id, caller, "")  # nobody owns it, so nobody sees names
                member = await repository.member(deck.id, caller.id)
                if member:
                    joined.append(deck_out(deck, member.role, await repository.count_cards(deck.id)))
        return joined

    async def region_of(self, learner: Learner) -> str | None:
        """None where the rule table does not know the region: then the national rules hold."""
        if learner.region is None:
            return None
        try:
            return await self._recycling.region(learner.region, learner.language)
        except Missing:
            return None

    async def deck(self, kind: DeckKind, region: str | None, language: Language) -> Deck:
        """The deck, made where it is not there. Two at once make one."""
        while True:
            async with self._transaction() as repository:
                found = await repository.deck_of_kind(None, kind, region=region, language=language)
            if found:
                return found
            version = await self._recycling.version()
            now = self._clock()
            deck = Deck(
                new_id(),
                kind,
                text(f"learning.starter.{kind}", language),
                None,
                language,
                now,
                now,
                text(f"learning.starter.{kind}_about", language),
                region,
                version,
            )
            cards = await self.planned(deck)
            async with self._transaction() as repository:
                if await repository.add_starter_deck(deck):
                    await repository.add_cards(cards)

    async def planned(self, deck: Deck) -> list[Card]:
        """What the deck says by the rule table as it stands."""
        items = await self._items(deck.kind, deck.region, deck.language)
        rules = await self._recycling.rules_for(items, deck.language, deck.region)
        return cards_of(deck.id, rules, deck.language, self._clock())

    async def _items(self, kind: DeckKind, region: str | None, language: Language) -> list[str]:
        """The items of all words under which people find what they hold, and those that the district treats otherwise
        by name; what is dangerous in the wrong bag has its own deck."""
        kinds = await self._recycling.kinds(language)
        dangerous = {each.category for each in kinds if each.hazard}
        local = await self._recycling.rules_for(await self._recycling.local_items(region), language, region)
        items = {each.item: each.hazard for each in kinds}
        for rule in local:
            items.setdefault(rule.item, rule.disposal.category in dangerous)
        return [item for item, hazard in items.items() if hazard == (kind == DeckKind.HAZARDS)]

    async def rules(self, items: Sequence[str], learner: Learner, language: Language) -> dict[str, TableRule]:
        """The rules where ``learner`` lives, by item."""
        region = await self.region_of(learner)
        found = await self._recycling.rules_for(items, language, region)
        return {rule.item: rule for rule in found}
