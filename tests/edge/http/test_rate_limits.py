"""The limits of requests, through the middlewares as they stand in the product."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message
from tests.support.api import bare_app

from bunri.app.settings import Settings
from bunri.domains.auth.public import Caller, Kind
from bunri.edge.http.addresses import ClientAddress
from bunri.edge.http.policies import policies_of
from bunri.edge.http.rate_limits import RateLimits
from bunri.edge.http.requests import BodyLimit, RequestContext
from bunri.kit.clock import now
from bunri.kit.errors import Conflict
from bunri.kit.ids import new_id
from bunri.platform.http import Quota, policy, quota, use
from bunri.platform.limits import LimitsSettings, RateLimiter
from bunri.platform.limits.valkey import ValkeyRateLimiter

PROXY = "10.0.0.1"
SECRET = "a secret for tests only, and long enough"
LIMITS = LimitsSettings.model_validate(
    {
        "person": {"read": "5/minute", "write": "3/minute", "photo_mb": "100/day"},
        "network": {
            "read": "8/minute",
            "write": "4/minute",
            "sign_in": "40/minute",
            "register": "2/minute",
            "photo_mb": "300/day",
        },
    }
)
Call = Callable[..., Any]


def identify(authorization: str) -> Caller | None:
    """``Bearer guest_…`` and ``Bearer account_…`` are good tokens here."""
    name = authorization.removeprefix("Bearer ")
    kind = Kind.GUEST if name.startswith("guest_") else Kind.ACCOUNT
    if kind is Kind.ACCOUNT and not name.startswith("account_"):
        return None
    return Caller(id=name, session_id=new_id(), name="초록이", kind=kind, expires_at=now() + timedelta(hours=1))


class Limits:
    """``Providers`` of the limiter alone."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    def get(self, kind: type[Any]) -> Any:
        assert kind is RateLimiter
        return self._limiter


def made(limiter: ValkeyRateLimiter, *, public: bool = False) -> FastAPI:
    app = bare_app()
    app.state.providers = Limits(limiter)

    @app.get("/api/v1/words")
    async def words() -> list[str]:
        return ["유리"]

    @app.post("/api/v1/notes")
    @policy(max_body=1000)
    async def note() -> str:
        return "noted"

    @app.post("/api/v1/auth/login")
    @policy(rate_limit="sign_in")
    async def login(account: str, limiter: Annotated[RateLimiter, use(RateLimiter)]) -> str:
        await limiter.hit("sign_in", account)
        return "in"

    @app.post("/api/v1/auth/register")
    @policy(rate_limit="register")
    async def register() -> str:
        return "registered"

    @app.post("/api/v1/photos")
    @policy(rate_limit="photo")
    async def photo(mb: int, room: Annotated[Quota, quota("photo_mb")], *, works: bool = True) -> str:
        async with room.spent(mb):
            if not works:
                raise Conflict
        return "sent"

    @app.get("/page")
    async def page() -> str:
        return "hello"

    policies = policies_of(app)
    app.add_middleware(BodyLimit, policies=policies)
    app.add_middleware(RateLimits, limiter=limiter, policies=policies, identify=identify, public=public)
    app.add_middleware(RequestContext)
    app.add_middleware(ClientAddress, trusted=[ip_network(PROXY)])
    return app


@pytest.fixture
async def limiter(settings: Settings) -> AsyncIterator[ValkeyRateLimiter]:
    made = ValkeyRateLimiter(settings.cache_address("common"), LIMITS, SECRET)
    yield made
    await made.close()


@pytest.fixture
def call(limiter: ValkeyRateLimiter) -> Call:
    """``await call("GET", "/api/v1/words", address, token=…)``"""
    return caller_of(made(limiter))


def caller_of(app: FastAPI) -> Call:
    async def call(
        method: str, path: str, address: str, *, token: str | None = None, forwarded: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = {"Accept-Language": "en", **more.pop("headers", {})}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"X-Forwarded-For": forwarded} if forwarded is not None else {}
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers=headers, **more)

    return call


def network(count: int = 1) -> str:
    """An IPv6 address whose network nobody else has."""
    part = new_id().hex[-12:]
    return f"2001:db8:{part[:4]}:{part[4:8]}::{count:x}"


def login(account: str | None = None) -> str:
    return f"/api/v1/auth/login?account={account or new_id()}"


def stranger() -> str:
    return f"account_{new_id()}"


class TestOfANetwork:
    async def test_so_many_and_no_more(self, call: Call) -> None:
        address = network()
        answers = [await call("GET", "/api/v1/words", address) for _ in range(9)]
        assert [each.status_code for each in answers] == [200] * 8 + [429]
        first, refused = answers[0], answers[-1]
        assert first.headers["ratelimit"] == '"read";r=7;t=60'
        assert first.headers["ratelimit-policy"] == '"read";q=8;w=60'
        told = [first.headers[f"ratelimit-{name}"] for name in ("limit", "remaining", "reset")]
        assert told == ["8", "7", "60"]
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "too_many"
        assert f"{refused.headers['retry-after']} s" in refused.json()["detail"]
        assert 1 <= int(refused.headers["retry-after"]) <= 61
        assert refused.headers["ratelimit-remaining"] == "0"
        assert refused.headers["ratelimit-reset"] == refused.headers["retry-after"]
        assert refused.headers["x-request-id"] == refused.json()["request_id"]

    async def test_a_whole_64_is_one(self, call: Call) -> None:
        address = network()
        for number in range(8):
            await call("GET", "/api/v1/words", address.replace("::1", f"::{number + 1:x}"))
        assert (await call("GET", "/api/v1/words", address.replace("::1", "::ffff"))).status_code == 429
        assert (await call("GET", "/api/v1/words", network())).status_code == 200

    async def test_invented_tokens_do_not_help(self, call: Call) -> None:
        address = network()
        answers = [await call("GET", "/api/v1/words", address, token=f"made up {n}") for n in range(9)]
        assert answers[-1].status_code == 429

    async def test_a_thousand_invented_addresses_do_not_help(self, call: Call) -> None:
        address = network()
        statuses = set()
        for number in range(1000):
            forwarded = f"192.0.{number // 250}.{number % 250}"
            statuses.add((number < 8, (await call("GET", "/api/v1/words", address, forwarded=forwarded)).status_code))
        assert statuses == {(True, 200), (False, 429)}

    async def test_behind_a_trusted_proxy_each_has_their_own(self, call: Call) -> None:
        one, other = network(), network()
        for _ in range(8):
            await call("GET", "/api/v1/words", PROXY, forwarded=f"192.0.2.1, {one}")
        assert (await call("GET", "/api/v1/words", PROXY, forwarded=f"192.0.2.99, {one}")).status_code == 429
        assert (await call("GET", "/api/v1/words", PROXY, forwarded=other)).status_code == 200


class TestOfAPerson:
    async def test_follows_them_from_network_to_network(self, call: Call) -> None:
        me = stranger()
        answers = [await call("GET", "/api/v1/words", network(), token=me) for _ in range(6)]
        assert [each.status_code for each in answers] == [200] * 5 + [429]
        assert (await call("GET", "/api/v1/words", network(), token=stranger())).status_code == 200

    async def test_reading_and_writing_are_apart(self, call: Call) -> None:
        me = stranger()
        for _ in range(3):
            await call("POST", "/api/v1/notes", network(), token=me)
        assert (await call("POST", "/api/v1/notes", network(), token=me)).status_code == 429
        assert (await call("GET", "/api/v1/words", network(), token=me)).status_code == 200

    async def test_people_with_accounts_behind_one_address_are_not_in_each_others_way(self, call: Call) -> None:
        school = network()
        answers = [await call("POST", "/api/v1/notes", school, token=stranger()) for _ in range(30)]
        assert {each.status_code for each in answers} == {200}

    async def test_guests_without_end_are_one_network(self, call: Call) -> None:
        address = network()
        answers = [await call("POST", "/api/v1/notes", address, token=f"guest_{new_id()}") for _ in range(5)]
        assert [each.status_code for each in answers] == [200] * 4 + [429]


class TestSigningIn:
    async def test_a_school_gets_in_within_a_minute(self, call: Call) -> None:
        school = network()
        answers = await asyncio.gather(*(call("POST", login(), school) for _ in range(30)))
        assert {each.status_code for each in answers} == {200}

    async def test_a_thousand_addresses_do_not_help_against_one_account(self, call: Call) -> None:
        path = login(str(new_id()))
        answers = [await call("POST", path, network()) for _ in range(1000)]
        assert [each.status_code for each in answers] == [200] * 5 + [429] * 995
        assert answers[-1].json()["code"] == "too_many_sign_ins"

    async def test_hundreds_of_guests_tokens_do_not_help(self, call: Call) -> None:
        address = network()
        tokens = [f"guest_{new_id()}" for _ in range(100)]
        answers = [await call("POST", login(), address, token=token) for token in tokens]
        assert [each.status_code for each in answers].count(200) == 40
        assert answers[-1].json()["code"] == "too_many_sign_ins"


class TestRoom:
    """What is sent within a day, of a person and of a network."""

    async def send(self, call: Call, mb: int, address: str, token: str | None = None, *, works: bool = True) -> int:
        answer = await call("POST", f"/api/v1/photos?mb={mb}&works={works}", address, token=token)
        if answer.status_code == 429:
            assert answer.json()["code"] == "too_many_bytes"
            assert answer.json()["detail"] == "That is as much as may be sent in a day. Please try again tomorrow."
            assert int(answer.headers["retry-after"]) > 60
        status: int = answer.status_code
        return status

    async def test_of_a_person_is_used_up_wherever_they_are(self, call: Call) -> None:
        account = stranger()
        assert await self.send(call, 60, network(), account) == 200
        assert await self.send(call, 50, network(), account) == 429
        assert await self.send(call, 40, network(), account) == 200
        assert await self.send(call, 1, network(), stranger()) == 200

    async def test_of_guests_without_end_is_that_of_their_network(self, call: Call) -> None:
        where = network()
        sent = [await self.send(call, 90, where, f"guest_{new_id()}") for _ in range(4)]
        assert sent == [200, 200, 200, 429]
        assert await self.send(call, 90, where, stranger()) == 200

    async def test_is_not_used_by_what_fails(self, call: Call) -> None:
        account = stranger()
        for _ in range(3):
            assert await self.send(call, 90, network(), account, works=False) == 409
        assert await self.send(call, 90, network(), account) == 200

    async def test_of_somebody_at_this_machine_is_not_counted(self, call: Call) -> None:
        assert [await self.send(call, 90, "127.0.0.1") for _ in range(4)] == [200] * 4


class TestWithoutLimits:
    async def test_pages_and_whoever_sits_at_this_machine_have_none(self, call: Call) -> None:
        address = network()
        pages = [await call("GET", "/page", address) for _ in range(30)]
        here = [await call("GET", "/api/v1/words", "127.0.0.1") for _ in range(30)]
        for answer in [*pages, *here]:
            assert answer.status_code == 200
            assert "ratelimit" not in answer.headers

    async def test_a_proxy_on_this_machine_that_nobody_named_is_one_client(self, call: Call) -> None:
        for _ in range(8):
            await call("GET", "/api/v1/words", "127.77.0.1", forwarded=network())
        assert (await call("GET", "/api/v1/words", "127.77.0.1", forwarded=network())).status_code == 429

    async def test_where_others_come_too_this_machine_may_be_a_proxy_that_says_nothing(
        self, limiter: ValkeyRateLimiter
    ) -> None:
        call = caller_of(made(limiter, public=True))
        answers = [await call("GET", "/api/v1/words", "127.77.0.2") for _ in range(9)]
        assert [each.status_code for each in answers] == [200] * 8 + [429]


class TestRefusing:
    async def test_the_body_is_not_read_first(self, limiter: ValkeyRateLimiter) -> None:
        app, address = made(limiter), network()
        answered: list[int] = []

        async def receive() -> Message:
            assert len(answered) < 4, "the body was asked for"
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.append(message["status"])

        request = {"type": "http", "method": "POST", "path": "/api/v1/notes", "query_string": b"", "headers": []}
        for _ in range(5):
            await app({**request, "client": (address, 1), "scheme": "http", "root_path": ""}, receive, send)
        assert answered == [200] * 4 + [429]

    async def test_without_valkey_signing_in_pauses_and_all_else_goes_on(self) -> None:
        away = ValkeyRateLimiter("redis://127.0.0.1:9/3", LIMITS, SECRET)
        call, address = caller_of(made(away)), network()
        reads = [await call("GET", "/api/v1/words", address) for _ in range(20)]
        assert {each.status_code for each in reads} == {200}
        assert "ratelimit" not in reads[0].headers
        for path in (login(), "/api/v1/auth/register"):
            refused = await call("POST", path, address)
            assert (refused.status_code, refused.json()["code"]) == (503, "limits_unavailable")
            assert refused.headers["retry-after"]
            assert "Please try again" in refused.json()["detail"]
        await away.close()
