"""What is told once a second: the last state of each room, and the last readers."""

import asyncio

import pytest

from bunri.domains.chat.coalescing import EVERY_S, Coalesced
from bunri.domains.chat.pushes import LOBBY, Pushes
from bunri.domains.chat.records import Room, RoomKind
from bunri.kit.clock import now
from bunri.kit.ids import new_id
from bunri.platform.realtime import RecordingEmitter, user_room


class Seconds:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self._sleepers: list[asyncio.Event] = []

    async def sleep(self, seconds: float) -> None:
        assert seconds == EVERY_S
        woken = asyncio.Event()
        self._sleepers.append(woken)
        await woken.wait()

    async def passes(self) -> None:
        await settle()
        sleepers, self._sleepers = self._sleepers, []
        for each in sleepers:
            each.set()
        await settle()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


class TestCoalesced:
    @pytest.fixture
    def sent(self) -> list[tuple[str, int]]:
        return []

    @pytest.fixture
    def coalesced(self, seconds: Seconds, sent: list[tuple[str, int]]) -> Coalesced[str, int]:
        async def send(key: str, value: int) -> None:
            sent.append((key, value))

        return Coalesced(send, seconds.sleep)

    async def test_the_last_value_of_each_key_is_sent_once_its_second_is_over(
        self, coalesced: Coalesced[str, int], seconds: Seconds, sent: list[tuple[str, int]]
    ) -> None:
        for value in range(5):
            coalesced.put("a", value)
        coalesced.put("b", 7)
        await settle()
        assert sent == []
        await seconds.passes()
        assert sent == [("a", 4), ("b", 7)]
        await seconds.passes()
        assert sent == [("a", 4), ("b", 7)]
        coalesced.put("a", 5)
        await seconds.passes()
        assert sent[2:] == [("a", 5)]

    async def test_nothing_is_lost_at_the_end(
        self, coalesced: Coalesced[str, int], seconds: Seconds, sent: list[tuple[str, int]]
    ) -> None:
        coalesced.put("a", 1)
        await coalesced.flush()
        assert sent == [("a", 1)]
        await seconds.passes()
        await coalesced.flush()
        assert sent == [("a", 1)]
        coalesced.put("a", 2)
        await seconds.passes()
        assert sent == [("a", 1), ("a", 2)]

    async def test_what_cannot_be_sent_does_not_stop_what_follows(self, seconds: Seconds) -> None:
        sent = []

        async def send(key: str, value: int) -> None:
            if value == 0:
                raise ConnectionError
            sent.append(value)

        coalesced: Coalesced[str, int] = Coalesced(send, seconds.sleep)
        coalesced.put("a", 0)
        await seconds.passes()
        coalesced.put("a", 1)
        await seconds.passes()
        assert sent == [1]


@pytest.fixture
def emitter() -> RecordingEmitter:
    return RecordingEmitter()


@pytest.fixture
def pushes(emitter: RecordingEmitter, seconds: Seconds) -> Pushes:
    return Pushes(emitter, seconds.sleep)


@pytest.mark.parametrize("kind", [RoomKind.PUBLIC, RoomKind.PRIVATE])
async def test_a_room_that_many_write_in_is_shown_once_a_second(
    pushes: Pushes, emitter: RecordingEmitter, seconds: Seconds, kind: RoomKind
) -> None:
    room = Room(new_id(), kind, "방", None, "a", now(), now())
    for _ in range(9):
        pushes.room_updated(room, None)
    await seconds.passes()
    channel = LOBBY if kind.is_open else f"room:{room.id}"
    assert emitter.emitted == [("roomUpdated", {"roomId": str(room.id), "lastMessage": None}, channel)]


async def test_of_many_readers_the_room_is_told_of_the_last_and_each_of_themselves(
    pushes: Pushes, emitter: RecordingEmitter, seconds: Seconds
) -> None:
    room = new_id()
    for seq in (1, 2):
        for reader in range(25):
            pushes.read(room, f"p{reader}", seq)
    await seconds.passes()
    to_room = [data for _, data, channel in emitter.emitted if channel == f"room:{room}"]
    assert [each["userId"] for each in to_room] == [f"p{reader}" for reader in range(24, 14, -1)]
    assert {each["seq"] for each in to_room} == {2}
    told = {channel: data for _, data, channel in emitter.emitted if channel != f"room:{room}"}
    assert told.keys() == {user_room(f"p{reader}") for reader in range(25)}
    assert told[user_room("p0")] == {"userId": "p0", "roomId": str(room), "seq": 2}
