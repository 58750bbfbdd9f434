"""Run among the tests of the version before, into whose tests/ it is copied: they are what they are taken for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg

import bunri
from bunri.app.settings import Settings

SOURCES = Path(__file__).parents[1] / "src"


def test_the_code_is_that_of_the_version_before(tmp_path: Path) -> None:
    """Also in the processes that tests start."""
    command = [sys.executable, "-c", "import bunri; print(bunri.__file__)"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()
    assert [Path(bunri.__file__), Path(said)] == [SOURCES / "bunri/__init__.py"] * 2


async def test_the_schemas_are_the_newer_ones(settings: Settings) -> None:
    heads = json.loads(os.environ["NEWER_HEADS"])
    connection = await asyncpg.connect(str(settings.database_url))
    try:
        for schema, head in heads.items():
            assert await connection.fetchval(f"select version_num from {schema}.alembic_version") == head
    finally:
        await connection.close()
