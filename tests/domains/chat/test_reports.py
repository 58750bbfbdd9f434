"""Messages that are reported: folded when several people did, looked at, removed or kept."""

from uuid import UUID

import pytest
from tests.domains.chat.test_user_data import room_of
from tests.support.callers import NewCaller

from bunri.domains.auth.public import Caller
from bunri.domains.chat.errors import MessageMissing, ModeratorsOnly, NotAMember, NotYours, RoomMissing
from bunri.domains.chat.records import RoomKind
from bunri.domains.chat.schemas import MessageIn, MessageOut, ModerationIn, RoomIn
from bunri.domains.chat.service.history import History
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.moderation import Moderation
from bunri.domains.chat.service.reports import Reports
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.chat.user_data import ChatUserData
from bunri.kit.ids import new_id
from bunri.platform.realtime import RecordingEmitter


@pytest.fixture
async def three(new_caller: NewCaller) -> list[Caller]:
    return [await new_caller(name) for name in ("셋", "넷", "다섯")]


@pytest.fixture
async def room(rooms: Rooms, one: Caller, other: Caller, three: list[Caller]) -> UUID:
    """``one`` owns it."""
    return await room_of(rooms, one, other, *three)


@pytest.fixture
async def said(messages: Messages, room: UUID, other: Caller) -> MessageOut:
    return await messages.post(other, room, MessageIn(content="나쁜 말"))


def as_moderator(caller: Caller, role: str = "moderator") -> Caller:
    """Of the platform."""
    return caller.model_copy(update={"roles": frozenset({role})})


async def folded(history: History, caller: Caller, room: UUID) -> list[bool]:
    return [each.reported for each in (await history.before(caller, room, None, 10)).messages]


class TestFolding:
    async def test_follows_three_people_and_not_one_who_says_it_thrice(
        self,
        reports: Reports,
        history: History,
        pushed: RecordingEmitter,
        room: UUID,
        said: MessageOut,
        three: list[Caller],
    ) -> None:
        for caller in (three[0], three[0], three[0], three[1]):
            await reports.report(caller, said.id, "욕이에요")
        assert await folded(history, three[0], room) == [False]
        before = len(pushed.emitted)
        await reports.report(three[2], said.id, "")
        assert await folded(history, three[0], room) == [True]
        # What the room is told at most once a second may come in between.
        [told] = [document for event, document, _ in pushed.emitted[before:] if event == "messageUpdated"]
        assert (told["_id"], told["reported"]) == (str(said.id), True)
        assert told["rev"] > said.rev

    async def test_is_over_when_somebody_has_looked_and_later_reports_count_anew(
        self,
        reports: Reports,
        history: History,
        room: UUID,
        said: MessageOut,
        one: Caller,
        three: list[Caller],
        new_caller: NewCaller,
        rooms: Rooms,
    ) -> None:
        for caller in three:
            await reports.report(caller, said.id, "욕이에요")
        for _ in range(2):
            await reports.settle(one, room, said.id, remove=False)
        assert await folded(history, one, room) == [False]
        late = [await new_caller(name) for name in ("여섯", "일곱", "여덟")]
        for caller in (*three, *late[:2]):
            if caller in late:
                await rooms.join(caller, room)
            await reports.report(caller, said.id, "")
        assert await folded(history, one, room) == [False]
        await rooms.join(late[2], room)
        await reports.report(late[2], said.id, "")
        assert await folded(history, one, room) == [True]

    async def test_is_for_members(
        self, reports: Reports, messages: Messages, said: MessageOut, new_caller: NewCaller, one: Caller
    ) -> None:
        stranger = await new_caller()
        with pytest.raises(NotAMember):
            await reports.report(stranger, said.id, "")
        with pytest.raises(MessageMissing):
            await reports.report(one, new_id(), "")
        await messages.remove(one, said.id)
        with pytest.raises(MessageMissing):
            await reports.report(one, said.id, "")


class TestLooking:
    async def test_shows_messages_and_who_reported_them_and_why(
        self, reports: Reports, messages: Messages, room: UUID, said: MessageOut, one: Caller, three: list[Caller]
    ) -> None:
        second = await messages.post(three[0], room, MessageIn(content="광고"))
        await messages.post(three[0], room, MessageIn(content="안녕"))
        await reports.report(three[1], said.id, "욕이에요")
        await reports.report(three[2], said.id, "")
        await reports.report(three[2], second.id, "광고예요")
        found = await reports.of_room(one, room, None, 10)
        assert [(each.message.content, len(each.reports)) for each in found] == [("광고", 1), ("나쁜 말", 2)]
        assert [(each.username, each.reason) for each in found[1].reports] == [("넷", "욕이에요"), ("다섯", "")]
        assert {each.room_name for each in found} == {"방"}
        assert [each.message.id for each in await reports.of_room(one, room, second.id, 10)] == [said.id]
        assert len(await reports.of_room(one, room, None, 1)) == 1

    async def test_is_for_moderators_of_the_room(
        self, reports: Reports, moderation: Moderation, room: UUID, said: MessageOut, one: Caller, three: list[Caller]
    ) -> None:
        for refused in (
            reports.of_room(three[0], room, None, 10),
            reports.actions(three[0], room, None, 10),
            reports.settle(three[0], room, said.id, remove=True),
            reports.everywhere(one, None, 10),
        ):
            with pytest.raises(ModeratorsOnly):
                await refused
        await moderation.act(one, room, three[0].id, ModerationIn(action="promote"))
        assert await reports.of_room(three[0], room, None, 10) == []

    @pytest.mark.parametrize("role", ["moderator", "admin"])
    async def test_and_in_open_rooms_for_those_of_the_platform(
        self,
        reports: Reports,
        rooms: Rooms,
        messages: Messages,
        history: History,
        room: UUID,
        said: MessageOut,
        one: Caller,
        three: list[Caller],
        new_caller: NewCaller,
        role: str,
    ) -> None:
        stranger = await new_caller()
        looker = as_moderator(stranger, role)
        made = await rooms.make(one, RoomIn(name="비밀", kind=RoomKind.PRIVATE))
        secret = await messages.post(one, made.id, MessageIn(content="우리끼리"))
        await reports.report(one, secret.id, "시험")
        await reports.report(three[0], said.id, "욕이에요")
        found = await reports.everywhere(looker, None, 1)
        assert [each.message.id for each in found] == [said.id]
        assert [each.message.id for each in await reports.of_room(looker, room, None, 10)] == [said.id]
        for refused in (
            reports.of_room(looker, made.id, None, 10),
            reports.settle(looker, made.id, secret.id, remove=True),
        ):
            with pytest.raises(RoomMissing):
                await refused
        with pytest.raises(NotAMember):
            await reports.of_room(stranger, room, None, 10)
        await reports.settle(looker, room, said.id, remove=True)
        assert [each.deleted for each in (await history.before(one, room, None, 10)).messages] == [True]
        assert (await reports.actions(looker, room, None, 1))[0].actor == looker.id


class TestCounting:
    async def test_is_of_the_rooms_that_one_moderates(
        self,
        reports: Reports,
        messages: Messages,
        moderation: Moderation,
        room: UUID,
        said: MessageOut,
        one: Caller,
        other: Caller,
        three: list[Caller],
    ) -> None:
        second = await messages.post(other, room, MessageIn(content="또"))
        for caller in three:
            await reports.report(caller, said.id, "")
        await reports.report(three[0], second.id, "")
        assert ((await reports.counts(one)).everywhere, (await reports.counts(one)).rooms) == (None, {room: 2})
        assert (await reports.counts(three[0])).rooms == {}
        await moderation.act(one, room, three[0].id, ModerationIn(action="promote"))
        assert (await reports.counts(three[0])).rooms == {room: 2}
        await reports.settle(one, room, said.id, remove=False)
        await messages.remove(other, second.id)
        assert (await reports.counts(one)).rooms == {}

    async def test_is_of_all_open_rooms_for_those_of_the_platform(
        self, reports: Reports, rooms: Rooms, messages: Messages, said: MessageOut, one: Caller, three: list[Caller]
    ) -> None:
        looker = as_moderator(three[0])
        before = (await reports.counts(looker)).everywhere or 0
        made = await rooms.make(one, RoomIn(name="비밀", kind=RoomKind.PRIVATE))
        secret = await messages.post(one, made.id, MessageIn(content="우리끼리"))
        await reports.report(one, secret.id, "")
        await reports.report(three[1], said.id, "")
        counts = await reports.counts(looker)
        assert (counts.everywhere, counts.rooms) == (min(before + 1, 100), {})


class TestSettling:
    async def test_removes_and_notes_it(
        self,
        reports: Reports,
        history: History,
        pushed: RecordingEmitter,
        room: UUID,
        said: MessageOut,
        one: Caller,
        other: Caller,
        three: list[Caller],
    ) -> None:
        for caller in three:
            await reports.report(caller, said.id, "욕이에요")
        await reports.settle(one, room, said.id, remove=True)
        [shown] = (await history.before(one, room, None, 10)).messages
        assert (shown.deleted, shown.reported, shown.content) == (True, False, "")
        assert await reports.of_room(one, room, None, 10) == []
        [noted] = await reports.actions(one, room, None, 10)
        assert (noted.kind, noted.actor_username, noted.target_username) == ("removed_message", "하나", "둘")
        assert noted.details == {"messageId": str(said.id), "reports": 3}
        assert pushed.emitted[-1][0] == "messageDeleted"

    async def test_nobody_clears_themselves(
        self, reports: Reports, messages: Messages, room: UUID, one: Caller, other: Caller
    ) -> None:
        mine = await messages.post(one, room, MessageIn(content="내 말"))
        await reports.report(other, mine.id, "틀렸어요")
        with pytest.raises(NotYours):
            await reports.settle(one, room, mine.id, remove=False)
        await reports.settle(one, room, mine.id, remove=True)

    async def test_a_message_of_another_room_is_none_of_this(
        self, reports: Reports, rooms: Rooms, said: MessageOut, one: Caller, room: UUID
    ) -> None:
        elsewhere = await room_of(rooms, one)
        with pytest.raises(MessageMissing):
            await reports.settle(one, elsewhere, said.id, remove=True)

    async def test_who_removes_a_message_has_settled_it(
        self,
        reports: Reports,
        messages: Messages,
        data: ChatUserData,
        room: UUID,
        said: MessageOut,
        one: Caller,
        other: Caller,
        three: list[Caller],
    ) -> None:
        second = await messages.post(other, room, MessageIn(content="또"))
        for each in (said, second):
            await reports.report(three[0], each.id, "")
        await messages.remove(other, said.id)
        assert [each.message.id for each in await reports.of_room(one, room, None, 10)] == [second.id]
        await data.erase(other.id)
        assert await reports.of_room(one, room, None, 10) == []


async def test_what_moderators_did_can_be_read_in_pages(
    rooms: Rooms, moderation: Moderation, reports: Reports, room: UUID, one: Caller, three: list[Caller]
) -> None:
    await moderation.act(one, room, three[0].id, ModerationIn(action="mute", minutes=5))
    await moderation.act(one, room, three[0].id, ModerationIn(action="kick"))
    newest, oldest = await reports.actions(one, room, None, 10)
    assert (newest.kind, newest.target, newest.target_username) == ("kick", three[0].id, "")
    assert (oldest.kind, oldest.until is not None) == ("mute", True)
    assert await reports.actions(one, room, newest.id, 10) == [oldest]
