"""Moving to another district: what is the same there stays learned, and only what differs is new."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel, Field

from bunri.domains.auth.public import Caller
from bunri.domains.learning.records import Card, Deck, DeckKind, Learner
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import NEW
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.folding import folded
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.service.starter import Starter
from bunri.platform.db import Transaction


class RuleThatDiffers(BaseModel):
    """What the same thing is to be done with, before and after."""

    item: str
    before: str | None = Field(description="Markdown; null: nothing of it was learned where one lived.")
    now: str | None = Field(description="Markdown; null: nothing of it is to be learned any more.")


class MoveOut(BaseModel):
    moved: bool = Field(description="One learns the rules of another district than that of one's profile.")
    region: str | None = Field(None, description="Of one's profile; null: the national rules.")
    before: list[str | None] = Field(default_factory=list, description="The regions whose rules one learns.")
    differing: list[RuleThatDiffers] = Field(default_factory=list)
    same: int = Field(0, description="Cards whose answer is the same: what one remembers of them stays.")


class _Pair(NamedTuple):
    old: Deck
    new: Deck
    there: Sequence[Card]
    here: Sequence[Card]


class Moving:
    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        learners: Learners,
        decks: Decks,
        starter: Starter,
    ) -> None:
        self._transaction = transaction
        self._learners = learners
        self._decks = decks
        self._starter = starter

    async def shown(self, caller: Caller) -> MoveOut:
        """What would change, with nothing changed yet."""
        learner = await self._learners.get(caller.id)
        return await self._compared(learner, await self._pairs(learner))

    async def move(self, caller: Caller) -> MoveOut:
        """The caller learns the decks of their region from now on instead of those they learned; returns what has
        changed. Once more changes nothing."""
        learner = await self._learners.get(caller.id)
        pairs = await self._pairs(learner)
        compared = await self._compared(learner, pairs)
        async with self._transaction() as repository:
            await repository.lock_person(caller.id)
            for pair in pairs:
                if await repository.member(pair.old.id, caller.id):
                    await self._exchange(repository, caller, learner, pair)
            scans = await repository.deck_of_kind(caller.id, DeckKind.SCANS)
            if pairs and scans:
                await repository.change_deck(
                    scans.id, rule_version=None
                )  # its cards are compared anew, as after a change
        return compared

    async def _pairs(self, learner: Learner) -> list[_Pair]:
        """The decks of other districts that ``learner`` has, each beside that of where they live."""
        region = await self._starter.region_of(learner)
        async with self._transaction() as repository:
            learned = await repository.starter_decks_of(learner.person)
        pairs = []
        for old in learned:
            if old.region != region:
                new = await self._starter.deck(old.kind, region, old.language)
                async with self._transaction() as repository:
                    there, here = await repository.cards_of(old.id), await repository.cards_of(new.id)
                pairs.append(_Pair(old, new, there, here))
        return pairs

    async def _compared(self, learner: Learner, pairs: Sequence[_Pair]) -> MoveOut:
        before = {card.item: card for pair in pairs for card in pair.there if card.item}
        now = {card.item: card for pair in pairs for card in pair.here if card.item}
        same = [item for item, card in now.items() if item in before and before[item].rule_hash == card.rule_hash]
        differing = [
            RuleThatDiffers(
                item=item,
                before=before[item].back if item in before else None,
                now=now[item].back if item in now else None,
            )
            for item in dict.fromkeys([*now, *before])
            if item not in same
        ]
        return MoveOut(
            moved=bool(pairs),
            region=await self._starter.region_of(learner),
            before=list(dict.fromkeys(pair.old.region for pair in pairs)),
            differing=differing,
            same=len(same),
        )

    async def _exchange(self, repository: LearningRepository, caller: Caller, learner: Learner, pair: _Pair) -> None:
        """The log of a card goes over to the one with the same answer, and what is remembered follows from it. Who has
        lived there before finds what they knew then."""
        await self._decks.enter(repository, pair.new.id, caller, "")
        there = {card.item: card for card in pair.there}
        mine = await repository.remembered(caller.id, [card.id for card in pair.there])
        for card in pair.here:
            old = there.get(card.item)
            if old and old.rule_hash == card.rule_hash:
                await repository.hand_over_log(caller.id, old.id, card.id)
                if old.id in mine and mine[old.id].suspended:
                    await repository.suspend(caller.id, [card.id], True)
            memory = await folded(repository, learner, card.id)
            if memory != NEW:
                await repository.save_memory(caller.id, card.id, memory)
        await repository.remove_members(pair.old.id, [caller.id])
