"""Brings a database up to date: roles and schemas, then each domain's own Alembic lineage."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bunri.platform.db.address import role_of, role_password
from bunri.platform.db.engine import DatabaseUnavailable

EXTENSIONS = ("cube", "pg_trgm")
_LOCK = 0x62756E7269  # "bunri": two migrations of one database wait for each other


async def migrate(owner: URL, schemas: Sequence[str], secret: str) -> None:
    """Creates or updates what ``schemas`` need. Safe to run again and from several machines at once."""
    engine = create_async_engine(owner, hide_parameters=True)
    try:
        async with _connected(engine) as connection:
            await connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
            await connection.commit()
            try:
                await _prepare(connection, schemas, secret)
                for schema in schemas:
                    await connection.run_sync(_upgrade, schema)
                    await connection.commit()
            finally:
                await connection.rollback()
                await connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _LOCK})
                await connection.commit()
    finally:
        await engine.dispose()


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        connection = await engine.connect()
    except (OSError, DBAPIError) as error:
        raise DatabaseUnavailable from error
    try:
        yield connection
    finally:
        await connection.close()


async def _prepare(connection: AsyncConnection, schemas: Sequence[str], secret: str) -> None:
    for statement in (
        *(f"create extension if not exists {name} schema public" for name in EXTENSIONS),
        "revoke create on schema public from public",
        "do $$ begin execute format('revoke all on database %I from public', current_database()); end $$",
    ):
        await connection.execute(text(statement))
    for schema in schemas:
        for statement in _schema_and_role(schema, role_password(secret, schema)):
            await connection.execute(text(statement))
    await connection.commit()


def _schema_and_role(schema: str, password: str) -> tuple[str, ...]:
    """Names and password are ours (identifiers from the target table, base64 from an HMAC): safe to write into SQL."""
    role = role_of(schema)
    return (
        f"do $$ begin if not exists (select from pg_roles where rolname = '{role}') "
        f"then create role {role}; end if; end $$",
        f"alter role {role} login nosuperuser nocreatedb nocreaterole password '{password}'",
        f"create schema if not exists {schema}",
        f"revoke all on schema {schema} from public",
        f"grant usage on schema {schema}, public to {role}",
        f"alter role {role} set search_path = {schema}, public",
        f"alter default privileges in schema {schema} grant select, insert, update, delete on tables to {role}",
        f"alter default privileges in schema {schema} grant usage, select on sequences to {role}",
        f"do $$ begin execute format('grant connect, temporary on database %I to {role}', current_database()); end $$",
    )


def _upgrade(connection: Connection, schema: str) -> None:
    config = Config()
    with resources.as_file(resources.files("bunri.migrations")) as folder:
        config.set_main_option("script_location", str(folder))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", str(Path(folder) / schema / "versions"))
        config.attributes["connection"] = connection
        config.attributes["schema"] = schema
        command.upgrade(config, "head")
