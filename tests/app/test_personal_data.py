"""docs/operations/personal-data.md names every table with every column, and every folder, and no other."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.platform.db.address import owner_address

PAGE = Path(__file__).parents[2] / "docs/operations/personal-data.md"
_ROW = re.compile(
    r"^\| `(?P<name>[a-z_]+\.[a-z_]+)` \| (?P<columns>(?:`[a-z0-9_]+` ?)+)\| (?P<what>.+) \| (?P<until>.*)\|$"
)
_FOLDER = re.compile(r"^\| `(?P<name>[a-z-]+/)` \| .+ \| .+ \|$")


@pytest.fixture
def lines() -> list[str]:
    return PAGE.read_text("utf-8").splitlines()


async def test_tables_and_their_columns(lines: list[str], settings: Settings) -> None:
    told = {row["name"]: set(re.findall(r"`(\w+)`", row["columns"])) for line in lines if (row := _ROW.match(line))}
    query = text(
        "select table_schema || '.' || table_name, array_agg(column_name::text) from information_schema.columns"
        " where table_schema = any(:schemas) and table_name not like 'alembic%' group by 1"
    )
    engine = create_async_engine(owner_address(str(settings.database_url)))
    async with engine.connect() as connection:
        rows = (await connection.execute(query, {"schemas": list(REGISTRY.schemas)})).all()
    await engine.dispose()
    assert told == {name: set(columns) for name, columns in rows}


def test_what_says_something_of_a_person_has_an_end(lines: list[str]) -> None:
    rows = [row for line in lines if (row := _ROW.match(line))]
    assert [row["name"] for row in rows if row["what"] != "nothing" and not row["until"].strip()] == []


def test_folders_of_the_object_store(lines: list[str]) -> None:
    told = {row["name"] for line in lines if (row := _FOLDER.match(line))}
    assert told == {folder.prefix for module in REGISTRY.modules for folder in module.folders}
