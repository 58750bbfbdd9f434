"""Messages that come at once go into one transaction, and each of them fares as if it had come alone."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.domains.auth.public import Caller
from bunri.domains.chat.errors import MessageEmpty, NotAMember, RoomMissing, SlowMode
from bunri.domains.chat.records import RoomKind
from bunri.domains.chat.schemas import MessageIn, MessageOut, RoomChange, RoomIn, RoomOut
from bunri.domains.chat.service import posting
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.posting import Posting
from bunri.domains.chat.service.rooms import Rooms
from bunri.kit.ids import new_id
from bunri.platform.realtime import RecordingEmitter


@pytest.fixture
async def room(rooms: Rooms, one: Caller, other: Caller) -> RoomOut:
    made = await rooms.make(one, RoomIn(name="분리", kind=RoomKind.PUBLIC))
    await rooms.join(other, made.id)
    return made


async def outcomes(messages: Messages, room: RoomOut, *said: tuple[Caller, MessageIn]) -> list[object]:
    """What became of each; those after the first wait while its transaction is under way."""
    posts = (messages.post(caller, room.id, each) for caller, each in said)
    return await asyncio.gather(*posts, return_exceptions=True)


def words(content: str, client_id: str | None = None) -> MessageIn:
    return MessageIn(content=content, client_id=client_id)


async def test_numbers_have_no_gap_and_follow_the_order(
    messages: Messages, room: RoomOut, one: Caller, other: Caller, pushed: RecordingEmitter
) -> None:
    people = (one, other)
    said = [(people[number % 2], words(f"{number}", f"c{number}")) for number in range(100)]
    posted = await outcomes(messages, room, *said)
    assert [each.seq for each in posted if isinstance(each, MessageOut)] == list(range(1, 101))
    assert [each.content for each in posted if isinstance(each, MessageOut)] == [each.content for _, each in said]
    times = [each.created_at for each in posted if isinstance(each, MessageOut)]
    assert all(before < after for before, after in pairwise(times))
    told = [data["seq"] for event, data, _ in pushed.emitted if event == "newMessage"]
    assert told == list(range(1, 101))


async def test_the_same_one_twice_at_once_is_one(messages: Messages, room: RoomOut, one: Caller, other: Caller) -> None:
    said = [
        (one, words("첫째")),
        (one, words("같은 말", "same")),
        (other, words("남의 말", "same")),
        (one, words("같은 말", "same")),
    ]
    first, mine, theirs, again = await outcomes(messages, room, *said)
    assert isinstance(first, MessageOut)
    assert isinstance(mine, MessageOut)
    assert isinstance(theirs, MessageOut)
    assert again == mine
    assert theirs.id != mine.id
    later = await messages.post(one, room.id, words("같은 말", "same"))
    assert later.id == mine.id
    assert (await messages.post(one, room.id, words("넷째"))).seq == 4


async def test_one_that_is_refused_leaves_the_others_alone(
    messages: Messages, room: RoomOut, one: Caller, other: Caller, new_caller: NewCaller
) -> None:
    stranger = await new_caller()
    said = [(one, words("하나")), (other, words("  ")), (stranger, words("밖에서")), (other, words("둘"))]
    first, empty, outside, last = await outcomes(messages, room, *said)
    assert isinstance(first, MessageOut)
    assert isinstance(empty, MessageEmpty)
    assert isinstance(outside, NotAMember)
    assert isinstance(last, MessageOut)
    assert (first.seq, last.seq) == (1, 2)


async def test_one_that_the_database_does_not_take_breaks_alone(
    messages: Messages, room: RoomOut, one: Caller, other: Caller
) -> None:
    broken = words("x").model_copy(update={"content": "반쪽 \ud800"})
    first, torn, last = await outcomes(messages, room, (one, words("하나")), (other, broken), (one, words("둘")))
    assert isinstance(first, MessageOut)
    assert isinstance(torn, Exception)
    assert isinstance(last, MessageOut)
    assert (first.seq, last.seq) == (1, 2)


async def test_slow_mode_counts_what_is_ahead_in_the_same_transaction(
    messages: Messages, rooms: Rooms, room: RoomOut, one: Caller, other: Caller
) -> None:
    await rooms.change(one, room.id, RoomChange(slow_s=30))
    said = [(one, words("방장은 빨라도 돼요")), (other, words("하나")), (other, words("둘")), (one, words("또"))]
    _, first, second, last = await outcomes(messages, room, *said)
    assert isinstance(first, MessageOut)
    assert isinstance(second, SlowMode)
    assert isinstance(last, MessageOut)


async def test_what_was_taken_once_is_not_refused_when_it_comes_again(
    messages: Messages, rooms: Rooms, room: RoomOut, one: Caller, other: Caller
) -> None:
    await rooms.change(one, room.id, RoomChange(slow_s=30))
    first = await messages.post(other, room.id, words("한 번만", "once"))
    mine, theirs, refused = await outcomes(
        messages, room, (one, words("사이에")), (other, words("한 번만", "once")), (other, words("또", "more"))
    )
    assert isinstance(mine, MessageOut)
    assert isinstance(theirs, MessageOut)
    assert (theirs.id, mine.seq) == (first.id, 2)
    assert isinstance(refused, SlowMode)


async def test_who_had_read_everything_has_read_their_own_words(
    messages: Messages, rooms: Rooms, room: RoomOut, one: Caller, other: Caller, clock: Clockwork
) -> None:
    await messages.post(one, room.id, words("앞의 것"))
    await messages.mark_read(other, room.id, None)
    said = [(other, words("a")), (other, words("b")), (one, words("c")), (other, words("d"))]
    await outcomes(messages, room, (one, words("먼저")), *said)
    assert (await rooms.get(one, room.id)).read_seq == 2
    assert (await rooms.get(other, room.id)).read_seq == 1
    await messages.mark_read(other, room.id, None)
    await outcomes(messages, room, *said)
    assert (await rooms.get(other, room.id)).unread <= 2


async def test_a_room_that_is_not_there(messages: Messages, one: Caller) -> None:
    with pytest.raises(RoomMissing):
        await messages.post(one, new_id(), words("여보세요"))


async def test_who_stops_waiting_stops_nobody(messages: Messages, room: RoomOut, one: Caller, other: Caller) -> None:
    tasks = [asyncio.create_task(messages.post(one, room.id, words(f"{number}"))) for number in range(5)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[3].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, MessageOut) for each in done] == [False, True, True, False, True]
    assert (await messages.post(other, room.id, words("끝"))).seq in {4, 5, 6}


async def test_those_who_answer_each_other_come_together(
    messages: Messages, room: RoomOut, one: Caller, other: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    kept = Posting._kept

    async def noted(self: Posting, room_id: UUID, batch: Sequence[Any]) -> Any:
        sizes.append(len(batch))
        return await kept(self, room_id, batch)

    monkeypatch.setattr(Posting, "_kept", noted)
    monkeypatch.setattr(posting, "TOGETHER_S", 2.0)
    await outcomes(messages, room, (one, words("0")), (other, words("1")), (one, words("2")))
    answer = asyncio.create_task(messages.post(other, room.id, words("3")))
    await asyncio.sleep(0.05)  # it would have had its own transaction by then
    await messages.post(one, room.id, words("4"))
    assert (await answer).seq == 4
    assert sizes == [3, 2]
