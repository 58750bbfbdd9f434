"""Auth on a real PostgreSQL, with a clock of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bunri.app.settings import Settings
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.service import AuthService
from bunri.domains.auth.settings import AuthSettings
from bunri.platform.db import Database
from bunri.platform.db.address import role_address

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
async def auth(settings: Settings, clock: Clockwork) -> AsyncIterator[AuthService]:
    """The service with the domain's own rights."""
    database = Database(role_address(str(settings.database_url), "auth", settings.key("database roles")))

    @asynccontextmanager
    async def begin() -> AsyncIterator[AuthRepository]:
        async with database.transaction() as session:
            yield AuthRepository(session)

    yield AuthService(begin, SEED, AuthSettings(), clock)
    await database.dispose()
