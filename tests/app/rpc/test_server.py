"""Who may call a domain from another target, and how."""

from typing import Any

import httpx
import pytest
from tests.app.rpc.songs import NOW, TOKENS
from tests.support.api import bare_app, client_of

from bunri.app.rpc.server import router
from bunri.domains.locations.public import LocationsPublic
from bunri.domains.locations.repository import LocationsRepository
from bunri.domains.locations.service import LocationsService
from bunri.platform.db import Database, Transaction


@pytest.fixture
def transaction(database: Database) -> Transaction[LocationsRepository]:
    return database.transactions("locations", LocationsRepository)


@pytest.mark.parametrize("authorization", ["", "Bearer x", "Basic abc"])
async def test_strangers_are_refused(http: httpx.AsyncClient, authorization: str) -> None:
    response = await http.post("/internal/songs/find", json={}, headers={"authorization": authorization})
    assert (response.status_code, response.json()["code"]) == (403, "not_a_peer")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"words": 3}', b'{"words": [], "loud": true}'])
async def test_a_call_that_does_not_fit_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    headers = {"authorization": f"Bearer {TOKENS.issue()}"}
    response = await http.post("/internal/songs/find", content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (422, "call_invalid")


@pytest.mark.parametrize(
    "changed",
    [
        {"lat": 91},
        {"lng": -181},
        {"limit": 0},
        {"limit": -1},
        {"limit": 10**30},
        {"lat": None},
        {"kinds": ["kitchen"]},
        {"kinds": "pet"},
    ],
)
async def test_a_call_beyond_the_bounds_of_a_domain_is_refused(
    changed: dict[str, Any], transaction: Transaction[LocationsRepository]
) -> None:
    locations = LocationsService(transaction, lambda: NOW, None)
    app = bare_app(router("locations", LocationsPublic, lambda _: locations, TOKENS, {}))
    good = {"lat": 37.5, "lng": 127.0, "kinds": ["pet"], "limit": 5}
    async with client_of(app, headers={"authorization": f"Bearer {TOKENS.issue()}"}, answers_errors=True) as client:
        assert (await client.post("/internal/locations/nearby", json=good)).status_code == 200
        response = await client.post("/internal/locations/nearby", json={**good, **changed})
    assert (response.status_code, response.json()["code"]) == (422, "call_invalid")
