"""Alerts in Slack, played by a local server, faults included; what was told is remembered in a real Valkey."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest
from pydantic import SecretStr, ValidationError
from tests.support.servers import Step, garbage, hang, serving, status, too_many

from bunri.app.settings import Settings
from bunri.kit.ids import new_id
from bunri.platform.alerts.settings import AlertSettings
from bunri.platform.alerts.slack import Alert, SlackAlerts
from bunri.platform.cache import Cache

OK = status(200, b"ok", {"Content-Type": "text/html"})


@pytest.fixture
async def memory(settings: Settings) -> AsyncIterator[Cache]:
    cache = Cache(settings.cache_address("common"))
    yield cache
    await cache.close()


def alert(**more: Any) -> Alert:
    return Alert(**{"key": f"test.{new_id()}", "title": "The backup failed", "text": "No room at <b> & c", **more})


def slack(url: str, memory: Cache, **more: Any) -> SlackAlerts:
    webhook = SecretStr(f"{url}/services/T0/B0/secret")
    return SlackAlerts(AlertSettings(slack_webhook=webhook, **{"timeout_s": 5, **more}), memory)


def texts(body: object) -> str:
    return cast("str", cast("Any", body)["blocks"][0]["text"]["text"])


async def test_the_message(memory: Cache) -> None:
    async with serving(OK) as server:
        assert await slack(server.url, memory).send(one := alert())
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", "/services/T0/B0/secret")
    assert texts(request.json()) == "*:rotating_light: The backup failed*\nNo room at &lt;b&gt; &amp; c"
    assert one.key in request.body.decode()


async def test_the_same_is_told_once_and_then_counted(memory: Cache) -> None:
    one = alert()
    async with serving(OK) as server:
        alerts = slack(server.url, memory)
        assert [await alerts.send(one) for _ in range(5)] == [True, False, False, False, False]
        assert await alerts.send(alert())  # another key
        await memory.delete(f"alert:told:{one.key}")  # as time does
        assert await alerts.send(one)
    assert "5 ×" in texts(server.requests[-1].json())
    assert len(server.requests) == 3


async def test_that_it_is_over_is_told_once_and_only_of_what_was_told(memory: Cache) -> None:
    one = alert()
    over = Alert(one.key, "Backups work again", "", firing=False)
    async with serving(OK) as server:
        alerts = slack(server.url, memory)
        assert [await alerts.send(each) for each in (over, one, over, over, one)] == [False, True, True, False, True]


async def test_silenced(memory: Cache) -> None:
    one = alert()
    async with serving(OK) as server:
        assert not await slack(server.url, memory, silenced=["test.*"]).send(one)
        alerts = slack(server.url, memory)
        await alerts.silence(one.key, timedelta(hours=1))
        assert not await alerts.send(one)
        assert server.requests == []


async def test_no_webhook() -> None:
    assert not await SlackAlerts(AlertSettings(), cast("Any", None)).send(alert())


@pytest.mark.parametrize("fault", [too_many("0"), status(500), status(503)])
async def test_a_fault_that_passes_is_tried_again(memory: Cache, fault: Step) -> None:
    async with serving(fault, OK) as server:
        assert await slack(server.url, memory).send(alert())
    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", [garbage(), status(404, b"no_service"), too_many("3600"), hang])
async def test_a_fault_that_stays_breaks_nothing_and_the_next_one_is_told(memory: Cache, fault: Step) -> None:
    one = alert()
    async with serving(fault, OK) as server:
        alerts = slack(server.url, memory, timeout_s=0.5)
        assert not await alerts.send(one)
    async with serving(OK) as server:
        assert await slack(server.url, memory).send(one)


async def test_nobody_there(memory: Cache) -> None:
    assert not await slack("http://127.0.0.1:9", memory, timeout_s=0.5).send(alert())


async def test_without_a_memory_it_is_told_rather_twice_than_never() -> None:
    gone = Cache("redis://127.0.0.1:9/0", timeout=0.2)
    async with serving(OK) as server:
        alerts = slack(server.url, gone)
        one = alert()
        assert all([await alerts.send(one) for _ in range(2)])
    await gone.close()


def test_an_address_that_is_none_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as told:
        AlertSettings(slack_webhook=SecretStr("hooks.slack.com/services/T0/B0/secret"))
    assert "T0/B0" not in str(told.value)
