"""The PostgreSQL of a test run: started once, whatever the number of its processes; each copies the migrated template.

Processes of pytest-xdist get it from the one that leads them, in ``workerinput``. Roles belong to the whole server and
not to a database, so migrations take turns: two at once would change the same role.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

import asyncpg
from sqlalchemy.engine import URL, make_url

from bunri.app.migrations import migrate_all
from bunri.app.registry import REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.kit.ids import new_id
from bunri.platform.db.address import owner_address
from bunri.platform.db.migrate import Schema, prepare
from bunri.platform.embedded import EmbeddedServers


@dataclass(frozen=True)
class Cluster:
    """A server with the database that all others are copies of."""

    url: str
    """Of the template, as its owner."""
    folder: str
    """Where the processes of the run take turns."""

    def as_input(self) -> dict[str, str]:
        return asdict(self)

    async def copy(self, settings: Settings) -> Settings:
        """``settings`` with a migrated database that nobody else uses."""
        await self._prepare(settings)
        name = f"copy_{new_id().hex}"
        connection = await asyncpg.connect(self._database("postgres"))
        try:
            await connection.execute(f"create database {name} template {make_url(self.url).database}")
        finally:
            await connection.close()
        made = _with_database(settings, self._database(name))
        await self.migrate(made)  # who may connect is said of each database and not copied
        return made

    async def empty(self, settings: Settings, schemas: Sequence[Schema]) -> URL:
        """The owner's address of a database with ``schemas`` and nothing in them."""
        name = f"empty_{new_id().hex}"
        connection = await asyncpg.connect(self._database("postgres"))
        try:
            await connection.execute(f"create database {name}")
        finally:
            await connection.close()
        owner = owner_address(self._database(name))
        with self._turn():
            await prepare(owner, schemas, settings.key("database roles"))
        return owner

    async def migrate(self, settings: Settings, registry: Registry = REGISTRY) -> None:
        with self._turn():
            await migrate_all(settings, sample=False, registry=registry)

    async def _prepare(self, settings: Settings) -> None:
        """Migrates the template, once for the whole run."""
        with self._turn() as notes:
            if not notes.read():
                await migrate_all(_with_database(settings, self.url), sample=False)
                notes.write("the template is ready")

    @contextmanager
    def _turn(self) -> Iterator[TextIO]:
        """No other process of the run migrates meanwhile. What is noted stays for the next one."""
        with Path(self.folder, "turn").open("a+") as notes:
            fcntl.flock(notes, fcntl.LOCK_EX)
            notes.seek(0)
            yield notes

    def _database(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def started(folder: Path) -> Iterator[Cluster]:
    """A server with its data in ``folder``."""
    # Two runs of the product, one of them in a process for each target, and what the tests open themselves.
    servers = EmbeddedServers(folder / "data", valkey=False, what="pytest", connections=300)
    try:
        yield Cluster(str(servers.start().database_url), str(folder))
    finally:
        servers.stop()


def _with_database(settings: Settings, url: str) -> Settings:
    values: dict[str, Any] = settings.model_dump()
    return Settings.model_validate({**values, "database_url": url})
