"""Messages, edits, choices and names of rooms with words that are not wanted."""

from pathlib import Path

import pytest
from tests.domains.chat.test_user_data import room_of
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.public import Caller
from bunri.domains.chat.errors import ModeratorsOnly, NotAMember, WordRefused
from bunri.domains.chat.schemas import MessageIn, RoomChange, RoomIn
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.refused_words import RefusedWords
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.chat.settings import ChatSettings


@pytest.fixture(params=["list", "file"])
def settings(settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Of a service that refuses a word everywhere."""
    words: object = ["시발", "!시발점"]
    if request.param == "file":
        file = tmp_path / "words.txt"
        file.write_text("# 욕\n시발\n!시발점\n", "utf-8")
        words = str(file)
    return settings.model_copy(update={"chat": ChatSettings.model_validate({"words": words})})


@pytest.fixture
def refused(container: InlineContainer) -> RefusedWords:
    return container.get(RefusedWords)


async def test_are_neither_sent_nor_written_later(rooms: Rooms, messages: Messages, one: Caller) -> None:
    room = await room_of(rooms, one)
    said = await messages.post(one, room, MessageIn(content="시발점이 어디예요?"))
    with pytest.raises(WordRefused) as error:
        await messages.post(one, room, MessageIn(content="이 시.발 뭐예요"))
    assert error.value.data == {}
    with pytest.raises(WordRefused):
        await messages.post(one, room, MessageIn(content="?", choices=["캔", "시발"]))
    with pytest.raises(WordRefused):
        await messages.edit(one, said.id, "시\u200b발")
    assert (await rooms.get(one, room)).last_seq == 1


async def test_are_in_no_name_of_a_room(rooms: Rooms, one: Caller) -> None:
    with pytest.raises(WordRefused):
        await rooms.make(one, RoomIn(name="시발 방"))
    room = await room_of(rooms, one)
    with pytest.raises(WordRefused):
        await rooms.change(one, room, RoomChange(name="시 발"))


async def test_a_room_has_a_list_of_its_own(
    rooms: Rooms, messages: Messages, refused: RefusedWords, one: Caller, other: Caller, clock: Clockwork
) -> None:
    room, elsewhere = await room_of(rooms, one, other), await room_of(rooms, one)
    assert await refused.set_of_room(one, room, ["당근", " ", "당근", "!당근마켓"]) == ["당근", "!당근마켓"]
    with pytest.raises(WordRefused):
        await messages.post(other, room, MessageIn(content="당근 팔아요"))
    await messages.post(other, room, MessageIn(content="당근마켓에서 봤어요"))
    await messages.post(one, elsewhere, MessageIn(content="당근"))
    assert await refused.of_room(one, room) == ["당근", "!당근마켓"]


async def test_which_only_its_moderators_see_and_change(
    rooms: Rooms, refused: RefusedWords, one: Caller, other: Caller, new_caller: object
) -> None:
    room = await room_of(rooms, one, other)
    for asked in (refused.of_room(other, room), refused.set_of_room(other, room, [])):
        with pytest.raises(ModeratorsOnly):
            await asked
    elsewhere = await room_of(rooms, other)
    with pytest.raises(NotAMember):
        await refused.of_room(one, elsewhere)
