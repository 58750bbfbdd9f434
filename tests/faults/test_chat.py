"""Chat on several nodes while one is killed, and while Valkey is away: nothing is lost, nothing comes twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from socketio.exceptions import SocketIOError
from tests.app.test_chat import CHAT, Neighbour, room_of
from tests.support.client import Person
from tests.support.cluster import Cluster
from tests.support.platform import Platform, running

from bunri.app.settings import Settings
from bunri.kit.ids import new_id
from bunri.platform.embedded.servers import EmbeddedServers
from bunri.platform.vision.settings import VisionSettings


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServers]:
    started = EmbeddedServers(tmp_path_factory.mktemp("valkey"), postgres=False, what="pytest")
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
async def shared_settings(
    valkey: EmbeddedServers, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    values = {
        "data": tmp_path_factory.mktemp("data"),
        "secret": "a secret for tests only, and long enough",
        "database_url": cluster.url,
        "valkey_url": valkey.addresses.valkey_url,
        "vision": VisionSettings(models_dir=None, fetch=False),
    }
    return await cluster.copy(Settings.model_validate(values))


@pytest.fixture
def nodes(shared_settings: Settings, tmp_path: Path) -> Iterator[list[Platform]]:
    """Three API processes that share database and Valkey."""
    with ExitStack() as running_:
        yield [
            running_.enter_context(running(shared_settings, "single", _folder(tmp_path / name), workers=False))
            for name in ("first", "second", "third")
        ]


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.fixture
async def leaving() -> AsyncIterator[list[Neighbour]]:
    came: list[Neighbour] = []
    yield came
    for each in came:
        with suppress(SocketIOError):
            await each.client.disconnect()


async def arrive(node: Platform, name: str, leaving: list[Neighbour]) -> Neighbour:
    neighbour = await Neighbour(await asyncio.to_thread(Person.arrives, node, name)).connect()
    leaving.append(neighbour)
    return neighbour


def kill(node: Platform) -> None:
    for process in node.processes.values():
        process.send_signal(signal.SIGKILL)
        process.wait()


async def said(neighbour: Neighbour, room: str, content: str, nodes: list[Platform]) -> dict[str, Any]:
    """By HTTP, on whichever node answers; sent again with the same ``clientId`` until it is there."""
    body = {"content": content, "clientId": str(new_id())}
    headers = {"Authorization": f"Bearer {neighbour.person.token}"}
    while True:
        for node in nodes:
            with suppress(httpx.HTTPError):
                url = node.url(f"{CHAT}/rooms/{room}/messages")
                answer = await asyncio.to_thread(node.http.post, url, json=body, headers=headers)
                if answer.status_code == 201:
                    kept: dict[str, Any] = answer.json()
                    return kept
        await asyncio.sleep(0.05)


def numbers(neighbour: Neighbour) -> list[int]:
    return [each["seq"] for each in neighbour.heard("newMessage")]


async def test_each_socket_gets_one_copy_whichever_node_it_is_on(
    nodes: list[Platform], leaving: list[Neighbour]
) -> None:
    """[10]"""
    people = [await arrive(node, name, leaving) for node in nodes for name in ("하나", "둘")]
    room = await room_of(people[0])
    for each in people:
        await each.call("joinRoom", roomId=room)
    await asyncio.gather(*(each.call("sendMessage", room=room, content=each.person.id) for each in people))
    for each in people:
        await each.hears("newMessage", lambda data: data["seq"] == 6)
        assert numbers(each) == [1, 2, 3, 4, 5, 6]


async def test_a_killed_node_loses_and_doubles_nothing(nodes: list[Platform], leaving: list[Neighbour]) -> None:
    """[1, 6]"""
    sender, listener = await arrive(nodes[1], "하나", leaving), await arrive(nodes[0], "둘", leaving)
    room = await room_of(sender)
    await listener.call("joinRoom", roomId=room)

    async def talk() -> None:
        for number in range(60):
            await said(sender, room, str(number), nodes)

    talking = asyncio.create_task(talk())
    await listener.hears("newMessage", lambda data: data["seq"] == 15)
    await asyncio.to_thread(kill, nodes[0])
    moved = Neighbour(Person(nodes[2], listener.person.id, listener.person.token))
    leaving.append(await moved.connect())
    known = max(numbers(listener))
    await moved.call("resume", rooms={room: known})
    await talking
    await moved.hears("newMessage", lambda data: data["seq"] == 60, within=20)
    heard = listener.heard("newMessage") + moved.heard("newMessage")
    assert [each["content"] for each in heard] == [str(number) for number in range(60)]


async def test_people_of_a_killed_node_are_gone_within_half_a_minute(
    nodes: list[Platform], leaving: list[Neighbour]
) -> None:
    """[20]"""
    stays, goes = await arrive(nodes[0], "하나", leaving), await arrive(nodes[1], "둘", leaving)
    room = await room_of(stays)
    for each in (stays, goes):
        await each.call("joinRoom", roomId=room)
    await asyncio.to_thread(kill, nodes[1])
    assert await stays.hears("userLeftRoom", within=30) == {"roomId": room, "userId": goes.person.id}


async def test_without_valkey_messages_go_on_and_everybody_has_them_all_afterwards(
    nodes: list[Platform], leaving: list[Neighbour], valkey: EmbeddedServers
) -> None:
    """[7, 9]"""
    sender, listener = await arrive(nodes[0], "하나", leaving), await arrive(nodes[1], "둘", leaving)
    room = await room_of(sender)
    for each in (sender, listener):
        await each.call("joinRoom", roomId=room)
    await said(sender, room, "전", nodes)
    os.kill(valkey.pids["valkey"], signal.SIGKILL)
    while not valkey.poll():  # noqa: ASYNC110  # no event tells
        await asyncio.sleep(0.02)
    for number in range(10):
        await said(sender, room, str(number), nodes)
    await asyncio.to_thread(valkey.restart, "valkey")
    for each in (sender, listener):
        await each.hears("newMessage", lambda data: data["seq"] == 11, within=30)
        assert numbers(each) == list(range(1, 12))
    kept = await listener.ask("GET", f"/rooms/{room}/messages")
    assert [each["_id"] for each in kept] == [each["_id"] for each in listener.heard("newMessage")]
