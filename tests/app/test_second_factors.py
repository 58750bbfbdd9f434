"""Second factors in the whole API, as its process is put together."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import HttpUrl
from tests.support.api import client_of
from tests.support.authenticator import Authenticator

from bunri.app.asgi import create_app
from bunri.app.settings import Settings

HOME = "https://bunri.example"


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings.model_copy(update={"public_url": HttpUrl(HOME)}), "auth")
    async with app.router.lifespan_context(app), client_of(app, HOME) as made:
        yield made


async def test_a_guest_adds_a_passkey_and_an_authenticator_app(client: httpx.AsyncClient) -> None:
    guest = (await client.post("/api/v1/auth/guest", json={"username": "초록이"})).json()
    headers = {"Authorization": f"Bearer {guest['access_token']}", "Origin": HOME}
    refused = await client.post("/api/v1/auth/totp", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "account_needed")
    asked = (await client.post("/api/v1/auth/passkeys/registration/options", headers=headers)).json()
    assert asked["options"]["rp"]["id"] == "bunri.example"
    made = {"request": asked["request"], "credential": Authenticator(HOME).create(asked["options"])}
    added = await client.post("/api/v1/auth/passkeys/registration/verify", json=made, headers=headers)
    assert added.status_code == 201
    headers["Authorization"] = f"Bearer {added.json()['access_token']}"
    assert (await client.post("/api/v1/auth/totp", headers=headers)).status_code == 201
    told = await client.get("/api/v1/auth/factors", headers=headers)
    assert told.json() == {"methods": ["passkey"], "recovery_codes": 0}
