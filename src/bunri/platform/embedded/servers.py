"""The embedded servers of one data directory: PostgreSQL and Valkey, started and stopped as one."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from signal import SIGKILL
from typing import Final

from bunri.platform.disk import free_bytes
from bunri.platform.embedded.errors import DataDirectoryUnusable, DiskTooSmall
from bunri.platform.embedded.lock import DataLock, holder
from bunri.platform.embedded.postgres import CONNECTIONS, Postgres
from bunri.platform.embedded.reaper import ChildReaper
from bunri.platform.embedded.secrets import write_private
from bunri.platform.embedded.server import Server
from bunri.platform.embedded.valkey import MEMORY_MB, Valkey

ROOM_FOR_NEW_MB: Final = 192
"""A new data directory takes 65 MB (measured after a first start), PostgreSQL's log grows by 32, and uploads leave 64
free (platform.storage)."""
ROOM_FOR_OLD_MB: Final = 24
"""What PostgreSQL may need to recover: a segment of its log, and some."""
_Maker = Callable[[Path, ChildReaper, int], Server]
_RUNNING: Final = "running.json"
_START_WITHIN: Final = 60.0  # recovery after a crash on a slow disk, not a normal start
_STEP: Final = 0.01


@dataclass(frozen=True)
class Addresses:
    """Where the servers answer, password included; None for a server that was not asked for.

    ``database_url`` is ``postgresql://bunri:PASSWORD@/bunri?host=FOLDER`` (asyncpg's and libpq's form for a unix
    socket, the owner's account). ``valkey_url`` is ``redis://:PASSWORD@127.0.0.1:PORT`` without a database: add
    ``/0`` … ``/15``.
    """

    database_url: str | None
    valkey_url: str | None


class EmbeddedServers:
    """PostgreSQL and Valkey as children of this process. They end when it ends, however it ends.

    ``keeps_log``: finished files of PostgreSQL's log are kept in ``<data>/wal`` until a backup takes them away.
    ``what`` names this process to a second one that wants the directory. Start it from the main thread (see reaper.py).
    """

    def __init__(
        self,
        data: Path,
        *,
        postgres: bool = True,
        valkey: bool = True,
        valkey_mb: int = MEMORY_MB,
        connections: int = CONNECTIONS,
        keeps_log: bool = False,
        start_within: float = _START_WITHIN,
        what: str = "bunri up",
    ) -> None:
        self._data = data.expanduser().resolve()
        makers: dict[str, _Maker] = {
            Valkey.name: partial(Valkey, memory_mb=valkey_mb),
            Postgres.name: partial(Postgres, connections=connections, keeps_log=keeps_log),
        }
        wanted = {Valkey.name: valkey, Postgres.name: postgres}
        self._makers = {name: make for name, make in makers.items() if wanted[name]}
        self._what = what
        self._start_within = start_within
        self._lock = DataLock(self._data)
        self._reaper = ChildReaper()
        self._servers: dict[str, Server] = {}

    @property
    def addresses(self) -> Addresses:
        """Known once started."""
        urls = {name: server.url for name, server in self._servers.items()}
        return Addresses(urls.get(Postgres.name), urls.get(Valkey.name))

    @property
    def pids(self) -> dict[str, int]:
        """The process of each server by its name."""
        return {name: server.pid for name, server in self._servers.items()}

    def start(self) -> Addresses:
        """Start the servers that do not run yet and wait until all of them answer.

        Raises DataDirectoryInUse, DataDirectoryUnusable, DiskTooSmall, and ServerFailed; then nothing is left running.
        """
        if self._lock.held:
            return self.addresses
        new = not (self._data / Postgres.name / "PG_VERSION").exists()
        if new:  # before anything is made; an old directory may belong to a process that runs, which is told first
            self._check_room(ROOM_FOR_NEW_MB)
        self._lock.acquire(self._what)
        try:
            self._check_room(0 if new else ROOM_FOR_OLD_MB)
            self._servers = {
                name: make(self._data, self._reaper, self._lock.descriptor) for name, make in self._makers.items()
            }
            for server in self._servers.values():
                server.launch()
            for server in self._servers.values():
                _await(server, self._start_within)
            _publish(self._data, self.addresses)
        except OSError as error:
            self.stop()
            raise DataDirectoryUnusable(directory=str(self._data), reason=str(error)) from error
        except BaseException:
            self.stop()
            raise
        return self.addresses

    def _check_room(self, needed_mb: int) -> None:
        free_mb = free_bytes(self._data) // 2**20
        if self._makers and free_mb < needed_mb:
            raise DiskTooSmall(directory=str(self._data), needed_mb=needed_mb, free_mb=free_mb)

    def poll(self) -> list[str]:
        """The names of the servers that have died."""
        return [name for name, server in self._servers.items() if not server.alive]

    def restart(self, name: str, *, wait: bool = True) -> None:
        """Start a dead server again at its old address and, unless told otherwise, wait until it answers.

        Raises ServerFailed; then it may be tried again.
        """
        server = self._servers[name]
        server.forget()
        server.launch()
        if wait:
            _await(server, self._start_within)

    def stop(self, within: float = 8.0) -> None:
        """Shut all down cleanly. Servers that take over ``within`` seconds are killed; both kinds recover from that."""
        if not self._lock.held:
            return
        (self._data / _RUNNING).unlink(missing_ok=True)
        for server in self._servers.values():
            server.signal(server.stop_signal)
        deadline = time.monotonic() + within
        for server in self._servers.values():
            if not server.wait(max(0.0, deadline - time.monotonic())):
                server.signal(server.death_signal)
                server.wait(1.0)
                server.signal(SIGKILL)
                server.wait(5.0)
            server.forget()
        self._servers = {}
        self._reaper.close()
        self._lock.release()


def attach(data: Path) -> Addresses | None:
    """The servers that another bunri process runs on ``data``; None when there is none."""
    data = data.expanduser().resolve()
    current = holder(data)
    if current is None:
        return None
    try:
        running = json.loads((data / _RUNNING).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if running.get("pid") != current.pid:
        return None
    return Addresses(running["database_url"], running["valkey_url"])


def _publish(data: Path, addresses: Addresses) -> None:
    draft = data / f"{_RUNNING}.new"
    write_private(draft, json.dumps({"pid": os.getpid(), **asdict(addresses)}))
    draft.replace(data / _RUNNING)


def _await(server: Server, within: float) -> None:
    deadline = time.monotonic() + within
    while not server.ready():
        if not server.alive or time.monotonic() > deadline:
            raise server.failure()
        time.sleep(_STEP)
