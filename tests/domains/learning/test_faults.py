"""Faults that others had, as tests. What is in no other file is here; this is where each of them is tested:

=== ================================================================== =================================================
row given and expected                                                 tests
=== ================================================================== =================================================
1   03:59 and 04:01, on both days on which clocks change               test_study_days.TestChangingClocks
2   half past one at night: streak, cap and statistics say yesterday   here; test_study_days; test_statistics.TestStats
3   zone or hour of the day's beginning change while one reviews       test_queue.TestMovedMidSession; test_statistics.TestStats
4   days of 23 and 25 hours: ten days are ten days                     test_schedule.TestStudyDays; test_study_days
5   one step back after a sibling was put off                          test_queue.TestUndoOnce; test_statistics.TestStats
6   150 reviews without a network, sent twice at once                  test_reviewing.TestWithoutANetwork
7   two devices, one card, one day                                     test_reviewing.TestWithoutANetwork
8   fuzz: never sooner than the last time; shown is what comes         test_schedule.TestFuzz; test_reviewing.TestReview
9   100 days away and 800 cards due                                    test_queue.TestAbsence; test_schedule.TestAbsence
10  other parameters: nothing that was scheduled moves                 test_preferences; test_optimizing; test_queue
11  failed six times: a hard one, and asked as before                  test_schedule.TestHardOnes
12  caps, siblings, suspended cards: the number is what is asked       test_queue.TestAnyMix
13  a package with a collection that only asks to update               anki/test_reading.TestForms
14  the same deck again: changed, not doubled, the schedule kept       test_imports.TestAgain
15  two decks with different pictures of one name                      test_imports.TestPackages
16  HTML, nothing, a bomb, or ``../`` as a package                     anki/test_reading.TestHostile; test_imports.TestRefused
17  Beat twice, restarted, killed: one reminder a person and day       test_reminders.TestAWeek; test_device_reminders.TestOnce
18  the server's zone; who moves gets one that day                     here; test_reminders.TestWhoIsReminded
19  ten to midnight and ten past; two o'clock                          test_statistics
20  an answer that orders full marks                                   test_grading; test_model_grading.TestAttacks
21  a verdict overruled: the schedule follows the person               test_reviewing.TestOverruling; test_model_grading
22  a step of a minute is due in a minute                              test_schedule.TestGoldenNumbers
23  times without a zone, and of other zones                           here; test_schedule.TestStudyDays
24  decomposed Hangul, and other spaces                                test_grading.TestShortAnswers
25  an LTI launch that is reloaded                                     there is no LTI
=== ================================================================== =================================================
"""  # noqa: E501  # a table

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL, NewCards, Subscriber
from tests.domains.learning.reminded import mails_to
from tests.support.api import bare_app, client_of
from tests.support.clockwork import Clockwork
from tests.support.providers import Only

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning.endpoints import cards, decks, reviews
from bunri.domains.learning.schemas import RatingName, ReviewIn
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.reminders import Reminders
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.edge.http.requests import RequestContext
from bunri.kit.ids import new_id

PREFIX = "/api/v1/learning"


async def test_new_cards_of_half_past_one_at_night_are_those_of_the_evening_before(
    reviewing: Reviewing, one: Caller, new_cards: NewCards, clock: Clockwork
) -> None:
    """[2]"""
    made = await new_cards(one, 30)
    clock.now = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # half past one of the 21st in Seoul
    for card in made[:10]:
        await reviewing.review(one, card, ReviewIn(id=new_id(), rating=RatingName.EASY), BASE_URL)
    assert (await reviewing.due(one, None, 50, BASE_URL)).counts.new == 0
    clock.now = datetime(2026, 11, 20, 18, 59, tzinfo=UTC)
    assert (await reviewing.due(one, None, 50, BASE_URL)).counts.new == 0
    clock.now = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # four
    assert (await reviewing.due(one, None, 50, BASE_URL)).counts.new == 10


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def zone_of_the_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("zone_of_the_server")
async def test_a_reminder_comes_at_the_persons_hour_wherever_the_server_stands(
    subscriber: Subscriber, container: InlineContainer, clock: Clockwork, session_of: Sessions
) -> None:
    """[18]"""
    who = await subscriber(time_zone="Europe/Berlin")
    for moment, mails in (("2026-11-21T07:59:59Z", 0), ("2026-11-21T08:00:00Z", 1), ("2026-11-21T23:00:00Z", 1)):
        clock.now = datetime.fromisoformat(moment)
        await container.get(Reminders).send()
        assert len(await mails_to(session_of, who)) == mails


class TestTimes:
    """[23] Those that a client says."""

    @pytest.fixture
    async def client(self, container: InlineContainer) -> AsyncIterator[httpx.AsyncClient]:
        app = bare_app(decks.router, cards.router, reviews.router)
        app.add_middleware(RequestContext)
        app.state.providers = Only(*(container.get(kind) for kind in (Decks, Cards, Reviewing)))
        app.state.verifier = container.get(AccessVerifier)
        app.state.public_url = BASE_URL
        token = (await container.get(Guests).sign_in("하나")).access_token
        async with client_of(app, headers={"Authorization": f"Bearer {token}"}) as opened:
            yield opened

    @pytest.fixture
    async def card(self, client: httpx.AsyncClient) -> str:
        deck = (await client.post(f"{PREFIX}/decks", json={"name": "분리배출"})).json()["id"]
        written = {"deck_id": deck, "front": "우유팩은?", "back": "종이팩"}
        return str((await client.post(f"{PREFIX}/cards", json=written)).json()[0]["id"])

    @pytest.mark.parametrize("said", ["2026-11-20T11:00:00", "2026-11-20", "eleven", "2026-11-20T11:00:00+99:00"])
    async def test_without_a_zone_are_refused(self, client: httpx.AsyncClient, card: str, said: str) -> None:
        review = {"id": str(new_id()), "rating": "easy", "reviewed_at": said}
        assert (await client.post(f"{PREFIX}/cards/{card}/reviews", json=review)).status_code == 422
        batch = {"reviews": [{**review, "card_id": card}]}
        assert (await client.post(f"{PREFIX}/reviews/batch", json=batch)).status_code == 422

    async def test_of_another_zone_are_the_same_moment(
        self, client: httpx.AsyncClient, card: str, clock: Clockwork
    ) -> None:
        """Two in the afternoon in Kiribati is nine in the morning in Seoul, of the same day."""
        said = (clock() - timedelta(hours=12)).isoformat()
        there = datetime.fromisoformat(said).astimezone(ZoneInfo("Pacific/Kiritimati")).isoformat()
        found = []
        for moment in (said, there):
            review = {"id": str(new_id()), "rating": "easy", "reviewed_at": moment}
            answer = await client.post(f"{PREFIX}/cards/{card}/reviews", json=review)
            assert answer.status_code == 201
            found.append(answer.json()["card"]["due_day"])
            assert (await client.delete(f"{PREFIX}/reviews/{review['id']}")).is_success
        assert found[0] == found[1]
