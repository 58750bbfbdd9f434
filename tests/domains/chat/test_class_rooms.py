"""Rooms of classes: opened by who teaches, entered under a nickname, left to nobody else, erased."""

from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.conftest import Sessions
from tests.domains.chat.test_user_data import room_of

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.chat.errors import Banned, NotAMember, RoomClosed, RoomMissing
from bunri.domains.chat.models import MemberRow, MessageRow, RoomFileRow, RoomRow
from bunri.domains.chat.public import ChatPublic
from bunri.domains.chat.records import FileKind, Role, RoomFile, RoomKind
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import MessageIn, ModerationIn
from bunri.domains.chat.service.file_removal import FileRemoval
from bunri.domains.chat.service.history import History
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.moderation import Moderation
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.chat.user_data import ChatUserData
from bunri.kit.ids import new_id


@pytest.fixture
def chat(container: InlineContainer) -> ChatPublic:
    return container.get(ChatPublic)


@pytest.fixture
async def room(chat: ChatPublic, one: Caller) -> UUID:
    """Taught by ``one``."""
    room_id = new_id()
    for _ in range(2):
        await chat.enter_class_room(room_id, "3학년 2반", one.id, "선생님", True)
    return room_id


class TestEntering:
    async def test_a_teacher_owns_it_and_a_pupil_is_called_by_the_nickname(
        self, chat: ChatPublic, rooms: Rooms, messages: Messages, room: UUID, one: Caller, other: Caller
    ) -> None:
        for _ in range(2):
            await chat.enter_class_room(room, "3학년 2반", other.id, "토끼", False)
        mine, theirs = await rooms.get(one, room), await rooms.get(other, room)
        assert (mine.kind, mine.role, theirs.role) == (RoomKind.CLASS, Role.OWNER, Role.MEMBER)
        assert [each.username for each in await rooms.members(one, room, "", 10)].count("토끼") == 1
        said = await messages.post(other, room, MessageIn(content="안녕하세요"))
        assert said.sender_username == "토끼"
        assert await rooms.name_in(other, room) == "토끼"

    async def test_nobody_but_a_teacher_opens_one(self, chat: ChatPublic, other: Caller) -> None:
        with pytest.raises(RoomMissing):
            await chat.enter_class_room(new_id(), "반", other.id, "토끼", False)

    async def test_a_room_of_another_kind_is_none(
        self, chat: ChatPublic, rooms: Rooms, one: Caller, other: Caller
    ) -> None:
        neighbours = await room_of(rooms, one)
        with pytest.raises(RoomMissing):
            await chat.enter_class_room(neighbours, "반", other.id, "토끼", True)
        assert await chat.erase_class_room(neighbours)
        assert (await rooms.get(one, neighbours)).role == Role.OWNER

    async def test_not_who_was_banned_nor_when_it_is_closed(
        self, chat: ChatPublic, rooms: Rooms, moderation: Moderation, room: UUID, one: Caller, other: Caller
    ) -> None:
        await chat.enter_class_room(room, "반", other.id, "토끼", False)
        await moderation.act(one, room, other.id, ModerationIn(action="ban", minutes=60 * 24 * 365))
        with pytest.raises(Banned):
            await chat.enter_class_room(room, "반", other.id, "토끼", False)
        await moderation.act(one, room, other.id, ModerationIn(action="unban"))
        await rooms.close(one, room)
        with pytest.raises(RoomClosed):
            await chat.enter_class_room(room, "반", other.id, "토끼", False)


class TestLeaving:
    async def test_a_pupil_who_left_reads_nothing_more(
        self, chat: ChatPublic, history: History, room: UUID, one: Caller, other: Caller
    ) -> None:
        await chat.enter_class_room(room, "반", other.id, "토끼", False)
        for _ in range(2):
            await chat.leave_class_room(room, other.id, one.id, "선생님")
        with pytest.raises((NotAMember, RoomMissing)):
            await history.before(other, room, None, 10)
        await chat.leave_class_room(room, one.id, None, None)  # who teaches stays
        assert (await history.before(one, room, None, 10)).messages == []

    @pytest.mark.parametrize("knows_it", [False, True])
    async def test_another_teacher_owns_it_once_who_taught_before_has_left(
        self, chat: ChatPublic, rooms: Rooms, room: UUID, one: Caller, other: Caller, knows_it: bool
    ) -> None:
        if knows_it:
            await chat.enter_class_room(room, "반", other.id, "이 선생님", False)
        for _ in range(2):
            await chat.leave_class_room(room, one.id, other.id, "이 선생님")
        assert (await rooms.get(other, room)).role == Role.OWNER
        assert [each.username for each in await rooms.members(other, room, "", 10)] == ["이 선생님"]
        with pytest.raises(RoomMissing):
            await rooms.get(one, room)

    @pytest.mark.parametrize("erased", [False, True])
    async def test_a_pupil_does_not_inherit_it(
        self, chat: ChatPublic, rooms: Rooms, data: ChatUserData, room: UUID, one: Caller, other: Caller, erased: bool
    ) -> None:
        await chat.enter_class_room(room, "반", other.id, "토끼", False)
        await (data.erase(one.id) if erased else rooms.leave(one, room))
        left = await rooms.get(other, room)
        assert (left.role, left.closed_at is not None) == (Role.MEMBER, True)

    async def test_a_second_teacher_does(
        self, chat: ChatPublic, rooms: Rooms, moderation: Moderation, room: UUID, one: Caller, other: Caller
    ) -> None:
        await chat.enter_class_room(room, "반", other.id, "김 선생님", False)
        await moderation.act(one, room, other.id, ModerationIn(action="promote"))
        await rooms.leave(one, room)
        left = await rooms.get(other, room)
        assert (left.role, left.closed_at is not None) == (Role.OWNER, False)


class TestErasing:
    async def test_nothing_is_left(
        self, chat: ChatPublic, messages: Messages, room: UUID, other: Caller, session_of: Sessions
    ) -> None:
        await chat.enter_class_room(room, "반", other.id, "토끼", False)
        await messages.post(other, room, MessageIn(content="안녕하세요"))
        for _ in range(2):
            assert await chat.erase_class_room(room)
        async with session_of("chat") as session:
            for table, column in (
                (RoomRow, RoomRow.id),
                (MessageRow, MessageRow.room_id),
                (MemberRow, MemberRow.room_id),
            ):
                counted = select(func.count()).select_from(table).where(column == room)
                assert (await session.execute(counted)).scalar_one() == 0, table

    async def test_files_go_before_the_last_of_it(
        self,
        chat: ChatPublic,
        messages: Messages,
        container: InlineContainer,
        room: UUID,
        one: Caller,
        session_of: Sessions,
    ) -> None:
        said = await messages.post(one, room, MessageIn(content="사진"))
        file = RoomFile(new_id(), room, one.id, "병.jpg", "image/jpeg", 10, container.clock(), kind=FileKind.IMAGE)
        async with container.transactions("chat", ChatRepository)() as repository:
            await repository.add_file(file)
            await repository.attach_files([file.id], said.id)
        assert not await chat.erase_class_room(room)
        async with session_of("chat") as session:
            kept = (await session.execute(select(RoomRow).where(RoomRow.id == room))).scalar_one()
            assert (kept.name, kept.created_by, kept.closed_at is None) == ("", "", False)
            here = select(func.count()).select_from(MessageRow).where(MessageRow.room_id == room)
            assert (await session.execute(here)).scalar_one() == 0
        await container.get(FileRemoval).purge()
        assert await chat.erase_class_room(room)
        async with session_of("chat") as session:
            files = select(func.count()).select_from(RoomFileRow).where(RoomFileRow.room_id == room)
            assert (await session.execute(files)).scalar_one() == 0
