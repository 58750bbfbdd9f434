"""Real servers for every test: PostgreSQL and Valkey from their wheels, started once, migrated as in production."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from tests.support.platform import Platform, running

from bunri.app.migrations import migrate_all
from bunri.app.settings import Settings
from bunri.platform.db import Database
from bunri.platform.db.address import login_address, role_of
from bunri.platform.embedded.servers import EmbeddedServers
from bunri.platform.vision.settings import VisionSettings

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("BUNRI_SHARED", ROOT.parent / "shared")).resolve()

Sessions = Callable[[str], AbstractAsyncContextManager[AsyncSession]]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Reference photos and models. They are no part of the product: tests that want them are skipped without them."""
    if not SHARED.is_dir():
        pytest.skip("no reference data: set BUNRI_SHARED to use it")
    return SHARED


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServers]:
    started = EmbeddedServers(tmp_path_factory.mktemp("servers"), what="pytest")
    started.start()
    yield started
    started.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def settings(servers: EmbeddedServers, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a migrated container on the test servers."""
    made = Settings(
        data=tmp_path_factory.mktemp("data"),
        secret="a secret for tests only, and long enough",
        database_url=servers.addresses.database_url,
        valkey_url=servers.addresses.valkey_url,
        vision=VisionSettings(models_dir=SHARED / "models" if SHARED.is_dir() else None, fetch=False),
    )
    await migrate_all(made, sample=False)
    return made


@asynccontextmanager
async def own_servers(tmp_path_factory: pytest.TempPathFactory, **more: object) -> AsyncIterator[Settings]:
    """Settings on servers that no other test's workers listen to."""
    started = EmbeddedServers(tmp_path_factory.mktemp("servers"), what="pytest")
    vision = VisionSettings(models_dir=None, fetch=False)
    given = Settings.model_validate({"data": tmp_path_factory.mktemp("data"), "vision": vision, **more})
    try:
        made = given.on(started.start())
        await migrate_all(made, sample=False)
        yield made
    finally:
        started.stop()


@pytest.fixture(scope="session")
def single(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole product: one API for everything, a worker for each queue, and beat."""
    with running(settings, "single", tmp_path_factory.mktemp("logs")) as started:
        yield started


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The process's way into the database, as services get it."""
    opened = Database(login_address(str(settings.database_url), settings.key("database roles")))
    yield opened
    await opened.dispose()


@pytest.fixture
def session_of(settings: Settings) -> Sessions:
    """``async with session_of("waste") as session``: the domain's own role; everything is rolled back at the end."""

    @asynccontextmanager
    async def opened(domain: str) -> AsyncIterator[AsyncSession]:
        engine = create_async_engine(login_address(str(settings.database_url), settings.key("database roles")))
        try:
            async with engine.connect() as connection:
                outer = await connection.begin()
                await connection.exec_driver_sql(f"set local role {role_of(domain)}")
                async with AsyncSession(connection, join_transaction_mode="create_savepoint") as session:
                    yield session
                await outer.rollback()
        finally:
            await engine.dispose()

    return opened
