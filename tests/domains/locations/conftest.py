"""Locations on a real PostgreSQL; each test begins with an empty table."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bunri.app.settings import Settings
from bunri.domains.locations.repository import LocationsRepository
from bunri.domains.locations.service import LocationsService
from bunri.platform.db import Database
from bunri.platform.db.address import role_address
from bunri.platform.places.protocol import Places

LocationsAt = Callable[..., LocationsService]
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The domain's own way in, with its own rights: what several transactions do must be committed."""
    opened = Database(role_address(str(settings.database_url), "locations", settings.key("database roles")))
    async with opened.transaction() as session:
        await session.execute(text("delete from locations.bins"))
    yield opened
    await opened.dispose()


@pytest.fixture
def locations_at(database: Database) -> LocationsAt:
    """The service at a time of day."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[LocationsRepository]:
        async with database.transaction() as session:
            yield LocationsRepository(session)

    def made(at: datetime = NOW, places: Places | None = None) -> LocationsService:
        return LocationsService(begin, lambda: at, places)

    return made


@pytest.fixture
def locations(locations_at: LocationsAt) -> LocationsService:
    return locations_at()
