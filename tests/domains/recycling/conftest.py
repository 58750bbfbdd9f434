"""The shipped rule table, alone and in a real PostgreSQL."""

import pytest

from bunri.domains.recycling.repository import RecyclingRepository
from bunri.domains.recycling.service import RecyclingService
from bunri.domains.recycling.table import RuleTable, load_table
from bunri.domains.recycling.writer import BuiltinWriter
from bunri.platform.db import Database, Transaction

Begin = Transaction[RecyclingRepository]


@pytest.fixture(scope="session")
def table() -> RuleTable:
    return load_table()


@pytest.fixture
def begin(database: Database) -> Begin:
    """The domain's own way in, with its own rights. The rules are in force: migrating has loaded them."""
    return database.transactions("recycling", RecyclingRepository)


@pytest.fixture
def recycling(begin: Begin) -> RecyclingService:
    return RecyclingService(begin, BuiltinWriter())
