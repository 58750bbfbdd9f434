"""What somebody wants of their learning."""

from datetime import date
from typing import Any

import httpx
import pytest
from tests.domains.learning.conftest import BASE_URL, NewCards
from tests.support.api import api_client
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning.endpoints.preferences import router
from bunri.domains.learning.preferences import PreferencesChange
from bunri.domains.learning.schemas import RatingName, ReviewIn
from bunri.domains.learning.service.preferences import Preferences
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.kit.ids import new_id

PATH = "/api/v1/learning/preferences"


@pytest.fixture
def preferences(container: InlineContainer) -> Preferences:
    return container.get(Preferences)


@pytest.fixture
async def client(container: InlineContainer, preferences: Preferences) -> httpx.AsyncClient:
    tokens = await container.get(Guests).sign_in("셋")
    made = api_client(router, preferences, verifier=container.get(AccessVerifier))
    made.headers["Authorization"] = f"Bearer {tokens.access_token}"
    return made


class TestPreferences:
    async def test_begin_with_what_suits_most(self, client: httpx.AsyncClient) -> None:
        assert (await client.get(PATH)).json() == {
            "new_a_day": 10,
            "reviews_a_day": 60,
            "week_goal": 30,
            "retention": 0.9,
            "rollover": 4,
            "makes_cards": True,
            "paused_until": None,
            "remind_by": "mail",
            "own_parameters": False,
            "zone": "Asia/Seoul",
            "reminder_hour": None,
        }

    async def test_what_is_left_out_stays(self, client: httpx.AsyncClient) -> None:
        before = (await client.get(PATH)).json()
        said = {"retention": 0.85, "paused_until": "2026-12-24", "makes_cards": False, "remind_by": "device"}
        assert (await client.patch(PATH, json=said)).json() == {**before, **said}
        assert (await client.patch(PATH, json={"new_a_day": 0})).json() == {**before, **said, "new_a_day": 0}
        again = await client.patch(PATH, json={"paused_until": None, "retention": None})
        assert again.json() == {**before, **said, "new_a_day": 0, "paused_until": None}

    @pytest.mark.parametrize(
        "said",
        [
            {"retention": 0.69},
            {"retention": 0.98},
            {"retention": "NaN"},
            {"rollover": 13},
            {"rollover": -1},
            {"new_a_day": 1001},
            {"reviews_a_day": -1},
            {"week_goal": 10_001},
            {"paused_until": "someday"},
            {"remind_by": "pigeon"},
            {"zone": "Asia/Tokyo"},
            {"reminder_hour": 9},
        ],
    )
    async def test_what_cannot_be_wanted_is_refused(self, client: httpx.AsyncClient, said: dict[str, Any]) -> None:
        before = (await client.get(PATH)).json()
        assert (await client.patch(PATH, json=said)).status_code == 422
        assert (await client.get(PATH)).json() == before

    async def test_nobody_without_a_name_has_any(self, container: InlineContainer, preferences: Preferences) -> None:
        nobody = api_client(router, preferences, verifier=container.get(AccessVerifier))
        assert (await nobody.get(PATH)).status_code == 401

    async def test_another_retention_moves_nothing_that_was_scheduled(
        self, preferences: Preferences, reviewing: Reviewing, one: Caller, new_cards: NewCards, clock: Clockwork
    ) -> None:
        """learning.md § 4, row 10: it counts from the next review on."""
        cards = await new_cards(one, 6)
        for card in cards:
            await reviewing.review(one, card, ReviewIn(id=new_id(), rating=RatingName.EASY), BASE_URL)
        clock.move(days=8)
        before = await reviewing.due(one, None, 50, BASE_URL)
        assert await preferences.change(one, PreferencesChange(retention=0.97))
        now = await reviewing.due(one, None, 50, BASE_URL)
        assert [(card.id, card.due_day) for card in now.cards] == [(card.id, card.due_day) for card in before.cards]
        shown = now.cards[0]
        assert int(shown.preview.good[1:-1]) < int(before.cards[0].preview.good[1:-1])

    async def test_caps_count_at_once(
        self, preferences: Preferences, reviewing: Reviewing, one: Caller, new_cards: NewCards
    ) -> None:
        await new_cards(one, 6)
        await preferences.change(one, PreferencesChange(new_a_day=2))
        assert (await reviewing.due(one, None, 50, BASE_URL)).counts.new == 2

    async def test_a_day_begins_when_one_wants(
        self, preferences: Preferences, reviewing: Reviewing, one: Caller
    ) -> None:
        """It is nine in the evening in Seoul."""
        assert (await reviewing.due(one, None, 1, BASE_URL)).day == date(2026, 11, 20)
        assert (await preferences.change(one, PreferencesChange(rollover=12))).rollover == 12
        assert (await reviewing.due(one, None, 1, BASE_URL)).day == date(2026, 11, 20)
