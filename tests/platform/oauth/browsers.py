"""People who sign in: they follow the provider's page and come back with what it gave them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from tests.support.oauth_server import Providers, playing

from bunri.kit.errors import BunriError
from bunri.platform.oauth.factory import open_providers
from bunri.platform.oauth.protocol import Attempt, Identity, Provider, ProviderName, new_attempt

NAMES: tuple[ProviderName, ...] = ("kakao", "naver", "google")
TOKEN_PATH = {"kakao": "/kakao/oauth/token", "naver": "/naver/oauth2.0/token", "google": "/google/token"}
PERSON_PATH = {"kakao": "/kakao/v2/user/me", "naver": "/naver/v1/nid/me"}
KEYS_PATH = {"kakao": "/kakao/.well-known/jwks.json", "google": "/google/certs"}


@dataclass
class Time:
    """The clock of both sides, moved by hand."""

    now: datetime = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Browser:
    """One person's browser, in front of the product."""

    providers: Providers
    opened: Mapping[ProviderName, Provider]
    time: Time
    sent_to: str = field(default="", init=False)

    def attempt(self, name: ProviderName) -> Attempt:
        return new_attempt(f"https://bunri.example/api/v1/auth/oauth/{name}/callback")

    async def visit(self, name: ProviderName, attempt: Attempt, more: str = "") -> dict[str, str]:
        """The query with which the provider's page sends the person back."""
        self.sent_to = self.opened[name].authorize_url(attempt) + more
        async with httpx.AsyncClient(verify=False) as client:  # it is http; certificates would be loaded for nothing
            response = await client.get(self.sent_to)
        assert response.status_code == 302, response.text
        where = response.headers["location"]
        assert where.startswith(f"{attempt.redirect_uri}?")
        return dict(parse_qsl(urlsplit(where).query))

    async def sign_in(self, name: ProviderName) -> Identity:
        attempt = self.attempt(name)
        return await self.opened[name].finish(await self.visit(name, attempt), attempt)

    async def refused(self, name: ProviderName, kind: type[BunriError]) -> str:
        """The reason why signing in fails with exactly ``kind``."""
        with pytest.raises(kind) as caught:
            await self.sign_in(name)
        assert type(caught.value) is kind
        return str(caught.value.data["reason"])


@asynccontextmanager
async def browsing(**settings: dict[str, Any]) -> AsyncIterator[Browser]:
    """A browser, and all three providers configured; ``settings`` by provider."""
    time = Time()
    async with playing(time.seconds) as providers, AsyncExitStack() as closing:
        opened = open_providers(providers.settings(**settings), time)
        for provider in opened.values():
            closing.push_async_callback(provider.aclose)
        yield Browser(providers, opened, time)
