"""The statements of ``create_mails`` make the table of ``mails_table``."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.app.toy import invites_module
from tests.app.toy.invites.models import Base
from tests.support.cluster import Cluster

from bunri.app.registry import MODULES, Registry
from bunri.app.settings import Settings
from bunri.platform.db.address import owner_address
from bunri.platform.mail.table import create_mails, mails_table


async def test_the_migrated_table_is_that_of_the_model(cluster: Cluster, settings: Settings) -> None:
    await cluster.migrate(settings, Registry((*MODULES, invites_module.MODULE)))

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: name == "invites" if kind == "schema" else True,
                "version_table_schema": "invites",
                "compare_type": True,
            },
        )
        return list(compare_metadata(context, Base.metadata))

    engine = create_async_engine(owner_address(str(settings.database_url)))
    try:
        async with engine.connect() as connection:
            assert await connection.run_sync(differences) == []
    finally:
        await engine.dispose()


async def test_their_checks_are_the_same(settings: Settings) -> None:
    """Alembic compares no checks: both tables are made, and the database says what it understood."""
    from bunri.platform.db import metadata

    made = metadata("compared")
    mails_table(made)
    checks = text(
        "select conname, pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = 'compared.mails'::regclass and contype <> 'n' order by 1"
    )
    engine = create_async_engine(owner_address(str(settings.database_url)))
    try:
        async with engine.connect() as connection:
            await connection.execute(text("create schema compared"))
            await connection.run_sync(made.create_all)
            of_model = (await connection.execute(checks)).all()
            await connection.run_sync(made.drop_all)
            for statement in create_mails("compared"):
                await connection.execute(text(statement))
            of_statements = (await connection.execute(checks)).all()
            await connection.rollback()
    finally:
        await engine.dispose()
    assert of_statements == of_model
    assert len(of_model) == 3
