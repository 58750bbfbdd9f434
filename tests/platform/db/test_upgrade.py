"""Three versions of one schema on one database: the second adds, and the third takes away what the first used."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from tests.support.cluster import Cluster

from bunri.app.settings import Settings
from bunri.platform.db.migrate import Schema, SchemaTooNew, upgrade, versions

MIGRATIONS: Final = (
    """
    statements = ["create table tunes.songs (id serial primary key, name text not null default '')"]
    """,
    """
    statements = [
        "alter table tunes.songs add column title text",
        "create function tunes.copy_name() returns trigger language plpgsql as "
        "$$ begin new.title = coalesce(new.title, new.name); new.name = new.title; return new; end $$",
        "create trigger copy_name before insert or update on tunes.songs "
        "for each row execute function tunes.copy_name()",
    ]
    """,
    """
    contract = ("tunes_0002", "versions with it read and write title alone")
    statements = [
        "drop trigger copy_name on tunes.songs",
        "alter table tunes.songs drop column name",
    ]
    """,
)
FIRST: Final = "insert into tunes.songs (name) values ('of the first') returning name"
SECOND: Final = "insert into tunes.songs (title) values ('of the second') returning title"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Schema]]:
    """The schema as each version knows it."""
    folder = tmp_path_factory.mktemp("versions")
    sys.path.insert(0, str(folder))
    yield [_version(folder, number) for number in range(1, len(MIGRATIONS) + 1)]
    sys.path.remove(str(folder))


def _version(folder: Path, newest: int) -> Schema:
    package = folder / f"tunes_version_{newest}"
    package.mkdir()
    (package / "__init__.py").touch()
    for number, body in enumerate(MIGRATIONS[:newest], 1):
        before = f"'tunes_{number - 1:04}'" if number > 1 else None
        lines = [
            "from alembic import op",
            f"revision = 'tunes_{number:04}'",
            f"down_revision = {before}",
            *(line.removeprefix("    ") for line in body.splitlines()),
            "def upgrade():",
            "    for statement in statements:",
            "        op.execute(statement)",
        ]
        (package / f"{number:04}.py").write_text("\n".join(lines))
    return Schema("tunes", package.name)


@pytest.fixture
async def owner(cluster: Cluster, settings: Settings, released: list[Schema]) -> URL:
    return await cluster.empty(settings, released[:1])


@pytest.fixture
async def engine(owner: URL) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(owner)
    yield made
    await made.dispose()


async def migrate(engine: AsyncEngine, schema: Schema) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, schema)


async def ask(engine: AsyncEngine, statement: str) -> list[str]:
    async with engine.begin() as connection:
        return list((await connection.execute(text(statement))).scalars())


async def test_a_version_and_the_one_before_work_side_by_side(
    engine: AsyncEngine, owner: URL, released: list[Schema]
) -> None:
    first, second, _ = released
    await migrate(engine, first)
    await migrate(engine, second)
    assert await ask(engine, FIRST) == ["of the first"]
    assert await ask(engine, SECOND) == ["of the second"]
    for column in ("name", "title"):  # each reads what the other wrote
        found = await ask(engine, f"select {column} from tunes.songs order by id")
        assert found == ["of the first", "of the second"]
    seen = (await versions(owner, [first]))["tunes"]
    assert (seen.at, seen.behind, seen.ahead, seen.too_new) == ("tunes_0002", 0, True, False)


async def test_after_a_roll_back_the_version_before_starts_and_changes_nothing(
    engine: AsyncEngine, released: list[Schema]
) -> None:
    first, second, _ = released
    await migrate(engine, second)
    await migrate(engine, first)
    assert await ask(engine, "select version_num from tunes.alembic_version") == ["tunes_0002"]
    await migrate(engine, second)
    assert await ask(engine, FIRST) == ["of the first"]


async def test_a_version_whose_columns_are_gone_is_refused_and_the_one_before_is_not(
    engine: AsyncEngine, owner: URL, released: list[Schema]
) -> None:
    first, second, third = released
    await migrate(engine, third)
    with pytest.raises(DBAPIError):
        await ask(engine, FIRST)
    with pytest.raises(SchemaTooNew) as refused:
        await migrate(engine, first)
    assert refused.value.data == {"schema": "tunes", "at": "tunes_0003"}
    assert (await versions(owner, [first]))["tunes"].too_new
    await migrate(engine, second)
    assert await ask(engine, SECOND) == ["of the second"]
    assert not (await versions(owner, [second]))["tunes"].too_new
