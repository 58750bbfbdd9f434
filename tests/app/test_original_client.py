"""The client of the design document, which knows nothing of ours: no acknowledgements, no ``clientId``, no numbers."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
import socketio
from tests.support.platform import Platform

NAMESPACE = "/chat"


class OriginalClient:
    """Keeps what the original keeps: messages by room, the newest first, deduped by ``_id``."""

    def __init__(self, platform: Platform, name: str) -> None:
        self.platform = platform
        answer = platform.http.post(platform.url("/api/auth/guest"), json={"username": name}).json()
        self.token, self.id = answer["access_token"], answer["user"]["id"]
        self.hash = answer["user"]["hash"]
        self.cached: dict[str, list[dict[str, Any]]] = {}
        self.online: dict[str, list[dict[str, Any]]] = {}
        self.signed_out = False
        self.socket = socketio.AsyncClient(reconnection=False)
        for event in ("newMessage", "messageUpdated", "messageDeleted", "messagesRead", "roomOnlineUsers"):
            self.socket.on(event, getattr(self, f"_on_{event}"), namespace=NAMESPACE)
        for event in ("connect_error", "error", "exception"):
            self.socket.on(event, self._on_error, namespace=NAMESPACE)

    async def connect(self) -> "OriginalClient":
        url = self.platform.url("/socket.io").removesuffix("/socket.io")
        await self.socket.connect(url, auth={"token": self.token}, namespaces=[NAMESPACE], transports=["websocket"])
        return self

    async def emit(self, event: str, **data: Any) -> None:
        await self.socket.emit(event, data, namespace=NAMESPACE)

    async def show(self, room: str) -> None:
        await self.emit("joinRoom", roomId=room)
        self.cached[room] = [*reversed(await self.fetch(f"/api/chat/rooms/{room}/messages", limit=20))]

    async def fetch(self, path: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(path, **query)).json()
        return found

    async def get(self, path: str, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = self.platform.url(path)
        answer = await asyncio.to_thread(self.platform.http.get, url, params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    async def _on_newMessage(self, message: dict[str, Any]) -> None:  # the event's name
        cached = self.cached.setdefault(message["room"], [])
        if all(each["_id"] != message["_id"] for each in cached):
            cached.insert(0, message)

    async def _on_messageUpdated(self, message: dict[str, Any]) -> None:
        cached = self.cached.get(message["room"], [])
        cached[:] = [message if each["_id"] == message["_id"] else each for each in cached]

    async def _on_messageDeleted(self, told: dict[str, Any]) -> None:
        assert "newLastMessage" in told
        cached = self.cached.get(told["roomId"], [])
        cached[:] = [each for each in cached if each["_id"] != told["messageId"]]

    async def _on_messagesRead(self, told: dict[str, Any]) -> None:
        for each in self.cached.get(told["roomId"], []):
            if told["userId"] not in each["readBy"]:
                each["readBy"].append(told["userId"])

    async def _on_roomOnlineUsers(self, told: dict[str, Any]) -> None:
        self.online[told["roomId"]] = told["users"]

    async def _on_error(self, *told: Any) -> None:
        self.signed_out = self.signed_out or any(
            word in str(told).lower() for word in ("unauthorized", "jwt", "expired", "signature")
        )

    def contents(self, room: str) -> list[str]:
        return [each["content"] for each in self.cached.get(room, [])]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.02)


@pytest.fixture
async def come(arrangement: Platform) -> AsyncIterator[Callable[[str], Any]]:
    async with AsyncExitStack() as leaving:

        async def made(name: str) -> OriginalClient:
            client = await (await asyncio.to_thread(OriginalClient, arrangement, name)).connect()
            leaving.push_async_callback(client.socket.disconnect)
            return client

        yield made


async def room_of(client: OriginalClient) -> str:
    headers = {"Authorization": f"Bearer {client.token}"}
    url = client.platform.url("/api/chat/rooms")
    answer = await asyncio.to_thread(client.platform.http.post, url, json={"name": "방"}, headers=headers)
    room: str = answer.json()["_id"]
    return room


async def test_two_rooms_and_two_people(come: Any) -> None:
    one, other = await come("하나"), await come("둘")
    first, second = await room_of(one), await room_of(one)
    for client, room in itertools.product((one, other), (first, second)):
        await client.show(room)
        await client.emit("leaveRoom", roomId=room) if room == first else None
    await one.emit("sendMessage", content="안녕하세요", room=second, type="text")
    await until(lambda: other.contents(second) == ["안녕하세요"])
    [message] = other.cached[second]
    await one.emit("editMessage", messageId=message["_id"], roomId=second, content="안녕!")
    await until(lambda: other.contents(second) == ["안녕!"])
    await other.emit("markAsRead", roomId=second)
    await until(lambda: other.id in one.cached[second][0]["readBy"])
    assert sorted(each["hash"] for each in other.online[second]) == sorted([one.hash, other.hash])
    await one.emit("deleteMessage", messageId=message["_id"], roomId=second)
    await until(lambda: other.contents(second) == [])
    assert not one.signed_out
    assert not other.signed_out


async def test_switching_rooms_gives_up_no_membership(come: Any) -> None:
    """[chat.md 1.5.9]"""
    one, other = await come("하나"), await come("둘")
    room, elsewhere = await room_of(one), await room_of(one)
    await other.show(room)
    await other.emit("leaveRoom", roomId=room)
    await other.show(elsewhere)
    await one.show(room)
    await one.emit("sendMessage", content="여기요", room=room, type="text")
    await until(lambda: "여기요" in one.contents(room))

    async def unread() -> int:
        rooms = await other.fetch("/api/chat/rooms", limit=50)
        found: int = next(each["unread"] for each in rooms if each["_id"] == room)
        return found

    assert await unread() == 1
    assert other.contents(room) == []
    await other.show(room)
    assert other.contents(room) == ["여기요"]


async def test_pages_by_times_skip_and_repeat_nothing(come: Any) -> None:
    """[13]"""
    one = await come("하나")
    room = await room_of(one)
    await one.show(room)
    for n in range(7):
        await one.emit("sendMessage", content=str(n), room=room, type="text")
    await until(lambda: len(one.contents(room)) == 7)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = await one.get(f"/api/chat/rooms/{room}/messages", **query)
        seen = [each["content"] for each in page.json()] + seen
        if "x-next-cursor" not in page.headers:
            break
        query["before"] = page.headers["x-next-cursor"]
    assert seen == [str(n) for n in range(7)]


async def test_who_is_no_member_is_no_lost_session(come: Any) -> None:
    one, stranger = await come("하나"), await come("둘")
    room = await room_of(one)
    await stranger.emit("sendMessage", content="?", room=room, type="text")
    await stranger.emit("editMessage", messageId=room, roomId=room, content="?")
    answer = await stranger.socket.call("sendMessage", {"content": "?", "room": room}, namespace=NAMESPACE)
    assert answer["code"] == "not_a_member"
    assert not any(word in str(answer).lower() for word in ("unauthorized", "jwt", "expired", "signature"))
    assert not stranger.signed_out
