"""The shipped rule table, alone and in a real PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from bunri.app.settings import Settings
from bunri.domains.recycling.repository import RecyclingRepository
from bunri.domains.recycling.service import RecyclingService
from bunri.domains.recycling.table import RuleTable, load_table
from bunri.domains.recycling.writer import BuiltinWriter
from bunri.platform.db import Database
from bunri.platform.db.address import role_address

Begin = Callable[[], AbstractAsyncContextManager[RecyclingRepository]]


@pytest.fixture(scope="session")
def table() -> RuleTable:
    return load_table()


@pytest.fixture
async def begin(settings: Settings) -> AsyncIterator[Begin]:
    """The domain's own way in, with its own rights. The rules are in force: migrating has loaded them."""
    database = Database(role_address(str(settings.database_url), "recycling", settings.key("database roles")))

    @asynccontextmanager
    async def opened() -> AsyncIterator[RecyclingRepository]:
        async with database.transaction() as session:
            yield RecyclingRepository(session)

    yield opened
    await database.dispose()


@pytest.fixture
def recycling(begin: Begin) -> RecyclingService:
    return RecyclingService(begin, BuiltinWriter())
