"""Real servers for every test: PostgreSQL and Valkey from their wheels, migrated as in production.

One PostgreSQL serves the whole run (``support/cluster.py``); each process of it has a database and a Valkey of its own.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import hypothesis
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from tests.support import cluster as clusters
from tests.support import processes
from tests.support.cluster import Cluster
from tests.support.platform import Platform, running
from xdist.scheduler import LoadScopeScheduling

from bunri.app.settings import Settings
from bunri.platform.db import Database
from bunri.platform.db.address import login_address, role_of
from bunri.platform.embedded.servers import EmbeddedServers
from bunri.platform.vision.settings import VisionSettings

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("BUNRI_SHARED", ROOT.parent / "shared")).resolve()

_VISION: Final = VisionSettings(models_dir=SHARED / "models" if SHARED.is_dir() else None, fetch=False)

pytest_plugins = ("tests.support.callers", "tests.support.collector", "tests.support.devices")

Sessions = Callable[[str], AbstractAsyncContextManager[AsyncSession]]
OwnSettings = Callable[..., Awaitable[Settings]]

CLUSTER: Final = pytest.StashKey[Cluster]()
TOGETHER: Final = {
    "tests/app/test_analysis.py": "single",
    "tests/app/test_openapi.py": "single",
    "tests/app/test_realtime.py": "single",
    "tests/faults/test_bad_photos.py": "single",
    "tests/app/test_readiness.py": "lone_postgres",
    "tests/platform/db/test_engine.py": "lone_postgres",
}
"""Files that share what is costly to start: one process has all of them."""

hypothesis.settings.register_profile("bunri", deadline=None)  # no test fails for being slow
hypothesis.settings.load_profile("bunri")


# ── one run, several processes (pytest-xdist) ─────────────────────────────────────────────────────────────────────────


def pytest_configure(config: pytest.Config) -> None:
    config.add_cleanup(processes.REAPER.close)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """The process that leads the others starts PostgreSQL for all of them."""
    closing = ExitStack()
    config.add_cleanup(closing.close)
    config.stash[CLUSTER] = _start_cluster(closing)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["cluster"] = node.config.stash[CLUSTER].as_input()


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """What a file starts, it starts once: its tests stay together, and so do files that share something costly."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return TOGETHER.get(file, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return _ByFile(config, log) if config.getoption("dist") == "loadfile" else None


def _start_cluster(closing: ExitStack) -> Cluster:
    folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="bunri-tests-"))
    return closing.enter_context(clusters.started(Path(folder)))


# ── servers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def shared() -> Path:
    """Reference photos and models. They are no part of the product: tests that want them are skipped without them."""
    if not SHARED.is_dir():
        pytest.skip("no reference data: set BUNRI_SHARED to use it")
    return SHARED


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    """PostgreSQL, shared by all processes of the run."""
    given = getattr(pytestconfig, "workerinput", None)
    with ExitStack() as closing:
        yield Cluster(**given["cluster"]) if given else _start_cluster(closing)


@pytest.fixture(scope="session")
def own_settings(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnSettings]:
    """``await own_settings(…)``: settings on a migrated database and a Valkey that nobody else uses."""
    started: list[EmbeddedServers] = []

    async def make(**more: object) -> Settings:
        valkey = EmbeddedServers(tmp_path_factory.mktemp("valkey"), postgres=False, what="pytest")
        started.append(valkey)
        values = {
            "data": tmp_path_factory.mktemp("data"),
            "secret": "a secret for tests only, and long enough",
            "database_url": cluster.url,
            "valkey_url": valkey.start().valkey_url,
            "vision": VisionSettings(models_dir=None, fetch=False),
        }
        return await cluster.copy(Settings.model_validate({**values, **more}))

    yield make
    for server in started:
        server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def settings(own_settings: OwnSettings) -> Settings:
    """Settings of a migrated container on the servers of this process."""
    return await own_settings(vision=_VISION)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def platform_settings(own_settings: OwnSettings) -> Settings:
    """Of the running product: its workers would take what other tests leave in the database and in the queues."""
    return await own_settings(vision=_VISION)


@pytest.fixture(scope="session")
def single(platform_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole product: one API for everything, a worker for each queue, and beat."""
    with running(platform_settings, "single", tmp_path_factory.mktemp("logs")) as started:
        yield started


@pytest.fixture(scope="session")
def split(platform_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The same, one API for each target."""
    with running(platform_settings, "split", tmp_path_factory.mktemp("logs")) as started:
        yield started


@pytest.fixture(scope="session", params=["single", "split"])
def arrangement(request: pytest.FixtureRequest) -> Platform:
    """The product in both arrangements: the same tests for one process and for many."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Platform)
    return found


@pytest.fixture(scope="session")
def lone_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServers]:
    """A PostgreSQL that may be stopped or filled: nobody else uses it."""
    started = EmbeddedServers(tmp_path_factory.mktemp("lone"), valkey=False, what="pytest")
    started.start()
    yield started
    started.stop()


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
