from collections.abc import AsyncIterator

import httpx
import pytest
from tests.domains.auth.conftest import SEED, Clockwork
from tests.support.api import api_client

from bunri.domains.auth.endpoints import router
from bunri.domains.auth.service import AuthService
from bunri.domains.auth.tokens import Verifier, signing_key


@pytest.fixture
async def client(auth: AuthService) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client(router, auth, at="/api/v1/auth") as made:
        yield made


async def signed_in(client: httpx.AsyncClient) -> str:
    """A refresh token."""
    token: str = (await client.post("/guest", json={"username": "초록이"})).json()["refresh_token"]
    return token


class TestGuest:
    async def test_signs_in_with_a_name_only(self, client: httpx.AsyncClient, clock: Clockwork) -> None:
        response = await client.post("/guest", json={"username": "  초록이 "})
        assert response.status_code == 201
        assert response.headers["cache-control"] == "no-store"
        told = response.json()
        assert told["user"]["username"] == "초록이"
        assert told["token_type"] == "bearer"
        assert Verifier(signing_key(SEED), clock).verify(told["access_token"]).id == told["user"]["id"]

    @pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\x00b", "a\nb", None, 5])
    async def test_needs_a_name_that_can_be_read(self, client: httpx.AsyncClient, name: object) -> None:
        response = await client.post("/guest", json={"username": name})
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == "body.username"


class TestRefresh:
    async def test_gives_new_tokens(self, client: httpx.AsyncClient) -> None:
        token = await signed_in(client)
        response = await client.post("/refresh", json={"refresh_token": token})
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        assert response.json()["refresh_token"] != token

    async def test_of_an_old_token_is_refused_and_the_end_of_the_session_is_kept(
        self, client: httpx.AsyncClient, clock: Clockwork
    ) -> None:
        first = newest = await signed_in(client)
        for _ in range(2):
            newest = (await client.post("/refresh", json={"refresh_token": newest})).json()["refresh_token"]
        for token in (first, newest):
            response = await client.post("/refresh", json={"refresh_token": token}, headers={"Accept-Language": "en"})
            assert response.status_code == 401
            assert response.json()["code"] == "refresh_invalid"
            assert response.json()["detail"] == "This session is over. Please pick a name again."

    @pytest.mark.parametrize("token", ["", "x" * 19, "x" * 129, None])
    async def test_bounds_what_it_reads(self, client: httpx.AsyncClient, token: object) -> None:
        assert (await client.post("/refresh", json={"refresh_token": token})).status_code == 422

    async def test_of_half_a_character_is_refused(self, client: httpx.AsyncClient) -> None:
        body = b'{"refresh_token": "' + b"\\ud800" * 30 + b'"}'
        response = await client.post("/refresh", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 422
