"""``bunri migrate``: the database of every domain, and what it starts with."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from bunri.app.settings import Settings
from bunri.app.targets import DOMAINS
from bunri.platform.db import Database
from bunri.platform.db.address import owner_address, role_address
from bunri.platform.db.migrate import migrate


async def migrate_all(settings: Settings, *, domains: Sequence[str] = DOMAINS, sample: bool) -> None:
    """Migrates the schemas of ``domains``, loads the rule table, and with ``sample`` some bins to show.

    Safe to run again: what is there already stays.
    """
    secret = settings.key("database roles")
    await migrate(owner_address(str(settings.database_url)), domains, secret)
    if "waste" in domains and settings.storage_url is not None:
        await _prepare_bucket(settings)
    if "recycling" in domains:
        await _load_rules(settings, secret)
    if "locations" in domains and sample:
        await _load_sample(settings, secret)


async def _prepare_bucket(settings: Settings) -> None:
    from bunri.platform.storage import open_storage
    from bunri.platform.storage.s3 import S3Storage

    storage = open_storage(str(settings.storage_url), secret=settings.key("upload tickets"))
    if isinstance(storage, S3Storage):
        await storage.ensure_bucket(timedelta(days=settings.waste.keep_days))


async def _load_rules(settings: Settings, secret: str) -> None:
    from bunri.domains.recycling.repository import RecyclingRepository
    from bunri.domains.recycling.table import load_table

    database = Database(role_address(str(settings.database_url), "recycling", secret), pool_size=1)
    try:
        async with database.transaction() as session:
            await RecyclingRepository(session).load(load_table())
    finally:
        await database.dispose()


async def _load_sample(settings: Settings, secret: str) -> None:
    from bunri.domains.locations.repository import LocationsRepository
    from bunri.domains.locations.service import LocationsService
    from bunri.kit.clock import now

    database = Database(role_address(str(settings.database_url), "locations", secret), pool_size=1)

    @asynccontextmanager
    async def begin() -> AsyncIterator[LocationsRepository]:
        async with database.transaction() as session:
            yield LocationsRepository(session)

    try:
        await LocationsService(begin, now).load_sample()
    finally:
        await database.dispose()
