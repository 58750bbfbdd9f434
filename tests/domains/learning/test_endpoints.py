"""Answers, checks and tests over HTTP."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.domains.learning.test_weekly_tests import learn
from tests.support.api import bare_app, client_of
from tests.support.providers import Only

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning.endpoints import cards, checks, decks, reviews, tests
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.checking import Checking
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.weekly_tests import WeeklyTests
from bunri.edge.http.requests import RequestContext
from bunri.kit.ids import new_id

PREFIX = "/api/v1/learning"


@pytest.fixture
async def signed_in(container: InlineContainer) -> str:
    return (await container.get(Guests).sign_in("하나")).access_token


@pytest.fixture
async def client(container: InlineContainer, signed_in: str) -> AsyncIterator[httpx.AsyncClient]:
    app = bare_app(*(each.router for each in (decks, cards, checks, reviews, tests)))
    app.add_middleware(RequestContext)
    kinds = (Decks, Cards, Checking, Reviewing, WeeklyTests)
    app.state.providers = Only(*(container.get(kind) for kind in kinds))
    app.state.verifier = container.get(AccessVerifier)
    app.state.public_url = "http://127.0.0.1"
    headers = {"Authorization": f"Bearer {signed_in}", "Accept-Language": "en"}
    async with client_of(app, headers=headers) as opened:
        yield opened


async def test_an_answer_is_graded_and_overruled(client: httpx.AsyncClient) -> None:
    deck = (await client.post(f"{PREFIX}/decks", json={"name": "분리배출"})).json()
    written = {"deck_id": deck["id"], "kind": "typed", "front": "우유팩은?", "back": "종이팩"}
    [card] = (await client.post(f"{PREFIX}/cards", json=written)).json()
    said = {"id": str(new_id()), "answer": "종이류"}
    reviewed = await client.post(f"{PREFIX}/cards/{card['id']}/reviews", json=said)
    assert reviewed.status_code == 201
    grade = reviewed.json()["grade"]
    assert grade == {
        "score": 0,
        "missing": ["종이팩"],
        "by": "builtin",
        "rating": "again",
        "threshold": 70,
        "waiting": False,
        "overruled": False,
    }
    overruled = (await client.patch(f"{PREFIX}/reviews/{said['id']}", json={"rating": "good"})).json()
    assert overruled["grade"] == {**grade, "overruled": True}
    assert overruled["card"]["due_at"] != reviewed.json()["card"]["due_at"]


async def test_an_answer_of_more_than_500_characters_is_refused(client: httpx.AsyncClient) -> None:
    said = {"id": str(new_id()), "answer": "a" * 501}
    assert (await client.post(f"{PREFIX}/cards/{new_id()}/reviews", json=said)).status_code == 422


async def test_a_card_is_checked(client: httpx.AsyncClient) -> None:
    checked = await client.post(f"{PREFIX}/cards/check", json={"kind": "flip", "front": "milk carton", "back": ""})
    assert checked.status_code == 200
    assert checked.json() == {
        "findings": [{"kind": "logical", "code": "back_empty", "text": "The back is empty."}],
        "by": "builtin",
    }


async def test_a_weekly_test(client: httpx.AsyncClient, container: InlineContainer, signed_in: str) -> None:
    few = await client.post(f"{PREFIX}/tests")
    assert (few.status_code, few.json()["code"]) == (409, "weekly_test_too_few_cards")
    await learn(container, container.get(AccessVerifier).verify(signed_in))
    made = await client.post(f"{PREFIX}/tests")
    assert made.status_code == 201
    at = f"{PREFIX}/tests/{made.json()['id']}"
    answered = await client.post(f"{at}/answers", json={"position": 1, "answer": "?"})
    assert (answered.status_code, answered.json()["right"]) == (200, False)
    done = (await client.post(f"{at}/complete", json={"repeat_wrong": True})).json()
    assert done["result"]["repeated"] == len(done["result"]["look_at"]) == 8
    assert (await client.get(at)).json() == done
    assert [each["id"] for each in (await client.get(f"{PREFIX}/tests")).json()] == [done["id"]]
    missing = await client.get(f"{PREFIX}/tests/{new_id()}")
    assert (missing.status_code, missing.json()["code"]) == (404, "weekly_test_missing")
