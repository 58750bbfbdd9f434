"""Classes over HTTP: the table for spreadsheets, and who may ask for what."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from tests.support.api import bare_app, client_of
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork
from tests.support.providers import Only

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning.classes import SEOUL
from bunri.domains.learning.endpoints import classes
from bunri.domains.learning.service.classes import Classes
from bunri.edge.http.requests import RequestContext
from bunri.kit.ids import new_id

PREFIX = "/api/v1/learning/classes"


@pytest.fixture
async def client(container: InlineContainer) -> AsyncIterator[httpx.AsyncClient]:
    app = bare_app(classes.router)
    app.add_middleware(RequestContext)
    app.state.providers = Only(container.get(Classes))
    app.state.verifier = container.get(AccessVerifier)
    app.state.public_url = "http://127.0.0.1"
    async with client_of(app) as opened:
        yield opened


@pytest.fixture
async def teacher(container: InlineContainer) -> dict[str, str]:
    return await _signed_in(container, "김 선생님")


@pytest.fixture
async def pupil(container: InlineContainer) -> dict[str, str]:
    return await _signed_in(container, "둘")


async def _signed_in(container: InlineContainer, name: str) -> dict[str, str]:
    token = (await container.get(Guests).sign_in(name)).access_token
    return {"Authorization": f"Bearer {token}", "Accept-Language": "ko"}


async def _made(client: httpx.AsyncClient, teacher: dict[str, str], clock: Clockwork) -> dict[str, str]:
    ends_on = (clock().astimezone(SEOUL).date() + timedelta(days=9)).isoformat()
    made = await client.post(PREFIX, json={"name": "3학년 2반", "ends_on": ends_on}, headers=teacher)
    assert made.status_code == 201
    found: dict[str, str] = made.json()
    return found


async def test_a_table_for_spreadsheets(
    client: httpx.AsyncClient, teacher: dict[str, str], pupil: dict[str, str], clock: Clockwork
) -> None:
    made = await _made(client, teacher, clock)
    joined = await client.post(f"{PREFIX}/join", json={"code": made["code"], "nickname": "=1+1"}, headers=pupil)
    assert joined.json() == {
        **made,
        "role": "learner",
        "nickname": "=1+1",
        "code": None,
        "pupils": None,
        "waiting": None,
    }
    table = await client.get(f"{PREFIX}/{made['id']}/progress.csv", headers=teacher)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["cache-control"] == "no-store"
    assert table.content.decode("utf-8-sig").splitlines() == [
        "별명,카드,시작한 카드,익힌 카드,7일 동안 복습,그중 기억함,마지막 복습",
        "'=1+1,0,0,0,0,0,",
    ]
    assert table.content.startswith("\ufeff".encode())


async def test_a_pupil_asks_for_nothing_of_the_others(
    client: httpx.AsyncClient, teacher: dict[str, str], pupil: dict[str, str], clock: Clockwork, new_caller: NewCaller
) -> None:
    made = await _made(client, teacher, clock)
    await client.post(f"{PREFIX}/join", json={"code": made["code"], "nickname": "토끼"}, headers=pupil)
    stranger = await new_caller()
    asked = (
        ("GET", "/progress", None),
        ("GET", "/progress.csv", None),
        ("GET", "/suggestions", None),
        ("PUT", f"/suggestions/{new_id()}", None),
        ("DELETE", f"/suggestions/{new_id()}", None),
        ("DELETE", f"/pupils/{stranger.id}", None),
        ("PATCH", "", {"new_code": True}),
    )
    for method, path, body in asked:
        refused = await client.request(method, f"{PREFIX}/{made['id']}{path}", json=body, headers=pupil)
        assert (refused.status_code, refused.json()["code"]) == (403, "deck_not_yours"), path
        missing = await client.request(method, f"{PREFIX}/{new_id()}{path}", json=body, headers=pupil)
        assert (missing.status_code, missing.json()["code"]) == (404, "class_missing"), path


async def test_what_is_typed_wrong_is_said(
    client: httpx.AsyncClient, teacher: dict[str, str], pupil: dict[str, str], clock: Clockwork
) -> None:
    made = await _made(client, teacher, clock)
    shown = await client.post(f"{PREFIX}/shown", json={"code": made["code"].lower()})
    assert shown.json() == {"name": "3학년 2반", "ends_on": made["ends_on"]}
    wrong = await client.post(f"{PREFIX}/shown", json={"code": "2222-2222"}, headers={"Accept-Language": "ko"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "class_code_invalid")
    nameless = await client.post(f"{PREFIX}/join", json={"code": made["code"], "nickname": "\u200b"}, headers=pupil)
    assert nameless.status_code == 422
    late = {"name": "반", "ends_on": "2020-01-01"}
    assert (await client.post(PREFIX, json=late, headers=teacher)).json()["code"] == "class_term_invalid"


async def test_the_end_is_the_teachers(
    client: httpx.AsyncClient, teacher: dict[str, str], pupil: dict[str, str], clock: Clockwork
) -> None:
    made = await _made(client, teacher, clock)
    await client.post(f"{PREFIX}/join", json={"code": made["code"], "nickname": "토끼"}, headers=pupil)
    closed = await client.post(f"{PREFIX}/{made['id']}/room", headers=pupil)
    assert (closed.status_code, closed.json()["code"]) == (404, "room_missing")
    assert (await client.delete(f"{PREFIX}/{made['id']}", headers=pupil)).status_code == 204
    assert (await client.get(f"{PREFIX}/{made['id']}", headers=teacher)).json()["pupils"] == 0
    assert (await client.delete(f"{PREFIX}/{made['id']}", headers=teacher)).status_code == 204
    assert (await client.get(PREFIX, headers=teacher)).json() == []
