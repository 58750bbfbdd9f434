"""Brings a database up to date: roles and schemas, then each domain's own Alembic lineage."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bunri.kit.errors import Conflict
from bunri.platform.db.address import LOGIN_ROLE, login_password, role_of
from bunri.platform.db.engine import DatabaseUnavailable

EXTENSIONS = ("cube", "pg_trgm")
CONNECT_WITHIN_S = 5
_LOCK = 0x62756E7269  # "bunri": two migrations of one database wait for each other


log = structlog.get_logger(__name__)


class SchemaTooNew(Conflict):
    """A newer version has taken something away from the ``schema`` that this one uses."""

    code = "schema_too_new"


class Schema(NamedTuple):
    """A domain's schema, and the package whose modules are its migrations, oldest first by name.

    A migration only adds, so that the version before works on its schema, too (docs/operations/upgrade.md). One that
    takes something away says so by ``contract = (SINCE, REASON)``: versions that know the migration SINCE work with it.
    """

    name: str
    migrations: str


class SchemaVersion(NamedTuple):
    """How far a schema is."""

    at: str | None
    """Its newest migration; None: it has had none."""
    known: Sequence[str]
    """The migrations of this version of bunri, the newest first."""
    needs: str | None = None
    """The migration that a version has to know to work with it; None: any does."""

    @property
    def behind(self) -> int:
        """How many migrations it still needs."""
        return self.known.index(self.at) if self.at in self.known else 0 if self.at else len(self.known)

    @property
    def ahead(self) -> bool:
        """It has had a migration that a newer version of bunri brought."""
        return self.at is not None and self.at not in self.known

    @property
    def too_new(self) -> bool:
        """What this version of bunri uses has been taken away."""
        return self.ahead and self.needs is not None and self.needs not in self.known


async def migrate(owner: URL, schemas: Sequence[Schema], secret: str) -> None:
    """Creates or updates what ``schemas`` need. Safe to run again and from several machines at once."""
    engine = create_async_engine(owner, hide_parameters=True)
    try:
        async with _connected(engine) as connection:
            await connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
            await connection.commit()
            try:
                await _prepare(connection, schemas, secret)
                for schema in schemas:
                    await connection.run_sync(upgrade, schema)
                    await connection.commit()
            finally:
                await connection.rollback()
                await connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _LOCK})
                await connection.commit()
    finally:
        await engine.dispose()


async def prepare(owner: URL, schemas: Sequence[Schema], secret: str) -> None:
    """Creates extensions, roles and empty schemas alone: what has to be there before a backup is restored."""
    engine = create_async_engine(owner, hide_parameters=True)
    try:
        async with _connected(engine) as connection:
            await _prepare(connection, schemas, secret)
    finally:
        await engine.dispose()


@cache
def revisions(schema: Schema) -> Sequence[str]:
    """The migrations of ``schema`` that this version knows, the newest first. Reads files, the first time."""
    with _configured(schema) as config:
        return tuple(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())


@contextmanager
def _configured(schema: Schema) -> Iterator[Config]:
    config = Config()
    with (
        resources.as_file(resources.files("bunri.platform.db") / "alembic") as environment,
        resources.as_file(resources.files(schema.migrations)) as versions,
    ):
        config.set_main_option("script_location", str(environment))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", str(Path(versions)))
        yield config


async def versions(owner: URL, schemas: Sequence[Schema]) -> dict[str, SchemaVersion]:
    """How far the database of ``owner`` is, schema by schema. Raises DatabaseUnavailable."""
    engine = create_async_engine(owner, hide_parameters=True, connect_args={"timeout": CONNECT_WITHIN_S})
    try:
        async with _connected(engine) as connection:
            return {schema.name: await _version(connection, schema) for schema in schemas}
    finally:
        await engine.dispose()


async def _version(connection: AsyncConnection, schema: Schema) -> SchemaVersion:
    table = f"{schema.name}.alembic_version"
    there = await connection.scalar(text("select to_regclass(:table) is not null"), {"table": table})
    at = await connection.scalar(text(f"select version_num from {table}")) if there else None  # noqa: S608  # ours
    needs = await connection.scalar(_NEEDS, {"schema": schema.name})
    return SchemaVersion(at, revisions(schema), needs)


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


async def _prepare(connection: AsyncConnection, schemas: Sequence[Schema], secret: str) -> None:
    for statement in (
        *(f"create extension if not exists {name} schema public" for name in EXTENSIONS),
        "revoke create on schema public from public",
        "do $$ begin execute format('revoke all on database %I from public', current_database()); end $$",
        *_login_role(login_password(secret)),
    ):
        await connection.execute(text(statement))
    for schema in schemas:
        for statement in _schema_and_role(schema.name):
            await connection.execute(text(statement))
    await connection.commit()


def _login_role(password: str) -> tuple[str, ...]:
    """The role that processes log in as: it can become a domain's role and nothing else. The password is base64 from
    an HMAC, so it is safe to write into SQL."""
    return (
        _created(LOGIN_ROLE),
        f"alter role {LOGIN_ROLE} login noinherit nosuperuser nocreatedb nocreaterole password '{password}'",
        _on_database(f"grant connect on database %I to {LOGIN_ROLE}"),
    )


def _schema_and_role(schema: str) -> tuple[str, ...]:
    """Names are ours (identifiers from the registry of domains): safe to write into SQL."""
    role = role_of(schema)
    return (
        _created(role),
        f"alter role {role} nologin nosuperuser nocreatedb nocreaterole password null",
        f"grant {role} to {LOGIN_ROLE} with inherit false, set true",
        f"create schema if not exists {schema}",
        f"revoke all on schema {schema} from public",
        f"grant usage on schema {schema}, public to {role}",
        f"alter default privileges in schema {schema} grant select, insert, update, delete on tables to {role}",
        f"alter default privileges in schema {schema} grant usage, select on sequences to {role}",
        _on_database(f"grant temporary on database %I to {role}"),
    )


def _created(role: str) -> str:
    return (
        f"do $$ begin if not exists (select from pg_roles where rolname = '{role}') "
        f"then create role {role}; end if; end $$"
    )


def _on_database(grant: str) -> str:
    return f"do $$ begin execute format('{grant}', current_database()); end $$"


def upgrade(connection: Connection, schema: Schema, to: str = "head") -> None:
    """Runs the migrations of ``schema`` that its database has not had yet, up to ``to``. A schema of a newer version is
    left alone. Raises SchemaTooNew where this version cannot work with it."""
    with _configured(schema) as config:
        scripts = list(ScriptDirectory.from_config(config).walk_revisions())
        if _is_newer(connection, schema, [script.revision for script in scripts]):
            return
        config.attributes["connection"] = connection
        config.attributes["schema"] = schema.name
        command.upgrade(config, to)
    contracts = [script.module.contract for script in scripts if hasattr(script.module, "contract")]
    if contracts and to == "head":
        needs, _ = contracts[0]
        connection.execute(text(f"comment on schema {schema.name} is '{_COMMENT}{needs}'"))


def _is_newer(connection: Connection, schema: Schema, known: list[str]) -> bool:
    at = MigrationContext.configure(connection, opts={"version_table_schema": schema.name}).get_current_revision()
    if at is None or at in known:
        return False
    needs = connection.scalar(_NEEDS, {"schema": schema.name})
    if needs is not None and needs not in known:
        raise SchemaTooNew(schema=schema.name, at=at)
    log.warning("migrate.newer", schema=schema.name, at=at)
    return True


_COMMENT: Final = "versions need "
_NEEDS: Final = text(
    f"select substring(obj_description(oid, 'pg_namespace') from '^{_COMMENT}(\\w+)$')"  # noqa: S608  # ours
    " from pg_namespace where nspname = :schema"
)
"""Kept with the schema, since a version cannot ask a newer one."""
