"""Migrations and models say the same."""

from collections.abc import Mapping
from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase
from tests.support.cluster import Cluster

from bunri.app.module import Module
from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.platform.db.address import owner_address


def _metadata(module: Module) -> MetaData:
    """Of the tables that the domain's models declare."""
    models = import_module(f"{module.package}.models")
    [base] = [each for each in vars(models).values() if isinstance(each, type) and DeclarativeBase in each.__bases__]
    assert issubclass(base, DeclarativeBase)
    return base.metadata


MODELS: Mapping[str, MetaData] = {module.name: _metadata(module) for module in REGISTRY.modules if module.schema}


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


async def test_migrating_again_changes_nothing(cluster: Cluster, settings: Settings) -> None:
    await cluster.migrate(settings)
