"""Moving to another district."""

import pytest
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.learning.models import MemoryRow
from bunri.domains.learning.records import Card, DeckKind
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import State
from bunri.domains.learning.schemas import RatingName, ReviewIn
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.service.moving import Moving
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.starter import STARTER, Starter
from bunri.domains.users.public import ProfileChanged
from bunri.domains.users.schemas import MeIn
from bunri.domains.users.service.profiles import Profiles
from bunri.kit.ids import new_id

OLD, NEW = "seoul-nowon", "gyeonggi-gunpo"


@pytest.fixture
def moving(container: InlineContainer) -> Moving:
    return container.get(Moving)


async def lives_in(container: InlineContainer, who: Caller, region: str) -> None:
    await container.get(Profiles).change(who, MeIn(region=region))
    await container.get(Learners).profile_changed(ProfileChanged(owner=who.id))


async def cards_of(container: InlineContainer, starter: Starter, region: str) -> dict[str | None, Card]:
    found: dict[str | None, Card] = {}
    for kind in STARTER:
        deck = await starter.deck(kind, region, "ko")
        async with container.transactions("learning", LearningRepository)() as repository:
            found |= {card.item: card for card in await repository.cards_of(deck.id)}
    return found


async def memory(session_of: Sessions, who: Caller, card: Card) -> MemoryRow | None:
    async with session_of("learning") as session:
        return await session.get(MemoryRow, (who.id, card.id))


async def test_only_what_differs_is_new(
    container: InlineContainer,
    starter: Starter,
    moving: Moving,
    reviewing: Reviewing,
    one: Caller,
    session_of: Sessions,
) -> None:
    await lives_in(container, one, OLD)
    await starter.join(one, STARTER)
    assert not (await moving.shown(one)).moved
    there = await cards_of(container, starter, OLD)
    here = await cards_of(container, starter, NEW)
    same = next(item for item, card in here.items() if item in there and there[item].rule_hash == card.rule_hash)
    other = next(item for item, card in here.items() if item in there and there[item].rule_hash != card.rule_hash)
    for item in (same, other):
        said = ReviewIn(id=new_id(), rating=RatingName.EASY)
        await reviewing.review(one, there[item].id, said, BASE_URL)
    before = await memory(session_of, one, there[same])
    assert before
    await lives_in(container, one, NEW)
    shown = await moving.shown(one)
    assert (shown.moved, shown.region, shown.before) == (True, NEW, [OLD])
    differing = {each.item: each for each in shown.differing}
    assert same not in differing
    assert other
    assert (differing[other].before, differing[other].now) == (there[other].back, here[other].back)
    assert await memory(session_of, one, here[same]) is None  # nothing has changed yet

    assert await moving.move(one) == shown
    kept, new = await memory(session_of, one, here[same]), await memory(session_of, one, here[other])
    assert kept
    assert new
    assert (kept.state, kept.stability, kept.last_day) == (before.state, before.stability, before.last_day)
    assert new.state == int(State.NEW)
    assert await memory(session_of, one, there[same]) is None
    assert not (await moving.move(one)).moved
    async with container.transactions("learning", LearningRepository)() as repository:
        assert {deck.region for deck in await repository.starter_decks_of(one.id)} == {NEW}

    await lives_in(container, one, OLD)  # and back: what was known there is known again
    await moving.move(one)
    known, again = await memory(session_of, one, there[other]), await memory(session_of, one, there[same])
    assert known
    assert again
    assert known.state == again.state == int(State.REVIEW)


async def test_who_learns_nothing_of_the_rules_has_not_moved(
    container: InlineContainer, moving: Moving, one: Caller
) -> None:
    await lives_in(container, one, NEW)
    assert not (await moving.move(one)).moved
    async with container.transactions("learning", LearningRepository)() as repository:
        assert await repository.starter_decks_of(one.id) == []
        assert await repository.deck_of_kind(one.id, DeckKind.SCANS) is None
