"""Auth on a real PostgreSQL, with a clock of its own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bunri.app.settings import Settings
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.revocation import EndedSessions
from bunri.domains.auth.service import AuthService
from bunri.domains.auth.settings import AuthSettings
from bunri.platform.cache import Cache
from bunri.platform.db import Database

SEED = "a seed for tests only, and long enough"


class Clockwork:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
async def ended(settings: Settings, clock: Clockwork) -> AsyncIterator[EndedSessions]:
    cache = Cache(settings.cache_address("sessions"))
    yield EndedSessions(cache, AuthSettings().access_ttl, clock)
    await cache.close()


@pytest.fixture
def auth(database: Database, ended: EndedSessions, clock: Clockwork) -> AuthService:
    """The service with the domain's own rights."""
    return AuthService(database.transactions("auth", AuthRepository), SEED, ended, AuthSettings(), clock)
