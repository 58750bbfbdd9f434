"""``/api/v1/learning/starter``, ``/move`` and ``/cards/from-scan`` as clients call them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.support.api import bare_app, client_of
from tests.support.providers import Only

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning.endpoints.starter import router
from bunri.domains.learning.service.moving import Moving
from bunri.domains.learning.service.scans import Scans
from bunri.domains.learning.service.starter import Starter
from bunri.edge.http.requests import RequestContext
from bunri.kit.ids import new_id


@pytest.fixture
async def client(container: InlineContainer) -> AsyncIterator[httpx.AsyncClient]:
    get = container.get
    app = bare_app(router)
    app.add_middleware(RequestContext)
    app.state.providers = Only(get(Starter), get(Scans), get(Moving))
    app.state.verifier, app.state.public_url = get(AccessVerifier), None
    async with client_of(app, "http://test/api/v1/learning") as made:
        tokens = await get(Guests).sign_in("초록이")
        made.headers["Authorization"] = f"Bearer {tokens.access_token}"
        yield made


async def test_joins_both_decks_where_nothing_is_said(client: httpx.AsyncClient) -> None:
    joined = await client.post("/starter")
    assert joined.status_code == 200
    assert [each["kind"] for each in joined.json()] == ["everyday", "hazards"]
    one = await client.post("/starter", json={"kinds": ["hazards"]})
    assert [each["id"] for each in one.json()] == [joined.json()[1]["id"]]
    assert (await client.get("/move")).json()["moved"] is False
    assert (await client.post("/move")).json()["differing"] == []


@pytest.mark.parametrize("body", [{"kinds": ["own"]}, {"kinds": []}, {"kinds": ["hazards"] * 3}, {"more": 1}])
async def test_other_decks_are_not_made_so(client: httpx.AsyncClient, body: dict[str, object]) -> None:
    assert (await client.post("/starter", json=body)).status_code == 422


async def test_a_scan_that_is_not_there(client: httpx.AsyncClient) -> None:
    missing = await client.post("/cards/from-scan", json={"job_id": str(new_id())})
    assert (missing.status_code, missing.json()["code"]) == (404, "scan_unanswered")
    assert (await client.post("/cards/from-scan", json={"job_id": "x", "position": -1})).status_code == 422


async def test_only_who_is_signed_in(client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]
    for method, path in (("POST", "/starter"), ("GET", "/move"), ("POST", "/move"), ("POST", "/cards/from-scan")):
        assert (await client.request(method, path)).status_code == 401
