"""From a message to a locked phone: API, worker and beat, and a push service that speaks the RFCs."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.app.test_chat import CHAT, Neighbour, room_of
from tests.conftest import OwnSettings
from tests.support.client import Person
from tests.support.platform import Platform, running
from tests.support.push_service import Browser, PushService, push_service


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PushService]:
    async with push_service(tmp_path_factory.mktemp("certificate")) as started:
        yield started


@pytest.fixture(scope="module")
async def platform(
    service: PushService, own_settings: OwnSettings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Platform]:
    more = {
        "BUNRI_PUSH__HOSTS": json.dumps([service.host, "fcm.googleapis.com"]),
        "SSL_CERT_FILE": str(service.certificate.file),
    }
    started = running(await own_settings(), "single", tmp_path_factory.mktemp("logs"), workers=True, **more)
    product = await asyncio.to_thread(started.__enter__)
    yield product
    await asyncio.to_thread(started.__exit__, None, None, None)


async def arrives(platform: Platform, name: str) -> Neighbour:
    return Neighbour(await asyncio.to_thread(Person.arrives, platform, name))


async def until_told(browser: Browser, times: int) -> list[Any]:
    async with asyncio.timeout(20):
        while len(browser.pushed) < times:  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.05)
    return browser.got


async def test_a_device_is_told_until_it_is_turned_off(platform: Platform, service: PushService) -> None:
    one, other = await arrives(platform, "하나"), await arrives(platform, "둘")
    room = await room_of(one)
    await other.ask("POST", f"/rooms/{room}/join")
    key = (await other.ask("GET", "/push/key"))["key"]
    browser = service.subscribed(key)
    wish = {"endpoint": browser.endpoint, "keys": browser.keys, "showsText": True}
    await other.ask("PUT", "/push/subscriptions", json=wish)
    await one.ask("POST", f"/rooms/{room}/messages", json={"content": "안녕", "mentions": [other.person.id]})
    [told] = await until_told(browser, 1)
    assert told == {"room": room, "seq": 1, "title": "우리 동네", "body": "하나: 안녕", "mentioned": True}
    await other.ask("DELETE", "/push/subscriptions", json={"endpoint": browser.endpoint})
    another = service.subscribed(key)
    await other.ask("PUT", "/push/subscriptions", json={"endpoint": another.endpoint, "keys": another.keys})
    await one.ask("POST", f"/rooms/{room}/messages", json={"content": "또", "mentions": [other.person.id]})
    await until_told(another, 1)
    assert len(browser.got) == 1
    assert service.refused == []


@pytest.mark.parametrize(
    "endpoint", ["https://127.0.0.1:8000/", "http://fcm.googleapis.com/x", "https://evil.example/x", "x"]
)
async def test_nobody_makes_us_ask_addresses_of_their_own(platform: Platform, endpoint: str) -> None:
    one = await arrives(platform, "하나")
    wish = {"endpoint": endpoint, "keys": Browser().keys}
    answer = await asyncio.to_thread(one.person.ask, "PUT", f"{CHAT}/push/subscriptions", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (422, "push_refused")


async def test_a_stranger_gets_no_key(platform: Platform) -> None:
    answer = await asyncio.to_thread(platform.http.get, platform.url(f"{CHAT}/push/key"))
    assert answer.status_code == 401


async def test_who_signs_out_is_told_nothing_more(platform: Platform, service: PushService) -> None:
    one, other = await arrives(platform, "하나"), await arrives(platform, "둘")
    room = await room_of(one)
    await other.ask("POST", f"/rooms/{room}/join")
    browser = service.subscribed((await other.ask("GET", "/push/key"))["key"])
    wish = {"endpoint": browser.endpoint, "keys": browser.keys}
    await other.ask("PUT", "/push/subscriptions", json=wish)
    await one.ask("POST", f"/rooms/{room}/messages", json={"content": "안녕"})
    await until_told(browser, 1)
    sessions = (await asyncio.to_thread(other.person.ask, "GET", "/api/v1/auth/sessions")).json()
    ended = await asyncio.to_thread(other.person.ask, "DELETE", f"/api/v1/auth/sessions/{sessions[0]['id']}")
    assert ended.status_code == 204
    async with asyncio.timeout(20):
        for number in range(2, 999):
            said = {"content": str(number), "mentions": [other.person.id]}
            before = service.asked
            await one.ask("POST", f"/rooms/{room}/messages", json=said)
            await asyncio.sleep(0.5)
            if service.asked == before:
                break
