"""Neighbours talk: over HTTP and sockets, in one process and in many, with clients of old and of ours."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import socketio
from tests.support.client import Person
from tests.support.platform import Platform

from bunri.kit.ids import new_id
from bunri.platform.realtime import NAMESPACE

CHAT = "/api/v1/chat"
EVENTS = (
    "newMessage",
    "messageUpdated",
    "messageDeleted",
    "userJoinedRoom",
    "userLeftRoom",
    "messagesRead",
    "roomOnlineUsers",
    "roomUpdated",
    "userTyping",
    "cardGraded",
    "resync",
    "removedFromRoom",
)


class Neighbour:
    """A person with a socket that remembers what it was told."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.told: list[tuple[str, Any]] = []
        self.client = socketio.AsyncClient(reconnection=False)
        for event in EVENTS:
            self.client.on(event, self._note(event), namespace=NAMESPACE)

    def _note(self, event: str) -> Callable[..., Any]:
        async def note(data: Any) -> None:
            self.told.append((event, data))

        return note

    async def connect(self) -> "Neighbour":
        url = self.person.platform.url("/socket.io").removesuffix("/socket.io")
        token = {"token": self.person.token}
        await self.client.connect(url, auth=token, namespaces=[NAMESPACE], transports=["websocket"])
        return self

    async def call(self, event: str, **data: Any) -> Any:
        """The data of the acknowledgement."""
        answer = await self.client.call(event, data, namespace=NAMESPACE, timeout=10)
        assert answer["status"] == "success", answer
        return answer["data"]

    async def refused(self, event: str, **data: Any) -> str:
        answer = await self.client.call(event, data, namespace=NAMESPACE, timeout=10)
        assert answer["status"] == "error", answer
        code: str = answer["code"]
        return code

    async def emit(self, event: str, **data: Any) -> None:
        """As clients of old do, who wait for no answer."""
        await self.client.emit(event, data, namespace=NAMESPACE)

    def heard(self, event: str) -> list[Any]:
        return [data for name, data in self.told if name == event]

    async def hears(self, event: str, true: Callable[[Any], bool] = lambda _: True, within: float = 10) -> Any:
        """The first event of the name for which ``true`` holds, told already or soon."""
        async with asyncio.timeout(within):
            while True:
                for data in self.heard(event):
                    if true(data):
                        return data
                await asyncio.sleep(0.02)

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        response = await asyncio.to_thread(self.person.ask, method, f"{CHAT}{path}", **more)
        assert response.is_success, response.text
        return response.json() if response.content else None


@pytest.fixture
async def arrive(arrangement: Platform) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as leaving:

        async def come(name: str = "초록이") -> Neighbour:
            neighbour = await Neighbour(await asyncio.to_thread(Person.arrives, arrangement, name)).connect()
            leaving.push_async_callback(neighbour.client.disconnect)
            return neighbour

        yield come


async def room_of(owner: Neighbour, kind: str = "public") -> str:
    made = await owner.ask("POST", "/rooms", json={"name": "우리 동네", "kind": kind})
    room: str = made["_id"]
    return room


class TestTalking:
    async def test_what_one_says_the_other_hears_once_in_order(self, arrive: Any) -> None:
        one, other = await arrive("하나"), await arrive("둘")
        room = await room_of(one)
        for each in (one, other):
            await each.call("joinRoom", roomId=room)
        acks = [await one.call("sendMessage", room=room, content=f"{n}번", clientId=f"c{n}") for n in range(5)]
        await other.hears("newMessage", lambda data: data["seq"] == 5)
        heard = other.heard("newMessage")
        assert [each["seq"] for each in heard] == [1, 2, 3, 4, 5]
        assert heard == acks
        first = heard[0]
        assert (first["content"], first["senderUsername"]) == ("0번", "하나")
        assert (first["type"], first["readBy"]) == ("text", [])
        times = [each["createdAt"] for each in heard]
        assert times == sorted(set(times))
        assert (await other.ask("GET", f"/rooms/{room}/messages")) == heard

    async def test_a_message_sent_twice_is_one(self, arrive: Any) -> None:
        """[1, 2]"""
        one = await arrive()
        room = await room_of(one)
        said = {"room": room, "content": "건전지는 어디에 버리나요?", "clientId": str(new_id())}
        answers = await asyncio.gather(*(one.call("sendMessage", **said) for _ in range(5)))
        again = await one.ask("POST", f"/rooms/{room}/messages", json=said)
        assert {each["_id"] for each in (*answers, again)} == {again["_id"]}
        assert len(await one.ask("GET", f"/rooms/{room}/messages")) == 1

    async def test_many_at_once_are_numbered_without_a_gap(self, arrive: Any) -> None:
        people = [await arrive(f"{n}번") for n in range(3)]
        room = await room_of(people[0])
        for each in people:
            await each.call("joinRoom", roomId=room)
        said = [each.call("sendMessage", room=room, content=f"{n}") for n, each in enumerate(people * 7)]
        numbers = sorted(ack["seq"] for ack in await asyncio.gather(*said))
        assert numbers == list(range(1, 22))
        for each in people:
            await each.hears("newMessage", lambda data: data["seq"] == 21)
            assert [data["seq"] for data in each.heard("newMessage")] == list(range(1, 22))

    async def test_edits_removals_reactions_and_votes_reach_the_others(self, arrive: Any) -> None:
        one, other = await arrive(), await arrive()
        room = await room_of(one)
        for each in (one, other):
            await each.call("joinRoom", roomId=room)
        sent = await one.call("sendMessage", room=room, content="켄")
        await one.call("editMessage", messageId=sent["_id"], roomId=room, content="캔")
        edited = await other.hears("messageUpdated", lambda data: data["content"] == "캔")
        assert edited["editedAt"]
        reacted = await other.ask("POST", f"/messages/{sent['_id']}/reactions", json={"emoji": "👍"})
        assert reacted["reactions"] == {"👍": [other.person.id]}
        assert (await one.hears("messageUpdated", lambda data: data["reactions"])) == reacted
        asked = await one.ask("POST", f"/rooms/{room}/messages", json={"content": "?", "choices": ["캔", "병"]})
        for choice in (0, 1):
            voted = await other.ask("POST", f"/messages/{asked['_id']}/votes", json={"choice": choice})
        assert voted["poll"] == [{"text": "캔", "votes": []}, {"text": "병", "votes": [other.person.id]}]
        assert await other.refused("deleteMessage", messageId=sent["_id"], roomId=room) == "message_not_yours"
        await one.call("deleteMessage", messageId=sent["_id"], roomId=room)
        gone = await other.hears("messageDeleted")
        assert (gone["messageId"], gone["newLastMessage"]["_id"]) == (sent["_id"], asked["_id"])
        [tombstone, _] = await other.ask("GET", f"/rooms/{room}/messages")
        assert (tombstone["deleted"], tombstone["content"], tombstone["seq"]) == (True, "", 1)


class TestComingBack:
    async def test_what_was_missed_comes_first_and_once_however_often_one_comes_back(self, arrive: Any) -> None:
        """[5, 6, 12]"""
        one, other = await arrive(), await arrive()
        room = await room_of(one)
        await other.call("joinRoom", roomId=room)
        counter = itertools.count(1)
        for _ in range(2):
            await other.client.disconnect()
            for _ in range(3):
                await one.call("sendMessage", room=room, content=str(next(counter)))
            await other.connect()
            known = max((data["seq"] for data in other.heard("newMessage")), default=0)
            talking = asyncio.create_task(one.call("sendMessage", room=room, content=str(next(counter))))
            assert await other.call("resume", rooms={room: known}) == {"refused": []}
            await talking
        await other.hears("newMessage", lambda data: data["seq"] == 8)
        assert [data["content"] for data in other.heard("newMessage")] == [str(n) for n in range(1, 9)]

    async def test_changes_that_were_missed_come_too(self, arrive: Any) -> None:
        """[11]"""
        one, other = await arrive(), await arrive()
        room = await room_of(one)
        sent = await one.call("sendMessage", room=room, content="병")
        await other.call("joinRoom", roomId=room)
        await one.call("editMessage", messageId=sent["_id"], content="유리병")
        await other.call("resume", rooms={room: {"seq": 1, "rev": sent["rev"]}})
        assert (await other.hears("messageUpdated"))["content"] == "유리병"

    async def test_who_knows_more_than_there_is_reads_anew(self, arrive: Any) -> None:
        one = await arrive()
        room = await room_of(one)
        await one.call("resume", rooms={room: 99})
        assert await one.hears("resync") == {"roomId": room}

    async def test_of_rooms_that_are_not_theirs_nobody_hears(self, arrive: Any) -> None:
        one, stranger = await arrive(), await arrive()
        room = await room_of(one, "private")
        assert await stranger.call("resume", rooms={room: 0}) == {"refused": [room]}
        assert await stranger.refused("joinRoom", roomId=room) == "room_missing"
        await stranger.emit("typing", roomId=room, isTyping=True)  # the original joined whoever typed
        await one.call("sendMessage", room=room, content="비밀")
        assert await stranger.refused("sendMessage", room=room, content="?") == "room_missing"
        refused = await asyncio.to_thread(stranger.person.ask, "GET", f"{CHAT}/rooms/{room}/messages")
        assert (refused.status_code, refused.json()["code"]) == (404, "room_missing")
        assert stranger.heard("newMessage") == []


class TestUnread:
    async def test_follows_from_two_numbers_and_never_falls_below_nought(self, arrive: Any) -> None:
        """[14, 15, 16]"""
        one, other = await arrive(), await arrive()
        room = await room_of(one)
        await other.ask("POST", f"/rooms/{room}/join")
        for n in range(4):
            await one.call("sendMessage", room=room, content=str(n))

        async def unread() -> int:
            found: int = (await other.ask("GET", f"/rooms/{room}"))["unread"]
            return found

        assert await unread() == 4
        await other.call("markAsRead", roomId=room, seq=3)
        await other.call("markAsRead", roomId=room, seq=2)  # another tab is behind
        assert await unread() == 1
        await other.call("markAsRead", roomId=room, seq=999)
        assert await unread() == 0
        await other.call("markAsRead", roomId=room, seq=3, unread=True)
        assert await unread() == 2
        await other.call("markAsRead", roomId=room)
        assert await unread() == 0


class TestPresence:
    async def test_two_tabs_are_one_person(self, arrive: Any, arrangement: Platform) -> None:
        """[20]"""
        one, other = await arrive("하나"), await arrive("둘")
        room = await room_of(one)
        await one.call("joinRoom", roomId=room)
        await other.call("joinRoom", roomId=room)
        second = await Neighbour(other.person).connect()
        await second.call("joinRoom", roomId=room)
        told = await second.hears("roomOnlineUsers")
        assert sorted(each["username"] for each in told["users"]) == ["둘", "하나"]
        assert all(len(each["hash"]) == 4 for each in told["users"])
        await second.client.disconnect()
        await asyncio.sleep(0.3)
        assert one.heard("userLeftRoom") == []
        await other.client.disconnect()
        assert await one.hears("userLeftRoom") == {"roomId": room, "userId": other.person.id}
        assert len(one.heard("userJoinedRoom")) == 2  # herself, and the other once

    async def test_who_is_sent_out_hears_nothing_more(self, arrive: Any) -> None:
        one, other = await arrive(), await arrive()
        room = await room_of(one)
        for each in (one, other):
            await each.call("joinRoom", roomId=room)
        path = f"/rooms/{room}/members/{other.person.id}/moderation"
        await one.ask("POST", path, json={"action": "ban", "minutes": 5})
        await other.hears("removedFromRoom")
        assert await one.hears("userLeftRoom") == {"roomId": room, "userId": other.person.id}
        await one.call("joinRoom", roomId=room)
        assert [each["userId"] for each in one.heard("roomOnlineUsers")[-1]["users"]] == [one.person.id]
        await one.call("sendMessage", room=room, content="jetzt")
        await one.hears("newMessage")
        await asyncio.sleep(0.2)
        assert other.heard("newMessage") == []
        assert await other.refused("joinRoom", roomId=room) == "banned"


class TestSearch:
    @pytest.mark.parametrize("words", ["건전지", "전지", "ㄱㅈㅈ", "건전지 어디", "건전ㅈ"])
    async def test_finds_korean(self, arrive: Any, words: str) -> None:
        """[32]"""
        one = await arrive()
        room = await room_of(one)
        for content in ("건전지는 어디에 버려요?", "수지 씨, 병은요?", "전 지금 가요"):
            await one.call("sendMessage", room=room, content=content)
        found = await one.ask("GET", f"/rooms/{room}/search", params={"q": words})
        assert [each["seq"] for each in found] == [1]


class TestPages:
    async def test_go_both_ways_from_any_point(self, arrive: Any) -> None:
        one = await arrive()
        room = await room_of(one)
        for n in range(1, 8):
            await one.call("sendMessage", room=room, content=str(n))

        async def page(**query: Any) -> tuple[list[int], dict[str, str]]:
            path = f"{CHAT}/rooms/{room}/messages"
            answer = await asyncio.to_thread(one.person.ask, "GET", path, params=query)
            assert answer.status_code == 200, answer.text
            return [each["seq"] for each in answer.json()], dict(answer.headers)

        newest, headers = await page(limit=3)
        assert newest == [5, 6, 7]
        older, headers = await page(limit=3, before=headers["x-next-cursor"])
        assert older == [2, 3, 4]
        oldest, headers = await page(limit=3, before=headers["x-next-cursor"])
        assert oldest == [1]
        assert "x-next-cursor" not in headers
        assert (await page(limit=3, after="s3"))[0] == [4, 5, 6]
        assert (await page(limit=4, around="s4"))[0] == [2, 3, 4, 5]
