"""What those who learn a deck together see of each other: counts, of who shows them."""

from datetime import timedelta

import pytest
from tests.domains.learning.conftest import BASE_URL
from tests.support.api import api_client
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning.endpoints.deck_weeks import router
from bunri.domains.learning.errors import DeckMissing
from bunri.domains.learning.records import DeckKind
from bunri.domains.learning.schemas import CardIn, DeckIn, RatingName, ReviewIn
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.deck_weeks import DeckWeeks
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.starter import Starter
from bunri.domains.learning.user_data import LearningUserData
from bunri.kit.ids import new_id


@pytest.fixture
def weeks(container: InlineContainer) -> DeckWeeks:
    return container.get(DeckWeeks)


async def test_each_is_seen_by_the_others_only_when_they_want_it(
    weeks: DeckWeeks,
    decks: Decks,
    cards: Cards,
    reviewing: Reviewing,
    one: Caller,
    other: Caller,
    new_caller: NewCaller,
    clock: Clockwork,
) -> None:
    """It is a Friday; what was done in the week before does not count."""
    deck = (await decks.make(one, DeckIn(name="우리 집"))).id
    written = [CardIn(deck_id=deck, front=f"{number}번은 어디에?", back="캔류") for number in range(3)]
    ids = [card.id for each in written for card in await cards.write(one, each, BASE_URL)]
    token, third = (await decks.share(one, deck)).token, await new_caller("셋")
    for each in (other, third):
        await decks.join(each, token, None)

    async def review(who: Caller, rating: RatingName, ago: timedelta, *, undone: bool = False) -> None:
        sent = ReviewIn(id=new_id(), rating=rating, reviewed_at=clock() - ago)
        await reviewing.review(who, ids[0] if rating == RatingName.EASY else ids[1], sent, BASE_URL)
        if undone:
            await reviewing.undo(who, sent.id)

    await review(one, RatingName.EASY, timedelta(days=1))
    await review(other, RatingName.EASY, timedelta(days=6))
    await review(other, RatingName.AGAIN, timedelta(hours=2))
    await review(other, RatingName.GOOD, timedelta(hours=1), undone=True)

    found = await weeks.of(one, deck)
    assert (found.shown, found.members) == (False, 3)
    assert [(each.name, each.me, each.reviewed, each.known) for each in found.people] == [("하나", True, 1, 1)]
    await weeks.show(other, deck, True)
    seen = (await weeks.of(one, deck)).people
    assert [(each.name, each.me, each.reviewed, each.known) for each in seen] == [
        ("하나", True, 1, 1),
        ("둘", False, 1, 1),
    ]
    assert [each.name for each in (await weeks.of(third, deck)).people] == ["셋", "둘"]
    await weeks.show(other, deck, False)
    assert [each.name for each in (await weeks.of(third, deck)).people] == ["셋"]


async def test_only_those_who_learn_a_deck_of_somebody(
    weeks: DeckWeeks, decks: Decks, starter: Starter, one: Caller, other: Caller
) -> None:
    deck = (await decks.make(one, DeckIn(name="우리 집"))).id
    rules = (await starter.join(other, [DeckKind.EVERYDAY]))[0].id
    for deck_id in (deck, rules, new_id()):
        with pytest.raises(DeckMissing):
            await weeks.of(other, deck_id)
        with pytest.raises(DeckMissing):
            await weeks.show(other, deck_id, True)


async def test_what_is_exported_says_who_shows_it(
    weeks: DeckWeeks, decks: Decks, data: LearningUserData, one: Caller
) -> None:
    for name in ("우리 집", "나만"):
        made = await decks.make(one, DeckIn(name=name))
        await weeks.show(one, made.id, name == "우리 집")
    exported = (await data.export(one.id)).document["decks"]
    assert {each["name"]: each["shows_week"] for each in exported} == {"우리 집": True, "나만": False}


async def test_over_http(container: InlineContainer, weeks: DeckWeeks, decks: Decks) -> None:
    token = (await container.get(Guests).sign_in("하나")).access_token
    verifier = container.get(AccessVerifier)
    deck = (await decks.make(verifier.verify(token), DeckIn(name="우리 집"))).id
    client = api_client(router, weeks, verifier=verifier)
    path = f"/api/v1/learning/decks/{deck}/week"
    assert (await client.get(path)).status_code == 401
    client.headers["Authorization"] = f"Bearer {token}"
    assert (await client.put(path, json={"shown": True})).status_code == 204
    assert (await client.get(path)).json() == {
        "shown": True,
        "members": 1,
        "people": [{"name": "하나", "me": True, "reviewed": 0, "known": 0}],
    }
    assert (await client.put(path, json={"shown": "everybody"})).status_code == 422
