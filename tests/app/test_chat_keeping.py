"""Order in rooms at a running product: what is reported, and what is not kept any more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from tests.app.test_chat import CHAT, Neighbour, room_of
from tests.support.client import Person
from tests.support.clockwork import Clockwork
from tests.support.platform import Platform

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.chat.service.retention import Retention
from bunri.kit.clock import now

Arrive = Callable[..., Any]


@pytest.fixture
async def arrive(single: Platform) -> AsyncIterator[Arrive]:
    async with AsyncExitStack() as leaving:

        async def come(name: str = "초록이") -> Neighbour:
            neighbour = await Neighbour(await asyncio.to_thread(Person.arrives, single, name)).connect()
            leaving.push_async_callback(neighbour.client.disconnect)
            return neighbour

        yield come


async def refused(neighbour: Neighbour, method: str, path: str, **more: Any) -> tuple[int, str]:
    answer = await asyncio.to_thread(neighbour.person.ask, method, f"{CHAT}{path}", **more)
    return answer.status_code, answer.json()["code"]


async def test_what_three_report_is_folded_for_all_until_a_moderator_has_looked(arrive: Arrive) -> None:
    owner, writer, *three = [await arrive(name) for name in ("하나", "둘", "셋", "넷", "다섯")]
    room = await room_of(owner)
    for each in (owner, writer, *three):
        await each.call("joinRoom", roomId=room)
    sent = await writer.call("sendMessage", room=room, content="욕")
    for each in three:
        await each.ask("POST", f"/messages/{sent['_id']}/report", json={"reason": "욕이에요"})
    assert (await writer.hears("messageUpdated"))["reported"] is True
    assert await refused(writer, "GET", f"/rooms/{room}/reports") == (403, "moderators_only")
    assert await refused(owner, "GET", "/reports") == (403, "moderators_only")
    [found] = await owner.ask("GET", f"/rooms/{room}/reports")
    assert (found["roomName"], found["message"]["_id"]) == ("우리 동네", sent["_id"])
    assert [each["username"] for each in found["reports"]] == ["셋", "넷", "다섯"]
    await owner.ask("POST", f"/rooms/{room}/reports/{sent['_id']}/settle", json={"remove": True})
    assert (await writer.hears("messageDeleted"))["messageId"] == sent["_id"]
    [noted] = await owner.ask("GET", f"/rooms/{room}/actions")
    assert (noted["kind"], noted["actorUsername"]) == ("removed_message", "하나")
    assert await refused(writer, "GET", f"/rooms/{room}/actions") == (403, "moderators_only")


async def test_words_of_a_room_are_refused_by_socket_and_http(arrive: Arrive) -> None:
    one = await arrive()
    room = await room_of(one)
    await one.ask("PUT", f"/rooms/{room}/words", json={"words": ["당근"]})
    assert await one.refused("sendMessage", room=room, content="당.근") == "word_refused"
    said = {"content": "당근"}
    assert await refused(one, "POST", f"/rooms/{room}/messages", json=said) == (422, "word_refused")


async def test_who_comes_back_from_before_the_first_message_reads_anew(
    arrive: Arrive, platform_settings: Settings
) -> None:
    one, other = await arrive(), await arrive()
    room = await room_of(one)
    await other.call("joinRoom", roomId=room)
    await other.call("leaveRoom", roomId=room)
    await one.ask("PATCH", f"/rooms/{room}", json={"keep_days": 1})
    for n in range(3):
        await one.call("sendMessage", room=room, content=str(n))
    clock = Clockwork()
    clock.now = now()
    clock.move(days=2)
    container = InlineContainer(platform_settings, clock=clock)
    await container.get(Retention).expire()
    await container.close()
    await one.call("sendMessage", room=room, content="3")
    await other.call("resume", rooms={room: 3})
    assert (await other.hears("newMessage"))["seq"] == 4
    assert other.heard("resync") == []
    await other.call("resume", rooms={room: 1})
    assert await other.hears("resync") == {"roomId": room}
    assert [each["seq"] for each in await other.ask("GET", f"/rooms/{room}/messages")] == [4]
