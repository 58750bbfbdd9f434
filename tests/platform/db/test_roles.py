"""Each domain's role sees its own schema and nothing else."""

import itertools

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from tests.conftest import Sessions

from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.platform.db import Database
from bunri.platform.db.address import login_address

DOMAINS = REGISTRY.schemas
TABLE = "alembic_version"
"""Every schema has it."""


class TestLeastPrivilege:
    @pytest.mark.parametrize("domain", DOMAINS)
    async def test_a_role_reads_its_own(self, session_of: Sessions, domain: str) -> None:
        async with session_of(domain) as session:
            await session.execute(text(f"select * from {domain}.{TABLE} limit 1"))

    @pytest.mark.parametrize(("domain", "other"), list(itertools.permutations(DOMAINS, 2)))
    async def test_a_role_cannot_read_anothers(self, session_of: Sessions, domain: str, other: str) -> None:
        async with session_of(domain) as session:
            with pytest.raises(ProgrammingError, match="permission denied"):
                await session.execute(text(f"select * from {other}.{TABLE} limit 1"))

    @pytest.mark.parametrize(
        "statement",
        [
            "create table public.mine (id int)",
            "create table waste.mine (id int)",
            "drop table waste.jobs",
            "create role friend",
            "copy waste.jobs to program 'cat'",
            "select pg_read_file('/etc/passwd')",
        ],
    )
    async def test_a_role_changes_no_structure(self, session_of: Sessions, statement: str) -> None:
        async with session_of("waste") as session:
            with pytest.raises(ProgrammingError):
                await session.execute(text(statement))


class TestLoginRole:
    """What a process logs in as, before it becomes a domain's role for a transaction."""

    @pytest.mark.parametrize("domain", DOMAINS)
    async def test_reads_nothing_by_itself(self, database: Database, domain: str) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.transaction() as session:
                await session.execute(text(f"select * from {domain}.{TABLE} limit 1"))

    async def test_is_itself_again_after_a_transaction(self, database: Database) -> None:
        async with database.transaction("waste") as session:
            assert (await session.execute(text("select current_user"))).scalar_one() == "bunri_waste"
        async with database.transaction() as session:
            assert (await session.execute(text("select current_user"))).scalar_one() == "bunri_login"

    async def test_nobody_logs_in_as_a_domain(self, settings: Settings) -> None:
        url = login_address(str(settings.database_url), settings.key("database roles")).set(username="bunri_waste")
        direct = Database(url)
        with pytest.raises(DBAPIError, match=r"not permitted to log in|password authentication failed"):
            await direct.check()
        await direct.dispose()


async def test_another_secret_does_not_open_the_database(settings: Settings) -> None:
    wrong = Database(login_address(str(settings.database_url), "another secret"))
    with pytest.raises(DBAPIError, match="password authentication failed"):
        await wrong.check()
    await wrong.dispose()


async def test_a_role_that_is_not_there_is_refused_and_leaves_the_pool_usable(database: Database) -> None:
    for _ in range(6):
        with pytest.raises(DBAPIError, match="does not exist"):
            await database.check("nowhere")
        await database.check("waste")
