"""Decks made from the rule table."""

import asyncio
from typing import Any

from sqlalchemy import func, select
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL
from tests.support.callers import NewCaller

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.learning.models import DeckRow
from bunri.domains.learning.records import Card, CardKind, DeckKind
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.starter import STARTER, Starter
from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.users.schemas import MeIn
from bunri.domains.users.service.profiles import Profiles


async def lives_in(container: InlineContainer, who: Caller, **said: Any) -> None:
    await container.get(Profiles).change(who, MeIn(**said))


async def cards_of(container: InlineContainer, starter: Starter, kind: DeckKind, region: str | None) -> list[Card]:
    deck = await starter.deck(kind, region, "ko")
    async with container.transactions("learning", LearningRepository)() as repository:
        return await repository.cards_of(deck.id)


class TestJoining:
    async def test_teaches_the_rules_of_the_district(
        self, starter: Starter, one: Caller, container: InlineContainer, reviewing: Reviewing
    ) -> None:
        await lives_in(container, one, region="gyeonggi-gunpo")
        joined = await starter.join(one, STARTER)
        assert [(deck.kind, deck.region) for deck in joined] == [
            (DeckKind.EVERYDAY, "gyeonggi-gunpo"),
            (DeckKind.HAZARDS, "gyeonggi-gunpo"),
        ]
        assert all(deck.cards > 4 for deck in joined)
        assert (await reviewing.due(one, None, 50, BASE_URL)).counts.new == 10
        [rule] = await container.get(RecyclingPublic).rules_for(["broken-glass"], "ko", "gyeonggi-gunpo")
        hazards = await cards_of(container, starter, DeckKind.HAZARDS, "gyeonggi-gunpo")
        [broken] = [card for card in hazards if card.item == "broken-glass"]
        assert f"**{rule.disposal.category_name}**" in broken.back
        assert rule.disposal.why in broken.back
        assert rule.disposal.rule.source in broken.back
        assert all(step in broken.back for step in rule.disposal.steps)

    async def test_twice_is_once(self, starter: Starter, one: Caller) -> None:
        assert await starter.join(one, STARTER) == await starter.join(one, STARTER)

    async def test_a_region_that_the_table_does_not_know_has_the_national_rules(
        self, starter: Starter, one: Caller, container: InlineContainer
    ) -> None:
        await lives_in(container, one, region="atlantis")
        assert [deck.region for deck in await starter.join(one, STARTER)] == [None, None]

    async def test_two_at_once_make_one(
        self, starter: Starter, new_caller: NewCaller, container: InlineContainer, session_of: Sessions
    ) -> None:
        people = [await new_caller() for _ in range(6)]
        for each in people:
            await lives_in(container, each, region="jeju")
        joined = await asyncio.gather(*(starter.join(each, STARTER) for each in people))
        assert len({deck.id for decks in joined for deck in decks}) == 2
        async with session_of("learning") as session:
            statement = select(func.count()).select_from(DeckRow).where(DeckRow.region == "jeju")
            assert await session.scalar(statement) == 2

    async def test_asks_in_several_ways(self, starter: Starter, container: InlineContainer) -> None:
        found = [card for kind in STARTER for card in await cards_of(container, starter, kind, None)]
        assert {card.kind for card in found} == {CardKind.FLIP, CardKind.CHOICE, CardKind.TYPED}
        for card in found:
            assert card.accepted[0] in card.back
            if card.kind == CardKind.CHOICE:
                assert card.accepted[0] in card.choices
                assert 2 <= len(set(card.choices)) == len(card.choices) <= 4

    async def test_everything_people_throw_away_is_in_one_of_them(
        self, starter: Starter, container: InlineContainer
    ) -> None:
        kinds = await container.get(RecyclingPublic).kinds("ko")
        everyday, hazards = [
            {card.item for card in await cards_of(container, starter, kind, "seoul-gangnam")} for kind in STARTER
        ]
        assert {each.item for each in kinds if each.hazard} <= hazards
        assert {each.item for each in kinds if not each.hazard} <= everyday
        assert set(await container.get(RecyclingPublic).local_items("seoul-gangnam")) <= everyday | hazards
        assert not everyday & hazards
