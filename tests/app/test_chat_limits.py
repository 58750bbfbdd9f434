"""How often one person may say, show, read, enter and report something, at a running server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from tests.app.test_chat import CHAT, Neighbour, room_of
from tests.conftest import OwnSettings
from tests.support.client import Person
from tests.support.platform import Platform, running

from bunri.app.settings import Settings

LIMITS = {
    "BUNRI_LIMITS__PERSON__MESSAGE": "3/minute",
    "BUNRI_LIMITS__PERSON__TYPING": "3/minute",
    "BUNRI_LIMITS__PERSON__READ_MARK": "3/minute",
    "BUNRI_LIMITS__PERSON__ROOM_ENTRY": "3/minute",
    "BUNRI_LIMITS__PERSON__REPORT": "3/hour",
    "BUNRI_PUBLIC_URL": "https://bunri.example",  # or nobody at this machine would be counted
}


@pytest.fixture(scope="module")
async def own(own_settings: OwnSettings) -> Settings:
    return await own_settings()


@pytest.fixture(scope="module")
def strict(own: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with running(own, "single", tmp_path_factory.mktemp("logs"), workers=False, **LIMITS) as started:
        yield started


@pytest.fixture
async def one(strict: Platform) -> AsyncIterator[Neighbour]:
    neighbour = await Neighbour(await asyncio.to_thread(Person.arrives, strict)).connect()
    yield neighbour
    await neighbour.client.disconnect()


@pytest.fixture
async def room(one: Neighbour) -> str:
    return await room_of(one)


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("sendMessage", {"content": "안녕"}),
        ("typing", {"isTyping": True}),
        ("markAsRead", {"seq": 0}),
        ("joinRoom", {}),
    ],
)
async def test_of_a_socket(one: Neighbour, room: str, event: str, payload: dict[str, Any]) -> None:
    said = {"roomId": room, "room": room, **payload}
    answers = [await one.client.call(event, said, namespace="/chat", timeout=10) for _ in range(4)]
    assert [each["status"] for each in answers] == ["success"] * 3 + ["error"]
    assert answers[3]["code"] == "too_many"
    assert 0 < answers[3]["retry_after"] <= 120
    others = await one.client.call("leaveRoom", {"roomId": room}, namespace="/chat", timeout=10)
    assert others["status"] == "success"


async def test_reports(one: Neighbour, room: str) -> None:
    sent = await one.ask("POST", f"/rooms/{room}/messages", json={"content": "안녕"})
    path = f"{CHAT}/messages/{sent['_id']}/report"
    answers = [await asyncio.to_thread(one.person.ask, "POST", path, json={}) for _ in range(4)]
    assert [each.status_code for each in answers] == [204, 204, 204, 429]
    assert int(answers[3].headers["retry-after"]) > 60
