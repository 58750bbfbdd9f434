"""An installation to back up, one to restore to, and places for archives."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
import pytest_asyncio
from tests.conftest import OwnSettings
from tests.support.pictures import new_photo
from tests.support.s3 import s3_server

from bunri.app.backups import destination_of, source_of
from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.service.guests import Guests
from bunri.platform.backup.archive import ArchiveReader
from bunri.platform.backup.encryption import new_identity, read_identities
from bunri.platform.backup.restoring import Destination
from bunri.platform.backup.settings import BackupSettings
from bunri.platform.backup.taking import Source
from bunri.platform.backup.targets import FolderTarget, S3Target, Target
from bunri.platform.storage import open_storage

T = TypeVar("T")
PICTURE = "examples/2026/picture.jpg"
NOTE = "attachments/note"


def run(work: Coroutine[Any, Any, T]) -> T:
    """Tests of backups have no event loop: backups bring their own."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(work)


def sql(settings: Settings, statement: str, *values: object) -> Any:
    """The first column of what ``statement`` answers, as the owner."""

    async def asked() -> Any:
        connection = await asyncpg.connect(str(settings.database_url))
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    return run(asked())


def count(settings: Settings, table: str) -> int:
    found: int = sql(settings, f"select count(*) from {table}")
    return found


def add_guest(settings: Settings, name: str) -> None:
    async def made() -> None:
        container = InlineContainer(settings)
        await container.get(Guests).sign_in(name)
        await container.close()

    run(made())


def object_of(settings: Settings, key: str) -> tuple[bytes, str] | None:
    storage = open_storage((settings.data / "objects").as_uri(), secret=settings.key("upload tickets"))

    async def read() -> tuple[bytes, str] | None:
        stat = await storage.stat(key)
        return (await storage.read(key, 10**7), stat.content_type) if stat else None

    return run(read())


def write_object(settings: Settings, key: str, data: bytes, content_type: str) -> None:
    storage = open_storage((settings.data / "objects").as_uri(), secret=settings.key("upload tickets"))
    run(storage.write(key, data, content_type))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(own_settings: OwnSettings) -> Settings:
    return await own_settings()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def elsewhere(own_settings: OwnSettings) -> Settings:
    """Another one, with the same secret."""
    return await own_settings()


@pytest.fixture(scope="session")
def photo() -> bytes:
    return new_photo()


@pytest.fixture
def filled(installation: Settings, photo: bytes) -> Settings:
    """With a guest and two objects."""
    add_guest(installation, "초록이")
    write_object(installation, PICTURE, photo, "image/jpeg")
    write_object(installation, NOTE, b"", "text/plain")
    return installation


@dataclass(frozen=True)
class Keys:
    file: Path
    public: str

    @property
    def rules(self) -> BackupSettings:
        return BackupSettings(recipients=(self.public,))

    def reader(self, target: Target, name: str) -> ArchiveReader:
        return ArchiveReader(name, lambda: target.open(name), read_identities(self.file))


@pytest.fixture
def make_keys(tmp_path: Path) -> Callable[[str], Keys]:
    def make(name: str) -> Keys:
        private, public = new_identity()
        file = tmp_path / name
        file.write_text(f"# somebody's\n{private}\n")
        return Keys(file, public)

    return make


@pytest.fixture
def keys(make_keys: Callable[[str], Keys]) -> Keys:
    return make_keys("key")


@pytest.fixture
def source(filled: Settings) -> Iterator[Source]:
    with source_of(filled) as source:
        yield source


@pytest.fixture
def destination(elsewhere: Settings) -> Iterator[Destination]:
    with destination_of(elsewhere, own_secret=True) as destination:
        yield with_roles(destination)


def with_roles(destination: Destination) -> Destination:
    """Roles belong to the whole server, which other tests use at the same time: these are there already."""
    return replace(destination, prepare=lambda: None)


@pytest.fixture
def folder(tmp_path: Path) -> FolderTarget:
    return FolderTarget(tmp_path / "backups")


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture(params=["folder", "s3"])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    if request.param == "folder":
        yield request.getfixturevalue("folder")
        return
    found = S3Target(request.getfixturevalue("s3_address"))
    yield found
    for name in [*found.files(), *found.files("wal/")]:
        found.delete(name)
    found.close()
