"""Locations on a real PostgreSQL; each test begins with an empty table."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bunri.domains.locations.repository import LocationsRepository
from bunri.domains.locations.service import LocationsService
from bunri.platform.db import Database, Transaction
from bunri.platform.places.protocol import Places

LocationsAt = Callable[..., LocationsService]
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def empty(database: Database) -> None:
    """What several transactions do must be committed, so each test begins with an empty table."""
    async with database.transaction("locations") as session:
        await session.execute(text("delete from locations.bins"))


@pytest.fixture
def transaction(database: Database) -> Transaction[LocationsRepository]:
    return database.transactions("locations", LocationsRepository)


@pytest.fixture
def locations_at(transaction: Transaction[LocationsRepository]) -> LocationsAt:
    """The service at a time of day."""

    def made(at: datetime = NOW, places: Places | None = None) -> LocationsService:
        return LocationsService(transaction, lambda: at, places)

    return made


@pytest.fixture
def locations(locations_at: LocationsAt) -> LocationsService:
    return locations_at()
