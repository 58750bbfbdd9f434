"""Reminders: at the person's own hour, once, and only when there is something to say."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import HttpUrl
from sqlalchemy import text, update
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL, NewCards, Subscriber
from tests.domains.learning.reminded import days_of, mails_to, profile
from tests.support.clockwork import Clockwork
from tests.support.smtp import Inbox, mail_server, settings_for

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.models import Person
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning.models import PersonRow
from bunri.domains.learning.records import Learner
from bunri.domains.learning.reminding import kept_reminder, next_reminder
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schemas import RatingName, ReviewIn
from bunri.domains.learning.service.reminders import Reminders
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.user_data import LearningUserData
from bunri.domains.recycling.collecting import CollectionDays
from bunri.domains.recycling.schemas import CollectionDayIn, CollectionDaysIn
from bunri.domains.users.public import MailKind
from bunri.kit.ids import new_id
from bunri.kit.materials import Material
from bunri.platform.mail import Mailer
from bunri.platform.mail.delivery import MailDelivery
from bunri.platform.mail.templates import faults_of

SEOUL = ZoneInfo("Asia/Seoul")


async def remind_at(session_of: Sessions, who: Caller) -> datetime | None:
    async with session_of("learning") as session:
        row = await session.get(PersonRow, who.id)
    assert row
    return row.remind_at


class TestHours:
    @pytest.mark.parametrize(
        ("zone", "hour", "after", "expected"),
        [
            ("Asia/Seoul", 9, "2026-11-20T23:59:59Z", "2026-11-21T00:00:00Z"),
            ("Asia/Seoul", 9, "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
            ("Europe/Berlin", 9, "2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"),  # 23 hours
            ("Europe/Berlin", 9, "2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z"),  # 25 hours
            ("Europe/Berlin", 2, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),  # left out: it is 03:00
            ("Europe/Berlin", 2, "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"),  # the first of two
            ("Europe/Berlin", 2, "2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z"),  # not the second
            ("Pacific/Apia", 9, "2026-11-20T12:00:00Z", "2026-11-20T20:00:00Z"),
        ],
    )
    def test_the_next_one(self, zone: str, hour: int, after: str, expected: str) -> None:
        assert next_reminder(zone, hour, datetime.fromisoformat(after)) == datetime.fromisoformat(expected)

    def test_none_are_wanted(self) -> None:
        assert next_reminder("Asia/Seoul", None, datetime(2026, 11, 20, tzinfo=UTC)) is None

    def test_a_change_of_the_profile_loses_none_that_is_due(self) -> None:
        now = datetime(2026, 11, 20, 0, 0, 30, tzinfo=UTC)
        due = Learner("guest_1", now, reminder_hour=9, remind_at=now - timedelta(seconds=30))
        assert kept_reminder(due, "Asia/Seoul", 9, now) == due.remind_at
        assert kept_reminder(due, "Europe/Berlin", 9, now) == due.remind_at
        assert kept_reminder(due, "Asia/Seoul", None, now) is None


def test_its_mails_are_whole() -> None:
    assert faults_of("bunri.domains.learning") == []


class TestAWeek:
    @pytest.mark.parametrize("zone", ["Asia/Seoul", "Europe/Berlin", "America/Los_Angeles"])
    async def test_once_a_day_at_the_hour_whatever_dies(
        self,
        container: InlineContainer,
        subscriber: Subscriber,
        clock: Clockwork,
        session_of: Sessions,
        monkeypatch: pytest.MonkeyPatch,
        zone: str,
    ) -> None:
        """Clocks change within the week in Berlin and Los Angeles. Two beats run at once, are away for two hours, and
        a worker dies in the middle of a batch."""
        clock.now = datetime(2026, 10, 22 if zone == "Europe/Berlin" else 29, 3, tzinfo=UTC)
        people = [await subscriber(time_zone=zone) for _ in range(3)]
        add_mail = LearningRepository.add_mail
        left = 0

        async def dies(self: LearningRepository, request: Any) -> UUID:
            nonlocal left
            if left:
                left -= 1
                if not left:
                    raise RuntimeError("killed")
            return await add_mail(self, request)

        monkeypatch.setattr(LearningRepository, "add_mail", dies)
        place = ZoneInfo(zone)
        begun, made = clock().astimezone(place).date(), dict.fromkeys((each.id for each in people), 0)
        for tick in range(7 * 24 * 4):
            clock.move(minutes=15)
            hour = clock().astimezone(place).hour
            if 4 <= hour < 6:
                continue  # no beat
            left = 2 if tick % 3 == 0 else 0
            await asyncio.gather(*(container.get(Reminders).send() for _ in range(2)), return_exceptions=True)
            left = 0
            await container.get(Reminders).send()
            for each in people:
                count = len(await mails_to(session_of, each)) if hour == 9 else made[each.id]
                if count > made[each.id]:
                    assert clock().astimezone(place).time() == time(9)
                    made[each.id] += 1
                assert count == made[each.id]
        for each in people:
            days = await days_of(session_of, each)
            assert len(days) == 7
            assert [day - days[0] for day in days] == [timedelta(days=number) for number in range(7)]
            assert days[0] - begun <= timedelta(days=1)
            assert len(await mails_to(session_of, each)) == 7


class TestWhoIsReminded:
    async def _nine(self, clock: Clockwork, reminders: Reminders) -> None:
        clock.now = datetime(2026, 11, 21, 0, 0, 10, tzinfo=UTC)  # 09:00 in Seoul
        await reminders.send()

    async def test_says_how_many_cards_are_due(
        self, subscriber: Subscriber, reminders: Reminders, clock: Clockwork, session_of: Sessions
    ) -> None:
        who = await subscriber()
        await self._nine(clock, reminders)
        [mail] = await mails_to(session_of, who)
        assert (mail["due"], mail["collection"]) == (1, [])
        assert await remind_at(session_of, who) == datetime(2026, 11, 22, tzinfo=UTC)

    async def test_none_without_anything_to_say(
        self,
        subscriber: Subscriber,
        reminders: Reminders,
        reviewing: Reviewing,
        container: InlineContainer,
        clock: Clockwork,
        session_of: Sessions,
        new_cards: NewCards,
    ) -> None:
        quiet = [
            await subscriber(due=False),
            await subscriber(email=False),
            await subscriber(mails=[]),
            await subscriber(reminder_hour=None),
        ]
        paused, studied = await subscriber(), await subscriber()
        async with container.transactions("learning", LearningRepository)() as repository:
            await repository.change_learner(paused.id, paused_until=date(2026, 11, 25))
        [card] = await new_cards(studied)
        clock.now = datetime(2026, 11, 20, 20, tzinfo=UTC)  # 05:00 of the 21st
        await reviewing.review(studied, card, ReviewIn(id=new_id(), rating=RatingName.GOOD), BASE_URL)
        await self._nine(clock, reminders)
        for who in (*quiet, paused, studied):
            assert await mails_to(session_of, who) == []
            assert await days_of(session_of, who) == []

    async def test_what_is_collected_tomorrow_is_in_the_same_mail(
        self,
        subscriber: Subscriber,
        reminders: Reminders,
        container: InlineContainer,
        clock: Clockwork,
        session_of: Sessions,
    ) -> None:
        both = {"region": "seoul-nowon", "building": "알림 아파트", "mails": list(MailKind)}
        with_cards, without = await subscriber(**both), await subscriber(**both, due=False)
        day = CollectionDayIn(material=Material.VINYL, weekday=6, begins=time(20))  # the 22nd is a Sunday
        said = CollectionDaysIn(region="seoul-nowon", building="알림 아파트", days=[day])
        await container.get(CollectionDays).say(with_cards, said)
        await self._nine(clock, reminders)
        [one], [other] = await mails_to(session_of, with_cards), await mails_to(session_of, without)
        assert (one["due"], one["collection"]) == (1, ["비닐 20:00–"])
        assert (other["due"], other["collection"]) == (0, ["비닐 20:00–"])

    async def test_who_moves_to_another_zone_gets_one_that_day(
        self,
        subscriber: Subscriber,
        reminders: Reminders,
        container: InlineContainer,
        clock: Clockwork,
        session_of: Sessions,
    ) -> None:
        who = await subscriber()
        await self._nine(clock, reminders)
        await profile(container, who, time_zone="America/Los_Angeles")
        assert await remind_at(session_of, who) == datetime(2026, 11, 21, 17, tzinfo=UTC)  # nine there, on the 21st too
        clock.now = datetime(2026, 11, 21, 17, tzinfo=UTC)
        await reminders.send()
        assert len(await mails_to(session_of, who)) == 1
        clock.move(days=1)
        await reminders.send()
        assert await days_of(session_of, who) == [date(2026, 11, 21), date(2026, 11, 22)]

    async def test_one_that_comes_hours_late_is_not_sent(
        self, subscriber: Subscriber, reminders: Reminders, clock: Clockwork, session_of: Sessions
    ) -> None:
        who = await subscriber()
        clock.now = datetime(2026, 11, 21, 3, 0, 1, tzinfo=UTC)
        await reminders.send()
        assert await mails_to(session_of, who) == []
        assert await remind_at(session_of, who) == datetime(2026, 11, 22, tzinfo=UTC)

    async def test_nothing_is_left_of_who_is_erased(
        self,
        subscriber: Subscriber,
        reminders: Reminders,
        clock: Clockwork,
        session_of: Sessions,
        data: LearningUserData,
    ) -> None:
        who, heir = await subscriber(), await subscriber()
        await self._nine(clock, reminders)
        assert (await data.export(who.id)).document["reminders"] == [{"day": "2026-11-21", "kind": "daily"}]
        await data.upgrade(who.id, heir.id)
        await data.erase(heir.id)
        for each in (who, heir):
            assert await days_of(session_of, each) == []
        assert await mails_to(session_of, heir) == []


async def test_a_mail_arrives_and_ends_itself_with_one_click(
    settings: Settings, clock: Clockwork, session_of: Sessions
) -> None:
    inbox = Inbox()
    async with mail_server(inbox) as port:
        changes = {"mail": settings_for(port), "public_url": HttpUrl("https://bunri.example")}
        container = InlineContainer(settings.model_copy(update=changes), clock=clock)
        try:
            tokens = await container.get(Guests).sign_in("초록이")
            who = container.get(AccessVerifier).verify(tokens.access_token)
            async with container.database.transaction("auth") as session:
                change = update(Person).where(Person.id == UUID(who.id.removeprefix("guest_")))
                await session.execute(change.values(email="green@example.org", email_key=f"{who.id}@example.org"))
            building = "우편 아파트"
            await profile(
                container, who, region="jeju", building=building, reminder_hour=9, mails=[MailKind.COLLECTION_DAYS]
            )
            day = CollectionDayIn(material=Material.VINYL, weekday=6)
            await container.get(CollectionDays).say(who, CollectionDaysIn(region="jeju", building=building, days=[day]))
            clock.now = datetime(2026, 11, 21, 0, 1, tzinfo=UTC)
            assert await container.get(Reminders).send() >= 1
            async with session_of("learning") as session:
                found = await session.execute(
                    text("select id from learning.mails where data ->> 'person' = :who"), {"who": who.id}
                )
                mail_id = found.scalar_one()
            transaction = container.transactions("learning", LearningRepository)
            delivery = MailDelivery(transaction, container.get(Mailer), "bunri.domains.learning")
            await delivery.send(mail_id)
        finally:
            await container.close()
    [received] = inbox.received
    assert received.recipients == ["green@example.org"]
    message = received.message
    assert "비닐" in message["Subject"]
    assert message["List-Unsubscribe"].startswith("<https://bunri.example/api/v1/users/unsubscribe")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = message.get_body(("plain",))
    assert body
    assert "https://bunri.example/learn" in body.get_content()
