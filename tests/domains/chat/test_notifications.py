"""People's devices are told of new messages, by a push service that speaks the RFCs and fails as real ones do."""

from datetime import time
from typing import Any
from uuid import UUID

import pytest
from tests.domains.chat.test_user_data import room_of
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork
from tests.support.devices import Devices
from tests.support.push_service import Browser, Fault, PushService

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller, SessionEnded
from bunri.domains.chat.presence import Presence
from bunri.domains.chat.public import RoomSpoke
from bunri.domains.chat.schemas import MessageIn, RoomChange
from bunri.domains.chat.service import notifications as module
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.notifications import Notifications
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.chat.service.subscriptions import MOST, Subscriptions
from bunri.domains.chat.user_data import ChatUserData
from bunri.platform.push import Pusher, PushRefused, PushTarget
from bunri.platform.push.sender import WebPush


@pytest.fixture
def overrides(pusher: WebPush) -> dict[type, object]:
    return {Pusher: pusher}


@pytest.fixture
def subscriptions(container: InlineContainer) -> Subscriptions:
    return container.get(Subscriptions)


@pytest.fixture
def notifications(container: InlineContainer) -> Notifications:
    return container.get(Notifications)


class Talk:
    """A room that people speak in, and the worker that looks whom to tell."""

    def __init__(self, container: InlineContainer, room: UUID) -> None:
        self.room = room
        self._container = container
        self._messages = container.get(Messages)

    async def says(self, caller: Caller, content: str = "안녕", mentions: list[str] | None = None) -> None:
        await self._messages.post(caller, self.room, MessageIn(content=content, mentions=mentions or []))

    def asked(self) -> list[RoomSpoke]:
        """What a worker is asked for, and has now."""
        inline = self._container.inline.messages
        found = [payload for task, payload in inline if task == "chat.notify"]
        inline.clear()
        return [each for payload in found if (each := RoomSpoke.model_validate(payload)).room_id == self.room]

    async def is_told(self) -> None:
        for each in self.asked():
            await self._container.get(Notifications).look(each)


@pytest.fixture
async def talk(container: InlineContainer, rooms: Rooms, one: Caller, other: Caller) -> Talk:
    return Talk(container, await room_of(rooms, one, other))


class TestANotice:
    async def test_reaches_the_devices_of_the_others(
        self, devices: Devices, talk: Talk, one: Caller, other: Caller, service: PushService
    ) -> None:
        mine, theirs, second = await devices.of(one), await devices.of(other), await devices.of(other, language="en")
        await talk.says(one, "비밀번호는 1234")
        await talk.is_told()
        told = {"room": str(talk.room), "seq": 1, "title": "방", "mentioned": False}
        assert theirs.got == [{**told, "body": "새 메시지 1개"}]
        assert second.got == [{**told, "body": "New messages: 1"}]
        assert mine.got == []
        headers = theirs.pushed[0].headers
        assert (headers["urgency"], headers["ttl"], len(headers["topic"])) == ("normal", "14400", 32)
        assert "1234" not in str(theirs.pushed[0].payload)
        assert service.refused == []

    async def test_shows_the_text_where_that_is_wanted(
        self, devices: Devices, talk: Talk, one: Caller, other: Caller
    ) -> None:
        browser = await devices.of(other)
        await devices.again(browser, other, shows_text=True)
        await talk.says(one, "건전지는 어디에?")
        await talk.is_told()
        assert [each["body"] for each in browser.got] == ["하나: 건전지는 어디에?"]

    async def test_is_one_of_a_room_that_says_much(
        self, devices: Devices, talk: Talk, one: Caller, other: Caller, service: PushService
    ) -> None:
        browser = await devices.of(other)
        for _ in range(5):
            await talk.says(one)
        await talk.is_told()
        assert service.asked == 1
        assert [(each["seq"], each["body"]) for each in browser.got] == [(5, "새 메시지 5개")]

    async def test_waits_after_another_one_of_the_same_room(
        self, devices: Devices, talk: Talk, notifications: Notifications, one: Caller, other: Caller, clock: Clockwork
    ) -> None:
        browser = await devices.of(other)
        for _ in range(3):
            await talk.says(one)
            await talk.is_told()
            clock.move(seconds=5)
        assert [each["seq"] for each in browser.got] == [1]
        await talk.says(one, "@둘", mentions=[other.id])
        await talk.is_told()
        await notifications.upkeep()
        assert [each["seq"] for each in browser.got] == [1]
        clock.move(seconds=20)
        await notifications.upkeep()
        assert [(each["seq"], each["mentioned"]) for each in browser.got] == [(1, False), (4, True)]

    async def test_of_a_mention_does_not_wait_and_is_urgent(
        self, devices: Devices, talk: Talk, one: Caller, other: Caller
    ) -> None:
        browser = await devices.of(other)
        await talk.says(one)
        await talk.is_told()
        await talk.says(one, "@둘", mentions=[other.id])
        await talk.is_told()
        assert [each["body"] for each in browser.got] == ["새 메시지 1개", "나를 부른 메시지가 있어요"]
        assert browser.pushed[1].headers["urgency"] == "high"
        assert browser.pushed[0].headers["topic"] == browser.pushed[1].headers["topic"]


class TestNobodyIsTold:
    async def test_of_a_muted_room(
        self, devices: Devices, talk: Talk, rooms: Rooms, one: Caller, other: Caller
    ) -> None:
        """[18]"""
        browser = await devices.of(other)
        await rooms.set_notify(other, talk.room, False)
        await talk.says(one, "@둘", mentions=[other.id])
        assert talk.asked() == []
        await rooms.set_notify(other, talk.room, True)
        await talk.says(one)
        await rooms.set_notify(other, talk.room, False)
        await talk.is_told()
        assert browser.got == []

    async def test_who_has_the_room_open_on_another_device_and_reads_it_there(
        self,
        devices: Devices,
        talk: Talk,
        container: InlineContainer,
        messages: Messages,
        notifications: Notifications,
        one: Caller,
        other: Caller,
        clock: Clockwork,
    ) -> None:
        browser = await devices.of(other)
        await container.get(Presence).enter(talk.room, other.id)
        await talk.says(one)
        await talk.is_told()
        await notifications.upkeep()
        await messages.mark_read(other, talk.room, 1)
        clock.move(minutes=2)
        await notifications.upkeep()
        assert browser.got == []
        await container.get(Presence).enter(talk.room, other.id)  # the clock has moved, and it ran out
        await talk.says(one)
        await talk.is_told()
        clock.move(minutes=1, seconds=1)
        await notifications.upkeep()
        assert [each["seq"] for each in browser.got] == [2]

    async def test_who_has_read_it_before_it_was_sent(
        self,
        devices: Devices,
        talk: Talk,
        messages: Messages,
        notifications: Notifications,
        service: PushService,
        one: Caller,
        other: Caller,
        clock: Clockwork,
    ) -> None:
        """[17]"""
        browser = await devices.of(other)
        service.next = [(503, {})]
        await talk.says(one)
        await talk.is_told()
        await messages.mark_read(other, talk.room, None)
        clock.move(minutes=5)
        await notifications.upkeep()
        assert (browser.got, service.asked) == ([], 1)

    async def test_in_quiet_hours(
        self, devices: Devices, talk: Talk, rooms: Rooms, one: Caller, other: Caller, clock: Clockwork
    ) -> None:
        browser = await devices.of(other)
        assert clock.now.hour == 12  # 21:00 in Seoul
        await rooms.change(one, talk.room, RoomChange(quiet_from=time(21), quiet_until=time(7)))
        await talk.says(one)
        await talk.is_told()
        clock.move(hours=11)
        await talk.says(one)
        await talk.is_told()
        assert [each["seq"] for each in browser.got] == [2]

    async def test_who_has_left(self, devices: Devices, talk: Talk, rooms: Rooms, one: Caller, other: Caller) -> None:
        browser = await devices.of(other)
        await talk.says(one)
        await rooms.leave(other, talk.room)
        await talk.is_told()
        assert browser.got == []

    async def test_on_a_device_where_they_signed_out(
        self, devices: Devices, talk: Talk, subscriptions: Subscriptions, one: Caller, other: Caller
    ) -> None:
        browser = await devices.of(other)
        await subscriptions.forget_session(SessionEnded(session_id=other.session_id, owner=other.id))
        await talk.says(one)
        assert talk.asked() == []
        assert browser.got == []

    async def test_once_it_is_turned_off(
        self, devices: Devices, talk: Talk, subscriptions: Subscriptions, one: Caller, other: Caller
    ) -> None:
        browser, kept = await devices.of(other), await devices.of(other)
        await subscriptions.remove(one, browser.endpoint)  # of somebody else: nothing happens
        for _ in range(2):
            await subscriptions.remove(other, browser.endpoint)
        await talk.says(one)
        await talk.is_told()
        assert (len(browser.got), len(kept.got)) == (0, 1)


class TestAPushServiceThatFails:
    @pytest.mark.parametrize("fault", [(429, {"Retry-After": "90"}), (503, {}), "hang", "cut", "garbage"])
    async def test_is_asked_again_later(
        self,
        devices: Devices,
        talk: Talk,
        notifications: Notifications,
        service: PushService,
        one: Caller,
        other: Caller,
        clock: Clockwork,
        fault: Fault,
    ) -> None:
        browser = await devices.of(other)
        service.next = [fault]
        await talk.says(one)
        await talk.is_told()
        await talk.says(one)
        await talk.is_told()
        assert (browser.got, service.asked) == ([], 1)
        clock.move(seconds=91 if fault[0] == 429 else 31)
        await notifications.upkeep()
        assert [(each["seq"], each["body"]) for each in browser.got] == [(2, "새 메시지 2개")]

    async def test_is_believed_about_how_long_to_wait(
        self,
        devices: Devices,
        talk: Talk,
        notifications: Notifications,
        service: PushService,
        one: Caller,
        other: Caller,
        clock: Clockwork,
    ) -> None:
        await devices.of(other)
        service.next = [(429, {"Retry-After": "600"})]
        await talk.says(one)
        await talk.is_told()
        clock.move(seconds=590)
        await notifications.upkeep()
        assert service.asked == 1

    @pytest.mark.parametrize("status", [404, 410])
    async def test_says_that_a_browser_is_gone(
        self, devices: Devices, talk: Talk, service: PushService, one: Caller, other: Caller, status: int
    ) -> None:
        await devices.of(other)
        service.next = [(status, {})]
        await talk.says(one)
        await talk.is_told()
        await talk.says(one)
        assert talk.asked() == []
        assert service.asked == 1

    async def test_refuses_one_and_is_not_asked_again(
        self,
        devices: Devices,
        talk: Talk,
        notifications: Notifications,
        service: PushService,
        one: Caller,
        other: Caller,
        clock: Clockwork,
    ) -> None:
        browser = await devices.of(other)
        service.next = [(400, {})]
        await talk.says(one)
        await talk.is_told()
        clock.move(minutes=10)
        await notifications.upkeep()
        assert service.asked == 1
        await talk.says(one)
        await talk.is_told()
        assert len(browser.got) == 1

    async def test_for_hours_is_no_longer_asked(
        self,
        devices: Devices,
        talk: Talk,
        notifications: Notifications,
        service: PushService,
        one: Caller,
        other: Caller,
        clock: Clockwork,
    ) -> None:
        browser = await devices.of(other)
        service.next = [(503, {})]
        await talk.says(one)
        await talk.is_told()
        clock.move(hours=4, seconds=1)
        await notifications.upkeep()
        assert (browser.got, service.asked) == ([], 1)


class TestWork:
    async def test_that_is_lost_is_asked_for_again(
        self, devices: Devices, talk: Talk, one: Caller, other: Caller, clock: Clockwork
    ) -> None:
        browser = await devices.of(other)
        await talk.says(one)
        assert len(talk.asked()) == 1  # and nobody does it
        await talk.says(one)
        assert talk.asked() == []
        clock.move(minutes=1, seconds=1)
        await talk.says(one)
        await talk.is_told()
        assert [each["seq"] for each in browser.got] == [3]

    async def test_done_twice_tells_once(
        self, devices: Devices, talk: Talk, notifications: Notifications, one: Caller, other: Caller
    ) -> None:
        browser = await devices.of(other)
        await talk.says(one)
        [asked] = talk.asked()
        for _ in range(2):
            await notifications.look(asked)
        assert len(browser.got) == 1

    async def test_of_a_worker_that_died_is_done_by_another(
        self,
        devices: Devices,
        talk: Talk,
        notifications: Notifications,
        one: Caller,
        other: Caller,
        clock: Clockwork,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        browser = await devices.of(other)

        async def dies(*_: Any) -> None:
            return None

        with monkeypatch.context() as dying:
            dying.setattr(notifications, "_send", dies)
            await talk.says(one)
            await talk.is_told()
        await notifications.send_due()
        assert browser.got == []
        clock.move(seconds=module.LEASE.total_seconds() + 1)
        await notifications.upkeep()
        assert len(browser.got) == 1

    async def test_nobody_listens_costs_nothing(self, talk: Talk, one: Caller) -> None:
        await talk.says(one)
        assert talk.asked() == []


class TestSubscriptions:
    async def test_a_browser_is_of_who_said_so_last(
        self, devices: Devices, talk: Talk, one: Caller, other: Caller, new_caller: NewCaller
    ) -> None:
        browser = await devices.of(other)
        await devices.again(browser, await new_caller("셋"))
        await talk.says(one)
        await talk.is_told()
        assert browser.got == []

    async def test_so_many_of_a_person(
        self, devices: Devices, data: ChatUserData, other: Caller, clock: Clockwork
    ) -> None:
        for _ in range(MOST + 1):
            await devices.of(other)
            clock.move(seconds=1)
        document = (await data.export(other.id)).document
        assert len(document["notified_browsers"]) == MOST

    async def test_of_elsewhere_are_refused(self, subscriptions: Subscriptions, other: Caller) -> None:
        browser = Browser()
        target = PushTarget("https://192.168.0.1/push", browser.p256dh, browser.auth)
        with pytest.raises(PushRefused):
            await subscriptions.keep(other, target, "ko", shows_text=False)

    async def test_that_were_not_seen_for_long_are_forgotten(
        self, devices: Devices, data: ChatUserData, notifications: Notifications, other: Caller, clock: Clockwork
    ) -> None:
        await devices.of(other)
        clock.move(days=89)
        await notifications.upkeep()
        [kept] = (await data.export(other.id)).document["notified_browsers"]
        assert (kept["push_service"], kept["language"]) == ("localhost", "ko")
        clock.move(days=2)
        await notifications.upkeep()
        assert (await data.export(other.id)).document["notified_browsers"] == []

    async def test_follow_their_person_and_go_with_them(
        self, devices: Devices, data: ChatUserData, talk: Talk, rooms: Rooms, one: Caller, new_caller: NewCaller
    ) -> None:
        guest, account = await new_caller("손님"), await new_caller("계정")
        browser = await devices.of(guest)
        await rooms.join(account, talk.room)
        for _ in range(2):
            await data.upgrade(guest.id, account.id)
        await talk.says(one)
        await talk.is_told()
        assert len(browser.got) == 1
        for _ in range(2):
            await data.erase(account.id)
        assert (await data.export(account.id)).document["notified_browsers"] == []
