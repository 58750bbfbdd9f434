"""Migrations and models say the same."""

from collections.abc import Mapping

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from bunri.app.migrations import migrate_all
from bunri.app.settings import Settings
from bunri.domains.auth.models import Base as Auth
from bunri.domains.locations.models import Base as Locations
from bunri.domains.recycling.models import Base as Recycling
from bunri.domains.waste.models import WasteBase as Waste
from bunri.platform.db.address import owner_address

MODELS: Mapping[str, MetaData] = {
    "auth": Auth.metadata,
    "waste": Waste.metadata,
    "recycling": Recycling.metadata,
    "locations": Locations.metadata,
}


@pytest.mark.filterwarnings("ignore:Did not recognize type 'cube'")  # of an extension; compared by name alone
@pytest.mark.parametrize("schema", list(MODELS))
async def test_the_migrated_tables_are_those_of_the_models(settings: Settings, schema: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: name == schema if kind == "schema" else True,
                "version_table_schema": schema,
                "compare_type": True,
            },
        )
        return list(compare_metadata(context, MODELS[schema]))

    engine = create_async_engine(owner_address(str(settings.database_url)))
    try:
        async with engine.connect() as connection:
            assert await connection.run_sync(differences) == []
    finally:
        await engine.dispose()


async def test_migrating_again_changes_nothing(settings: Settings) -> None:
    await migrate_all(settings, sample=False)
