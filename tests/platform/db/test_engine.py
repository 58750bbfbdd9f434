"""A server that was restarted costs a round trip, not a failed request."""

import pytest
from sqlalchemy import text

from bunri.app.settings import Settings
from bunri.edge.http.statuses import status_of
from bunri.platform.db import Database, engine
from bunri.platform.db.address import owner_address
from bunri.platform.db.engine import DatabaseFull, DatabaseUnavailable
from bunri.platform.embedded.servers import EmbeddedServers


async def test_a_restarted_server_is_found_again(
    lone_postgres: EmbeddedServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "IDLE_S", 0.0)
    database = Database(owner_address(str(lone_postgres.addresses.database_url)))
    await database.check()
    lone_postgres.stop()
    with pytest.raises(DatabaseUnavailable):
        await database.check()
    lone_postgres.start()
    await database.check()
    await database.dispose()


async def test_a_full_pool_is_unavailable_and_not_a_bug(settings: Settings) -> None:
    database = Database(owner_address(str(settings.database_url)), pool_size=1, pool_timeout=0.2)
    async with database.transaction(), database.transaction():
        with pytest.raises(DatabaseUnavailable):
            async with database.transaction():
                pass
    await database.dispose()


async def test_a_statement_that_takes_too_long_is_unavailable(settings: Settings) -> None:
    database = Database(owner_address(str(settings.database_url)), statement_timeout_ms=100)

    async def sleeps() -> None:
        async with database.transaction() as session:
            await session.execute(text("select pg_sleep(5)"))

    with pytest.raises(DatabaseUnavailable):
        await sleeps()
    await database.dispose()


async def test_a_full_disk_is_told_from_a_server_that_is_away(database: Database) -> None:
    """PostgreSQL's own error for a file that it cannot extend."""
    with pytest.raises(DatabaseFull) as caught:
        async with database.transaction() as session:
            await session.execute(
                text("do $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$")
            )
    assert status_of(caught.value) == 507
