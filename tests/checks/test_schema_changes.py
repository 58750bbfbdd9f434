"""Migrations only add, on a real PostgreSQL: what would take something away is found, and ours do not."""

import tomllib
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

import pytest
import pytest_asyncio
from checks.schema_changes import shape_of, taken_away
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from tests.support.cluster import Cluster

from bunri.app.migrations import schemas_of
from bunri.app.settings import Settings
from bunri.platform.db.migrate import Schema, revisions, upgrade

RELEASED: Final[dict[str, str]] = tomllib.loads(
    (Path(__file__).parents[2] / "checks" / "released.toml").read_text("utf-8")
)
SCHEMAS: Final = {schema.name: schema for schema in schemas_of()}
SONGS: Final = Schema("songs", "nowhere")
TABLE: Final = """
    create table songs.songs (
        id integer primary key, title text not null default '', key text, year smallint,
        constraint songs_key unique (key)
    );
    create table songs.singers (id integer primary key);
    create function songs.sing(integer) returns integer language sql return $1;
    create index songs_year_idx on songs.songs (year);
    """


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(cluster: Cluster, settings: Settings) -> URL:
    """Of a database with our schemas and the songs', and nothing in them."""
    return await cluster.empty(settings, [*SCHEMAS.values(), SONGS])


@pytest.fixture
async def connection(owner: URL) -> AsyncIterator[AsyncConnection]:
    """What is done is undone at the end."""
    engine = create_async_engine(owner)
    try:
        async with engine.connect() as opened, opened.begin() as transaction:
            yield opened
            await transaction.rollback()
    finally:
        await engine.dispose()


async def taken(connection: AsyncConnection, schema: str, change: Callable[[Connection], None]) -> list[str]:
    before = await connection.run_sync(shape_of, schema)
    await connection.run_sync(change)
    return list(taken_away(before, await connection.run_sync(shape_of, schema)))


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ("drop table songs.singers", ["singers is gone"]),
        ("alter table songs.songs rename to hits", ["songs is gone"]),
        ("alter table songs.songs drop column year", ["songs.year is gone"]),
        ("alter table songs.songs rename year to decade", ["songs.year is gone"]),
        ("alter table songs.songs alter year type integer", ["songs.year is integer, and was smallint"]),
        ("alter table songs.songs alter year set not null", ["songs.year must not be null any more"]),
        ("alter table songs.songs alter title drop default", ["songs.title has no default any more"]),
        ("alter table songs.songs add mood text not null", ["songs.mood is new and must be given"]),
        ("alter table songs.songs add check (year > 1900)", ["songs is bound by CHECK ((year > 1900))"]),
        (
            "alter table songs.songs add foreign key (year) references songs.singers",
            ["songs is bound by FOREIGN KEY (year) REFERENCES songs.singers(id)"],
        ),
        ("create unique index on songs.songs (title)", ["songs is bound by UNIQUE (title)"]),
        ("alter table songs.songs drop constraint songs_key", ["songs lacks UNIQUE (key)"]),
        ("drop function songs.sing", ["the function songs.sing(integer) is gone"]),
        (
            "alter table songs.songs add mood text not null default '', add unique (mood)",
            ["songs is bound by UNIQUE (mood)"],
        ),
    ],
)
async def test_what_the_version_before_would_miss_is_found(
    connection: AsyncConnection, statements: str, found: list[str]
) -> None:
    await connection.run_sync(execute(TABLE))
    assert await taken(connection, "songs", execute(statements)) == found


@pytest.mark.parametrize(
    "statements",
    [
        "create table songs.albums (id integer primary key, song integer not null references songs.songs)",
        "alter table songs.songs add mood text",
        "alter table songs.songs add mood text not null default 'glad', add check (mood <> '')",
        "alter table songs.songs add album integer references songs.singers, add unique (album)",
        "alter table songs.songs add number integer generated always as identity",
        "alter table songs.songs alter title drop not null, alter year set default 2000",
        "drop index songs.songs_year_idx",
        "create index on songs.songs (title)",
        "alter table songs.songs rename constraint songs_key to songs_key_key",
        "create function songs.sing(text) returns text language sql return $1",
    ],
)
async def test_what_only_adds_is_left_alone(connection: AsyncConnection, statements: str) -> None:
    await connection.run_sync(execute(TABLE))
    assert await taken(connection, "songs", execute(statements)) == []


def execute(statements: str) -> Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        for statement in statements.split(";"):
            if statement.strip():
                connection.execute(text(statement))

    return run


async def test_of_our_own_from_before_the_first_release_it_finds_those_that_took_something_away(
    connection: AsyncConnection,
) -> None:
    found = {revision: await migrated(connection, "chat", revision) for revision in revisions(SCHEMAS["chat"])[::-1]}
    assert found["chat_0005"] == ["bans.name is new and must be given"]
    assert found["chat_0002"] == []


@pytest.mark.parametrize("schema", list(SCHEMAS))
async def test_those_since_the_last_release_only_add_or_say_what_they_take_away(
    connection: AsyncConnection, schema: str
) -> None:
    """``contract = (SINCE, REASON)`` allows it: SINCE is a released migration, from which on nobody uses it."""
    oldest_first = revisions(SCHEMAS[schema])[::-1]
    released = oldest_first[: oldest_first.index(RELEASED[schema]) + 1]
    modules = {module.revision: module for module in modules_of(SCHEMAS[schema])}
    await migrated(connection, schema, RELEASED[schema])
    for revision in oldest_first[len(released) :]:
        found = await migrated(connection, schema, revision)
        since, reason = getattr(modules[revision], "contract", (None, ""))
        assert not found or since, f"{revision}: {found}"
        assert since is None or (since in released and reason), f"{revision}: {since} is not released yet"


async def migrated(connection: AsyncConnection, schema: str, revision: str) -> list[str]:
    """What migrating to ``revision`` took away."""
    return await taken(connection, schema, lambda it: upgrade(it, SCHEMAS[schema], revision))


def test_each_schema_has_its_line() -> None:
    assert set(RELEASED) == set(SCHEMAS)


def modules_of(schema: Schema) -> list[ModuleType]:
    package = import_module(schema.migrations)
    return [import_module(f"{schema.migrations}.{each.name}") for each in iter_modules(package.__path__)]
