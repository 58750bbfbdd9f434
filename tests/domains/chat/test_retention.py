"""Messages that are kept for a while, and guests who never come back."""

from uuid import UUID

import pytest
from tests.domains.chat.test_user_data import room_of
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.public import Caller
from bunri.domains.auth.service import upkeep as upkeep_module
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.domains.chat import rules
from bunri.domains.chat.records import Room, RoomKind
from bunri.domains.chat.schemas import MessageIn, RoomChange
from bunri.domains.chat.service import retention as retention_module
from bunri.domains.chat.service.history import History
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.reports import Reports
from bunri.domains.chat.service.retention import Retention
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.chat.settings import ChatSettings
from bunri.domains.chat.user_data import ChatUserData
from bunri.kit.clock import now
from bunri.kit.ids import new_id
from bunri.platform.realtime import RecordingEmitter


@pytest.mark.parametrize(
    ("of_room", "of_service", "days"),
    [(None, None, None), (7, None, 7), (None, 30, 30), (7, 30, 7), (90, 30, 30)],
)
def test_the_shorter_time_counts(of_room: int | None, of_service: int | None, days: int | None) -> None:
    room = Room(new_id(), RoomKind.PUBLIC, "방", None, "a", now(), now(), keep_days=of_room)
    assert rules.days_kept(room, of_service) == days


async def say(messages: Messages, caller: Caller, room: UUID, *contents: str) -> None:
    for content in contents:
        await messages.post(caller, room, MessageIn(content=content, client_id=content))


async def said(history: History, caller: Caller, room: UUID) -> list[str]:
    return [each.content for each in (await history.before(caller, room, None, 50)).messages]


class TestARoom:
    async def test_begins_later_when_its_old_messages_are_forgotten(
        self,
        rooms: Rooms,
        messages: Messages,
        history: History,
        reports: Reports,
        retention: Retention,
        pushed: RecordingEmitter,
        one: Caller,
        other: Caller,
        clock: Clockwork,
    ) -> None:
        room = await room_of(rooms, one, other)
        await rooms.change(one, room, RoomChange(keep_days=7))
        old = await messages.post(one, room, MessageIn(content="0"))
        await messages.react(other, old.id, "👍", on=True)
        await reports.report(other, old.id, "")
        await say(messages, one, room, "1", "2")
        clock.move(days=6)
        await say(messages, one, room, "3")
        await retention.expire()
        assert await said(history, one, room) == ["0", "1", "2", "3"]
        clock.move(days=2)
        await retention.expire()
        assert await said(history, one, room) == ["3"]
        shown = await rooms.get(other, room)
        assert (shown.first_seq, shown.last_seq, shown.unread) == (4, 4, 1)
        assert pushed.emitted[-1] == ("messagesForgotten", {"roomId": str(room), "firstSeq": 4}, f"room:{room}")
        assert await reports.of_room(one, room, None, 10) == []
        page = await history.before(other, room, None, 1)
        assert page.before is None
        await say(messages, one, room, "4")
        assert (await history.after(other, room, 4, 10)).messages[0].seq == 5

    async def test_may_have_nothing_left_and_goes_on(
        self, rooms: Rooms, messages: Messages, history: History, retention: Retention, one: Caller, clock: Clockwork
    ) -> None:
        room = await room_of(rooms, one)
        await rooms.change(one, room, RoomChange(keep_days=1))
        await say(messages, one, room, "0", "1")
        clock.move(days=2)
        for _ in range(2):
            await retention.expire()
        shown = await rooms.get(one, room)
        assert (shown.first_seq, shown.last_seq, shown.unread, shown.last_message) == (3, 2, 0, None)
        assert await said(history, one, room) == []
        await say(messages, one, room, "2")
        assert (await rooms.get(one, room)).unread == 0
        again = await rooms.change(one, room, RoomChange.model_validate({"keep_days": None}))
        assert again.keep_days is None

    async def test_is_emptied_in_batches(
        self,
        rooms: Rooms,
        messages: Messages,
        history: History,
        retention: Retention,
        one: Caller,
        clock: Clockwork,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(retention_module, "BATCH", 2)
        room = await room_of(rooms, one)
        await rooms.change(one, room, RoomChange(keep_days=1))
        await say(messages, one, room, *"01234")
        clock.move(days=2)
        await say(messages, one, room, "5")
        await retention.expire()
        assert await said(history, one, room) == ["5"]

    async def test_without_a_time_keeps_everything(
        self, rooms: Rooms, messages: Messages, history: History, retention: Retention, one: Caller, clock: Clockwork
    ) -> None:
        room = await room_of(rooms, one)
        await say(messages, one, room, "0")
        clock.move(days=9999)
        await retention.expire()
        assert await said(history, one, room) == ["0"]


class TestEverywhere:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"chat": ChatSettings(keep_messages=30)})

    async def test_a_room_keeps_its_own_for_less_and_not_for_longer(
        self, rooms: Rooms, messages: Messages, history: History, retention: Retention, one: Caller, clock: Clockwork
    ) -> None:
        days = {await room_of(rooms, one): kept for kept in (None, 7, 90)}
        for room, kept in days.items():
            await rooms.change(one, room, RoomChange.model_validate({"keep_days": kept}))
            await say(messages, one, room, "0")
        clock.move(days=8)
        await retention.expire()
        assert [len(await said(history, one, room)) for room in days] == [1, 0, 1]
        clock.move(days=23)
        await retention.expire()
        assert [len(await said(history, one, room)) for room in days] == [0, 0, 0]


async def test_guests_who_never_come_back_are_in_no_room_any_more(
    container: InlineContainer,
    rooms: Rooms,
    data: ChatUserData,
    pushed: RecordingEmitter,
    new_caller: NewCaller,
    clock: Clockwork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upkeep_module, "BATCH", 10_000)  # guests of other tests on this database are gone for longer
    guest, alone = await new_caller("손님"), await new_caller("혼자")
    clock.move(days=300)
    one = await new_caller("하나")
    room, empty = await room_of(rooms, one, guest), await room_of(rooms, alone)
    clock.move(days=101)
    await container.get(Upkeep).forget()
    erased = {payload["owner"] for task, payload in container.inline.messages if task == "chat.erase"}
    assert {guest.id, alone.id} <= erased
    assert one.id not in erased
    for person in (guest.id, alone.id):
        await data.erase(person)
    assert [each.user_id for each in await rooms.members(one, room, "", 10)] == [one.id]
    assert ("userLeftRoom", {"roomId": str(room), "userId": guest.id}, f"room:{room}") in pushed.emitted
    assert ("expel", {"person": guest.id}, f"room:{room}") in pushed.emitted
    assert (await rooms.get(one, empty)).closed_at == clock.now
