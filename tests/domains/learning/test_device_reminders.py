"""Reminders on devices: instead of a mail, as people chose, once, by a push service that fails as real ones do."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL, NewCards, Subscriber
from tests.domains.learning.reminded import days_of, mails_to
from tests.support.clockwork import Clockwork
from tests.support.devices import Devices
from tests.support.push_service import Fault, PushService

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.chat.public import ChatPublic
from bunri.domains.chat.service.devices import Devices as KnownDevices
from bunri.domains.learning.models import ReminderNoticeRow
from bunri.domains.learning.preferences import PreferencesChange
from bunri.domains.learning.records import Channel
from bunri.domains.learning.reminding import Said, goes_by
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schemas import RatingName, ReviewIn
from bunri.domains.learning.service.device_reminders import DeviceReminders
from bunri.domains.learning.service.preferences import Preferences
from bunri.domains.learning.service.reminders import Reminders
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.user_data import LearningUserData
from bunri.domains.recycling.collecting import CollectionDays
from bunri.domains.recycling.schemas import CollectionDayIn, CollectionDaysIn
from bunri.kit.ids import new_id
from bunri.kit.materials import Material
from bunri.platform.push import Pusher
from bunri.platform.push.sender import WebPush


@pytest.fixture
def overrides(pusher: WebPush) -> dict[type, object]:
    return {Pusher: pusher}


@pytest.fixture
def telling(container: InlineContainer) -> DeviceReminders:
    return container.get(DeviceReminders)


class Morning:
    """Nine in Seoul on 21 November 2026, a Saturday."""

    def __init__(self, container: InlineContainer, clock: Clockwork) -> None:
        self._container = container
        self._clock = clock

    async def comes(self) -> None:
        self._clock.now = datetime(2026, 11, 21, 0, 0, 10, tzinfo=UTC)
        await self._container.get(Reminders).send()
        await self.passes()

    async def passes(self, **by: float) -> None:
        self._clock.move(**by)
        await self._container.get(DeviceReminders).send_due()


@pytest.fixture
def morning(container: InlineContainer, clock: Clockwork) -> Morning:
    return Morning(container, clock)


async def chooses(container: InlineContainer, who: Caller, channel: Channel) -> None:
    await container.get(Preferences).change(who, PreferencesChange(remind_by=channel))


async def waiting(session_of: Sessions, who: Caller) -> int:
    """Reminders that are still on their way."""
    async with session_of("learning") as session:
        counted = select(func.count()).where(ReminderNoticeRow.person == who.id)
        return int((await session.execute(counted)).scalar_one())


def workers_that_die(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where the next workers die, each once: ``adding`` what devices are to be told, ``before`` one was told, or
    ``after``."""
    add, tell = LearningRepository.add_notices, KnownDevices.tell_device
    dying: list[str] = []

    def dies(where: str) -> None:
        if where in dying:
            dying.remove(where)
            raise RuntimeError("killed")

    async def adds(self: LearningRepository, *said: Any) -> None:
        dies("adding")
        await add(self, *said)

    async def tells(self: KnownDevices, *said: Any) -> Any:
        dies("before")
        told = await tell(self, *said)
        dies("after")
        return told

    monkeypatch.setattr(LearningRepository, "add_notices", adds)
    monkeypatch.setattr(KnownDevices, "tell_device", tells)
    return dying


CARDS = {"tag": "reminder", "path": "/learn", "title": "오늘의 알림", "body": "복습할 카드가 1장 있어요."}
NOTHING, SOMETHING = Said(), Said(due=3)


class TestHow:
    @pytest.mark.parametrize(
        ("preferred", "address", "by_mail", "devices", "expected"),
        [
            ("mail", True, SOMETHING, True, "mail"),
            ("mail", True, SOMETHING, False, "mail"),
            ("mail", False, NOTHING, True, "device"),
            ("mail", True, NOTHING, True, None),  # who has ended the mails is not told elsewhere instead
            ("mail", False, SOMETHING, False, None),
            ("device", True, SOMETHING, True, "device"),
            ("device", True, NOTHING, True, "device"),
            ("device", True, SOMETHING, False, "mail"),
            ("device", True, NOTHING, False, None),
            ("device", False, SOMETHING, False, None),
        ],
    )
    def test_it_comes(
        self, preferred: Channel, address: bool, by_mail: Said, devices: bool, expected: Channel | None
    ) -> None:
        assert goes_by(preferred, address=address, by_mail=by_mail, devices=devices) == expected


class TestADevice:
    async def test_is_told_of_who_has_no_address(
        self,
        subscriber: Subscriber,
        devices: Devices,
        morning: Morning,
        session_of: Sessions,
        service: PushService,
    ) -> None:
        who = await subscriber(email=False, mails=[])
        phone, computer = await devices.of(who), await devices.of(who, language="en")
        await morning.comes()
        assert phone.got == [CARDS]
        assert computer.got == [{**CARDS, "title": "For today", "body": "Cards waiting to be reviewed: 1"}]
        assert phone.pushed[0].headers["ttl"] == "10790"  # until noon
        assert len(phone.pushed[0].headers["topic"]) == 32
        assert await days_of(session_of, who) == [date(2026, 11, 21)]
        assert await waiting(session_of, who) == 0
        assert service.refused == []

    async def test_or_a_mailbox_as_its_person_chose(
        self,
        container: InlineContainer,
        subscriber: Subscriber,
        devices: Devices,
        morning: Morning,
        session_of: Sessions,
    ) -> None:
        by_mail, by_device = await subscriber(), await subscriber()
        unread, browser = await devices.of(by_mail), await devices.of(by_device)
        await chooses(container, by_device, Channel.DEVICE)
        await morning.comes()
        assert (unread.got, browser.got) == ([], [CARDS])
        assert len(await mails_to(session_of, by_mail)) == 1
        assert await mails_to(session_of, by_device) == []

    async def test_that_is_gone_leaves_the_mails(
        self,
        container: InlineContainer,
        subscriber: Subscriber,
        morning: Morning,
        session_of: Sessions,
    ) -> None:
        who = await subscriber()
        await chooses(container, who, Channel.DEVICE)
        await morning.comes()
        assert len(await mails_to(session_of, who)) == 1

    async def test_hears_of_what_is_collected_tomorrow(
        self, container: InlineContainer, subscriber: Subscriber, devices: Devices, morning: Morning
    ) -> None:
        home = {"region": "seoul-nowon", "building": "기기 아파트"}
        with_cards = await subscriber(email=False, mails=[], **home)
        without = await subscriber(email=False, mails=[], due=False, **home)
        day = CollectionDayIn(material=Material.VINYL, weekday=6, begins=time(20))
        await container.get(CollectionDays).say(with_cards, CollectionDaysIn(**home, days=[day]))
        one, other = await devices.of(with_cards), await devices.of(without, language="en")
        await morning.comes()
        assert one.got[0]["body"] == "복습할 카드가 1장 있어요.\n내일 내놓을 것: 비닐 20:00–"
        assert other.got[0]["body"].startswith("To put out tomorrow: ")

    async def test_is_not_told_where_there_is_nothing_to_say(
        self,
        subscriber: Subscriber,
        devices: Devices,
        morning: Morning,
        session_of: Sessions,
    ) -> None:
        people = [await subscriber(email=False, due=False), await subscriber(email=False, reminder_hour=None)]
        browsers = [await devices.of(each) for each in people]
        await morning.comes()
        assert [each.got for each in browsers] == [[], []]
        assert [await days_of(session_of, each) for each in people] == [[], []]


class TestOnce:
    async def test_a_day_over_both_channels(
        self,
        container: InlineContainer,
        subscriber: Subscriber,
        devices: Devices,
        morning: Morning,
        session_of: Sessions,
    ) -> None:
        """Who changes their mind after nine hears nothing more that day, whichever beat comes again."""
        who = await subscriber()
        browser = await devices.of(who)
        await morning.comes()
        await chooses(container, who, Channel.DEVICE)
        async with container.transactions("learning", LearningRepository)() as repository:
            await repository.change_learner(who.id, remind_at=datetime(2026, 11, 21, tzinfo=UTC))  # once more
        await morning.comes()
        assert (len(await mails_to(session_of, who)), browser.got) == (1, [])

    @pytest.mark.parametrize("zone", ["Asia/Seoul", "Europe/Berlin"])
    async def test_a_day_for_a_week_whatever_dies(
        self,
        container: InlineContainer,
        subscriber: Subscriber,
        devices: Devices,
        clock: Clockwork,
        session_of: Sessions,
        monkeypatch: pytest.MonkeyPatch,
        zone: str,
    ) -> None:
        """Two beats at once; a worker dies when it writes what devices are to be told, another when it has told one,
        and a third when it was about to. In Berlin the clocks change."""
        clock.now = datetime(2026, 10, 22, 3, tzinfo=UTC)
        who = await subscriber(email=False, time_zone=zone)
        browser = await devices.of(who)
        dying = workers_that_die(monkeypatch)
        place = ZoneInfo(zone)
        heard: dict[date, int] = {}
        for _ in range(7 * 24 * 4):
            clock.move(minutes=15)
            if clock().astimezone(place).hour not in (8, 9, 10):
                continue
            if clock().astimezone(place).time() == time(9):
                dying[:] = ["adding", "before", "after"]
            for _ in range(2):
                beats = [container.get(each) for each in (Reminders, Reminders)]
                await asyncio.gather(*(each.send() for each in beats), return_exceptions=True)
                tellers = [container.get(DeviceReminders) for _ in range(2)]
                await asyncio.gather(*(each.send_due() for each in tellers), return_exceptions=True)
            if len(browser.got) > sum(heard.values()):
                day = clock().astimezone(place).date()
                heard[day] = heard.get(day, 0) + len(browser.got) - sum(heard.values())
                assert clock().astimezone(place).hour == 9
        days = await days_of(session_of, who)
        assert [day - days[0] for day in days] == [timedelta(days=number) for number in range(7)]
        assert sorted(heard) == days
        # A worker that died after its device was told could not say so: the device hears the same again, in the place
        # of what it shows already.
        assert set(heard.values()) == {2}
        assert {each["tag"] for each in browser.got} == {"reminder"}
        assert await waiting(session_of, who) == 0


class TestAPushServiceThatFails:
    @pytest.mark.parametrize("fault", [(429, {"Retry-After": "300"}), (500, {}), "hang", "cut", "garbage"])
    async def test_is_asked_again_later(
        self,
        subscriber: Subscriber,
        devices: Devices,
        morning: Morning,
        service: PushService,
        session_of: Sessions,
        fault: Fault,
    ) -> None:
        who = await subscriber(email=False)
        browser = await devices.of(who)
        service.next = [fault]
        await morning.comes()
        await morning.passes(seconds=20)
        assert (browser.got, service.asked) == ([], 1)
        if fault[0] == 429:
            await morning.passes(seconds=270)
            assert service.asked == 1
        await morning.passes(seconds=20)
        assert (browser.got, service.asked) == ([CARDS], 2)
        await morning.passes(hours=1)
        assert (service.asked, await waiting(session_of, who)) == (2, 0)

    async def test_keeps_nobody_else_waiting(
        self, subscriber: Subscriber, devices: Devices, morning: Morning, service: PushService
    ) -> None:
        first, second = await subscriber(email=False), await subscriber(email=False)
        browsers = [await devices.of(first), await devices.of(second)]
        service.next = ["hang"]
        await morning.comes()
        assert sorted(len(each.got) for each in browsers) == [0, 1]
        await morning.passes(seconds=31)
        assert [len(each.got) for each in browsers] == [1, 1]

    async def test_for_three_hours_is_no_longer_asked(
        self,
        subscriber: Subscriber,
        devices: Devices,
        morning: Morning,
        service: PushService,
        session_of: Sessions,
    ) -> None:
        who = await subscriber(email=False)
        browser = await devices.of(who)
        service.next = [(503, {})]
        await morning.comes()
        await morning.passes(hours=3)
        assert (browser.got, service.asked, await waiting(session_of, who)) == ([], 1, 0)

    async def test_until_they_have_studied(
        self,
        subscriber: Subscriber,
        devices: Devices,
        morning: Morning,
        service: PushService,
        new_cards: NewCards,
        reviewing: Reviewing,
        session_of: Sessions,
    ) -> None:
        who = await subscriber(email=False)
        browser = await devices.of(who)
        service.next = [(503, {})]
        await morning.comes()
        [card] = await new_cards(who)
        await reviewing.review(who, card, ReviewIn(id=new_id(), rating=RatingName.GOOD), BASE_URL)
        await morning.passes(minutes=5)
        assert (browser.got, service.asked, await waiting(session_of, who)) == ([], 1, 0)

    @pytest.mark.parametrize(("status", "kept"), [(404, 0), (410, 0), (400, 1)])
    async def test_takes_none_and_is_not_asked_again(
        self,
        container: InlineContainer,
        subscriber: Subscriber,
        devices: Devices,
        morning: Morning,
        service: PushService,
        session_of: Sessions,
        status: int,
        kept: int,
    ) -> None:
        who = await subscriber(email=False)
        await devices.of(who)
        service.next = [(status, {})]
        await morning.comes()
        await morning.passes(hours=1)
        assert (service.asked, await waiting(session_of, who)) == (1, 0)
        assert len(await container.get(ChatPublic).devices([who.id])) == kept  # one that is gone is forgotten

    async def test_and_a_person_who_is_erased_is_told_nothing(
        self,
        subscriber: Subscriber,
        devices: Devices,
        morning: Morning,
        service: PushService,
        data: LearningUserData,
        session_of: Sessions,
    ) -> None:
        who, heir = await subscriber(email=False), await subscriber(email=False, due=False)
        await devices.of(who)
        service.next = [(503, {})]
        await morning.comes()
        await data.upgrade(who.id, heir.id)
        assert (await waiting(session_of, who), await waiting(session_of, heir)) == (0, 1)
        await data.erase(heir.id)
        await morning.passes(minutes=5)
        assert (service.asked, await waiting(session_of, heir)) == (1, 0)
