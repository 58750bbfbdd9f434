"""Numbered events are delivered once and in order, whatever the channel makes of them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.kit.errors import Unavailable
from bunri.platform.realtime.ordered import Numbered, OrderedRooms

ROOM = "room:1"


class Kept:
    """Where the events are kept; may be away."""

    event = "said"
    most = 5

    def __init__(self) -> None:
        self.last = 0
        self.away = False

    def say(self) -> dict[str, Any]:
        self.last += 1
        return {"seq": self.last}

    async def after(self, room: str, seq: int, limit: int) -> Sequence[Numbered]:
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable
        return [Numbered(each, {"seq": each}) for each in range(seq + 1, min(self.last, seq + limit) + 1)]

    async def newest(self, rooms: Sequence[str]) -> Mapping[str, int]:
        if self.away:
            raise Unavailable
        return dict.fromkeys(rooms, self.last)


class Node:
    """A process and one socket of it."""

    def __init__(self, kept: Kept) -> None:
        self.heard: list[int] = []
        self.entered = False
        self.rooms = OrderedRooms(kept, self._deliver)

    async def _deliver(self, event: str, data: Mapping[str, Any], room: str) -> None:
        await asyncio.sleep(0)
        if self.entered:
            self.heard.append(data["seq"])

    async def join(self, since: int | None = None) -> bool:
        async def enter() -> None:
            self.entered = True

        async def send(event: str, data: Mapping[str, Any]) -> None:
            await asyncio.sleep(0)
            self.heard.append(data["seq"])

        return await self.rooms.add(ROOM, "socket", since, enter, send)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def node(kept: Kept) -> Node:
    return Node(kept)


async def test_what_comes_twice_or_late_is_dropped(kept: Kept, node: Node) -> None:
    """[4, 10]"""
    await node.join()
    said = [kept.say() for _ in range(3)]
    for each in (said[0], said[0], said[2], said[1], said[2]):
        await node.rooms.push(ROOM, each)
    assert node.heard == [1, 2, 3]


async def test_what_was_lost_comes_before_the_next(kept: Kept, node: Node) -> None:
    await node.join()
    for _ in range(12):  # more than are read at once
        kept.say()
    await node.rooms.push(ROOM, kept.say())
    assert node.heard == list(range(1, 14))


async def test_what_was_lost_at_the_end_is_found_by_a_look(kept: Kept, node: Node) -> None:
    await node.join()
    kept.say()
    kept.away = True
    await node.rooms.look()
    await node.rooms.push(ROOM, {"seq": 3})
    kept.away = False
    kept.last = 3
    await node.rooms.look()
    assert node.heard == [1, 2, 3]


async def test_who_comes_back_gets_what_was_missed_before_anything_newer(kept: Kept, node: Node) -> None:
    """[5]"""
    await node.join()
    for _ in range(4):
        await node.rooms.push(ROOM, kept.say())
    node.entered = False  # its socket is gone, its process is not
    node.heard.clear()
    complete, _ = await asyncio.gather(node.join(since=1), node.rooms.push(ROOM, kept.say()))
    assert complete
    assert node.heard == [2, 3, 4, 5]


@pytest.mark.parametrize(("since", "complete"), [(0, False), (2, True), (7, True), (8, False)])
async def test_too_much_or_too_little_is_told(kept: Kept, node: Node, since: int, complete: bool) -> None:
    """[12]: 7 were said, 5 are sent again at most."""
    kept.last = 7
    assert await node.join(since) is complete
    assert node.heard == (list(range(since + 1, 8)) if complete else [])
    await node.rooms.push(ROOM, kept.say())
    assert node.heard[-1] == 8


async def test_a_room_that_everybody_left_is_forgotten(kept: Kept, node: Node) -> None:
    await node.join()
    node.rooms.remove(ROOM, "socket")
    await node.rooms.push(ROOM, kept.say())
    assert node.heard == []


@given(order=st.permutations(range(1, 9)), lost=st.sets(st.integers(1, 8)), looks=st.sets(st.integers(0, 8)))
async def test_whatever_happens_to_pushes_each_number_comes_once_in_order(
    order: list[int], lost: set[int], looks: set[int]
) -> None:
    kept = Kept()
    node = Node(kept)
    await node.join()
    kept.last = 8
    for at, seq in enumerate(order):
        if at in looks:
            await node.rooms.look()
        if seq not in lost:
            await node.rooms.push(ROOM, {"seq": seq})
    await node.rooms.look()
    assert node.heard == list(range(1, 9))
