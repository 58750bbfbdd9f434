"""Locations on a real PostgreSQL; each test begins with an empty table."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bunri.app.settings import Settings
from bunri.domains.locations.repository import LocationsRepository
from bunri.domains.locations.service import LocationsService
from bunri.platform.db import Database
from bunri.platform.db.address import role_address
from bunri.platform.places.protocol import Places

OpenLocations = Callable[..., AbstractAsyncContextManager[LocationsService]]
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
def open_locations(database: Database) -> OpenLocations:
    """One unit of work of the service at a time of day."""

    @asynccontextmanager
    async def opened(at: datetime = NOW, places: Places | None = None) -> AsyncIterator[LocationsService]:
        async with database.transaction() as session:
            yield LocationsService(LocationsRepository(session), lambda: at, places)

    return opened
