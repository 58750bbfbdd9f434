"""Rooms: who comes in, who owns them, what may be changed; and messages with odd content."""

from datetime import timedelta

import pytest
from tests.domains.chat.test_user_data import room_of
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.domains.auth.public import Caller
from bunri.domains.chat.errors import (
    Banned,
    InviteInvalid,
    MessageEmpty,
    ModeratorsOnly,
    NotAMember,
    NotYours,
    RoomClosed,
    RoomMissing,
)
from bunri.domains.chat.records import Role, RoomKind
from bunri.domains.chat.schemas import MessageIn, ModerationIn, RoomChange, RoomIn
from bunri.domains.chat.service.history import History
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.moderation import Moderation
from bunri.domains.chat.service.retention import Retention
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.chat.user_data import ChatUserData


class TestPrivate:
    async def test_is_found_by_its_members_and_entered_by_a_link(
        self, rooms: Rooms, one: Caller, other: Caller, clock: Clockwork
    ) -> None:
        made = await rooms.make(one, RoomIn(name="101동", kind=RoomKind.BUILDING))
        assert made.id not in [each.id for each in await rooms.listed(other, limit=100)]
        for refused in (rooms.get(other, made.id), rooms.join(other, made.id)):
            with pytest.raises(RoomMissing):
                await refused
        invite = await rooms.invite(one, made.id, uses=1)
        assert (await rooms.join_by_invite(other, invite.token)).role == Role.MEMBER
        assert made.id in [each.id for each in await rooms.listed(other, limit=100)]

    async def test_links_end_after_their_uses_and_their_time(
        self, rooms: Rooms, one: Caller, other: Caller, new_caller: NewCaller, clock: Clockwork
    ) -> None:
        made = await rooms.make(one, RoomIn(name="반", kind=RoomKind.CLASS))
        used, old = await rooms.invite(one, made.id, uses=1), await rooms.invite(one, made.id, uses=9)
        await rooms.join_by_invite(other, used.token)
        clock.move(days=7, seconds=1)
        late = await new_caller()
        for token in (used.token, old.token, "made up, and long enough"):
            with pytest.raises(InviteInvalid):
                await rooms.join_by_invite(late, token)


class TestInvitation:
    async def test_says_what_it_leads_to_before_anybody_comes_in(
        self, rooms: Rooms, one: Caller, other: Caller
    ) -> None:
        made = await rooms.make(one, RoomIn(name="101동", kind=RoomKind.BUILDING))
        invite = await rooms.invite(one, made.id, uses=1)
        for _ in range(2):  # to look uses nothing up
            shown = await rooms.invitation(other, invite.token)
        assert (shown.room, shown.name, shown.kind) == (made.id, "101동", RoomKind.BUILDING)
        assert (shown.members, shown.invited_by, shown.joined) == (1, "하나", False)
        assert shown.expires_at == invite.expires_at
        with pytest.raises(RoomMissing):
            await rooms.get(other, made.id)
        await rooms.join_by_invite(other, invite.token)
        with pytest.raises(InviteInvalid):
            await rooms.invitation(other, invite.token)

    async def test_names_nobody_who_has_left_and_tells_members_that_they_are_in(
        self, rooms: Rooms, one: Caller, other: Caller
    ) -> None:
        room = await room_of(rooms, one, other)
        invite = await rooms.invite(one, room, uses=2)
        await rooms.leave(one, room)
        shown = await rooms.invitation(other, invite.token)
        assert (shown.invited_by, shown.joined, shown.members) == ("", True, 1)

    async def test_is_over_after_its_time_and_with_its_room_and_nothing_for_who_was_sent_out(
        self, rooms: Rooms, moderation: Moderation, one: Caller, other: Caller, clock: Clockwork
    ) -> None:
        room = await room_of(rooms, one, other)
        invite = await rooms.invite(one, room, uses=2)
        await moderation.act(one, room, other.id, ModerationIn(action="ban", minutes=60 * 24 * 365))
        with pytest.raises(Banned):
            await rooms.invitation(other, invite.token)
        await moderation.act(one, room, other.id, ModerationIn(action="unban"))
        await rooms.invitation(other, invite.token)
        await rooms.close(one, room)
        with pytest.raises(InviteInvalid):
            await rooms.invitation(other, invite.token)
        second = await room_of(rooms, one)
        late = await rooms.invite(one, second, uses=2)
        clock.move(days=7, seconds=1)
        for token in (late.token, "made up, and long enough"):
            with pytest.raises(InviteInvalid):
                await rooms.invitation(other, token)


async def test_a_neighbourhood_has_one_room(rooms: Rooms, one: Caller, other: Caller) -> None:
    area = f"wyd{one.id[-3:].translate(str.maketrans('ail', 'bcd')).replace('o', 'p')}"[:6]
    said = RoomIn(name="우리 동네", kind=RoomKind.AREA, area=area)
    first, second = await rooms.make(one, said), await rooms.make(other, said)
    assert first.id == second.id
    assert [each.id for each in await rooms.listed(one, area=area)] == [first.id]


class TestOwner:
    async def test_who_leaves_is_followed_by_the_oldest_and_the_last_closes(
        self, rooms: Rooms, one: Caller, other: Caller, new_caller: NewCaller, clock: Clockwork
    ) -> None:
        room = await room_of(rooms, one, other)
        clock.move(minutes=1)
        third = await new_caller("셋")
        await rooms.join(third, room)
        await rooms.leave(one, room)
        assert (await rooms.get(other, room)).role == Role.OWNER
        await rooms.leave(other, room)
        await rooms.leave(third, room)
        assert (await rooms.get(third, room)).closed_at == clock.now
        with pytest.raises(RoomClosed):
            await rooms.join(one, room)

    async def test_changes_what_may_be_changed(self, rooms: Rooms, one: Caller, other: Caller) -> None:
        room = await room_of(rooms, one, other)
        with pytest.raises(ModeratorsOnly):
            await rooms.change(other, room, RoomChange(name="내 방"))
        said = RoomChange.model_validate({"name": None, "slow_s": 5, "quiet_from": "22:00", "quiet_until": "07:00"})
        changed = await rooms.change(one, room, said)
        assert (changed.name, changed.slow_s, str(changed.quiet_from)) == ("방", 5, "22:00:00")
        again = await rooms.change(one, room, RoomChange.model_validate({"slow_s": None, "quiet_from": None}))
        assert (again.slow_s, again.quiet_from) == (5, None)


class TestModeration:
    async def test_who_is_kept_out_may_come_back_when_it_is_over(
        self, rooms: Rooms, moderation: Moderation, one: Caller, other: Caller, clock: Clockwork
    ) -> None:
        room = await room_of(rooms, one, other)
        with pytest.raises(ModeratorsOnly):
            await moderation.act(other, room, one.id, ModerationIn(action="ban"))
        await moderation.act(one, room, other.id, ModerationIn(action="ban", minutes=60 * 24 * 365))
        with pytest.raises(Banned):
            await rooms.join(other, room)
        await moderation.act(one, room, other.id, ModerationIn(action="unban"))
        await rooms.join(other, room)

    async def test_lists_who_is_kept_out_by_the_names_that_the_room_knew(
        self,
        rooms: Rooms,
        moderation: Moderation,
        retention: Retention,
        data: ChatUserData,
        one: Caller,
        other: Caller,
        new_caller: NewCaller,
        clock: Clockwork,
    ) -> None:
        room = await room_of(rooms, one, other)
        with pytest.raises(ModeratorsOnly):
            await moderation.bans(other, room, "", 10)
        stranger = await new_caller()
        await moderation.act(one, room, other.id, ModerationIn(action="ban", minutes=10))
        await moderation.act(one, room, stranger.id, ModerationIn(action="ban", minutes=30))
        shown = {each.user_id: each for each in await moderation.bans(one, room, "", 10)}
        assert {person: each.username for person, each in shown.items()} == {other.id: "둘", stranger.id: ""}
        assert shown[other.id].until == clock.now + timedelta(minutes=10)
        first, second = sorted(shown)
        assert [each.user_id for each in await moderation.bans(one, room, first, 10)] == [second]
        await moderation.act(one, room, other.id, ModerationIn(action="ban", minutes=20))
        again = {each.user_id: each for each in await moderation.bans(one, room, "", 10)}[other.id]
        assert (again.username, again.until) == ("둘", clock.now + timedelta(minutes=20))
        clock.move(minutes=20)
        await retention.expire()
        assert [each.user_id for each in await moderation.bans(one, room, "", 10)] == [stranger.id]
        await data.erase(stranger.id)
        assert await moderation.bans(one, room, "", 10) == []

    async def test_a_moderator_removes_and_a_member_does_not(
        self, rooms: Rooms, messages: Messages, moderation: Moderation, one: Caller, other: Caller
    ) -> None:
        room = await room_of(rooms, one, other)
        mine = await messages.post(one, room, MessageIn(content="내 것"))
        theirs = await messages.post(other, room, MessageIn(content="네 것"))
        with pytest.raises(NotYours):
            await messages.remove(other, mine.id)
        with pytest.raises(NotYours):
            await messages.edit(one, theirs.id, "고친 것")
        await messages.remove(one, theirs.id)
        await moderation.act(one, room, other.id, ModerationIn(action="promote"))
        await messages.remove(other, mine.id)


@pytest.mark.parametrize("content", ["", "   ", "\x00", "\n\t"])
async def test_an_empty_message_is_none(rooms: Rooms, messages: Messages, one: Caller, content: str) -> None:
    room = await room_of(rooms, one)
    with pytest.raises(MessageEmpty):
        await messages.post(one, room, MessageIn(content=content))
    assert (await rooms.get(one, room)).last_seq == 0


async def test_odd_characters_are_kept_but_the_one_that_cannot_be(
    rooms: Rooms, messages: Messages, history: History, one: Caller
) -> None:
    room = await room_of(rooms, one)
    said = "줄\n바꿈 \x00👨‍👩‍👧 <script> ﷽ " + "가" * 3000
    posted = await messages.post(one, room, MessageIn(content=said))
    assert posted.content == said.replace("\x00", "")
    assert (await history.before(one, room, None, 1)).messages == [posted]


async def test_history_is_for_members(rooms: Rooms, history: History, one: Caller, other: Caller) -> None:
    room = await room_of(rooms, one)
    for asked in (
        history.before(other, room, None, 10),
        history.after(other, room, 0, 10),
        history.around(other, room, 1, 10),
        history.search(other, room, "안녕", None, 10),
    ):
        with pytest.raises(NotAMember):
            await asked


async def test_who_has_read_everything_has_read_what_they_say(
    rooms: Rooms, messages: Messages, one: Caller, other: Caller
) -> None:
    room = await room_of(rooms, one)
    await rooms.join(other, room)
    await messages.post(one, room, MessageIn(content="하나"))
    assert ((await rooms.get(one, room)).unread, (await rooms.get(other, room)).unread) == (0, 1)
    await messages.post(other, room, MessageIn(content="둘"))
    assert (await rooms.get(other, room)).unread == 2  # the first is not read by speaking
