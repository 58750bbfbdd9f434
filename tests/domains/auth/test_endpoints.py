from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing

import httpx
import pytest
import redis
from tests.domains.auth.conftest import SEED, Clockwork
from tests.support.api import api_client, bare_app
from tests.support.providers import Only

from bunri.app.settings import Settings
from bunri.domains.auth.endpoints import router
from bunri.domains.auth.guest_limit import GuestLimit
from bunri.domains.auth.service import AuthService
from bunri.domains.auth.tokens import Verifier, signing_key
from bunri.platform.cache import Cache


@pytest.fixture
async def cache(settings: Settings) -> AsyncIterator[Cache]:
    made = Cache(settings.cache_address("common"))
    yield made
    await made.close()


@pytest.fixture
async def client(auth: AuthService, cache: Cache) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client(router, auth, GuestLimit(cache, 100_000), at="/api/v1/auth") as made:
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


class TestGuestLimit:
    @pytest.fixture
    def call_from(self, auth: AuthService, cache: Cache) -> Callable[[str], Awaitable[httpx.Response]]:
        """Signs in from an address, of which two may within a minute."""

        async def call(address: str, limited: Cache = cache) -> httpx.Response:
            app = bare_app(router)
            app.state.providers = Only(auth, GuestLimit(limited, 2))
            transport = httpx.ASGITransport(app, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.post("/api/v1/auth/guest", json={"username": "초록이"})

        return call

    async def test_an_address_makes_so_many_within_a_minute(
        self, call_from: Callable[[str], Awaitable[httpx.Response]], cache: Cache
    ) -> None:
        assert [(await call_from("192.0.2.1")).status_code for _ in range(3)] == [201, 201, 429]
        refused = await call_from("192.0.2.1")
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_guests", "60")
        assert (await call_from("192.0.2.2")).status_code == 201
        await cache.delete("guests:192.0.2.1")  # the minute is over
        assert (await call_from("192.0.2.1")).status_code == 201

    async def test_with_ipv6_a_network_is_one_address(
        self, call_from: Callable[[str], Awaitable[httpx.Response]]
    ) -> None:
        addresses = ("2001:db8:1:1::1", "2001:db8:1:1::2", "2001:db8:1:1:ffff::3", "2001:db8:1:2::1")
        assert [(await call_from(each)).status_code for each in addresses] == [201, 201, 429, 201]

    async def test_the_counter_ends_by_itself(
        self, call_from: Callable[[str], Awaitable[httpx.Response]], settings: Settings
    ) -> None:
        await call_from("192.0.2.9")
        with closing(redis.Redis.from_url(settings.cache_address("common"))) as client:
            assert 0 < int(client.pttl("guests:192.0.2.9")) <= 60_000

    async def test_without_valkey_everybody_is_let_in(
        self, call_from: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        away = Cache("redis://127.0.0.1:9")
        assert [(await call_from("192.0.2.3", away)).status_code for _ in range(3)] == [201, 201, 201]
        await away.close()


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
