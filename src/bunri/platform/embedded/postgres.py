"""PostgreSQL from its wheel, without the wheel's own wrapper, which leaves it running when its parent is killed."""

import hashlib
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from bunri.platform.embedded import binaries
from bunri.platform.embedded.account import Account
from bunri.platform.embedded.errors import DataDirectoryUnusable
from bunri.platform.embedded.reaper import ChildReaper
from bunri.platform.embedded.secrets import secret
from bunri.platform.embedded.server import Server
from bunri.platform.memory import memory

NAME: Final = "bunri"  # of the owner and of the database

_SOCKET: Final = ".s.PGSQL.5432"
_LONGEST_SOCKET: Final = 100  # sun_path takes 107 bytes on Linux, 103 on macOS
CONNECTIONS: Final = 80
"""For the processes of one machine: each takes eight at most (BUNRI_DATABASE_POOL)."""
KEPT_LOG: Final = "wal"
"""The folder in the data directory where finished files of the log wait to be taken away."""
LOG_EVERY_S: Final = 300
"""A file of the log is finished after so many seconds at the latest, when anything was written."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9._/-]+")  # a comma would be a second folder to PostgreSQL and its clients

# Little memory and few processes; full durability (fsync and full_page_writes keep their defaults).
_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "effective_cache_size": "256MB",
    "work_mem": "4MB",
    "maintenance_work_mem": "32MB",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "max_wal_senders": "2",
    "max_logical_replication_workers": "0",
    "max_parallel_workers": "2",
    "autovacuum_max_workers": "2",
    "io_method": "sync",
    "huge_pages": "off",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "idle_in_transaction_session_timeout": "5min",
}


def buffers_mib(memory: int) -> int:
    """Of a machine or a container with so many bytes of ``memory``: the pages that a large installation reads again and
    again stay at hand, and a small host has room for everything else."""
    return min(256, max(32, memory // 2**20 // 32))


class Postgres(Server):
    """PostgreSQL 18 on a unix socket; all accounts need a password (SCRAM)."""

    name = "postgres"
    death_signal = signal.SIGQUIT  # the immediate shutdown: it ends within 5 s whatever its clients do
    stop_signal = signal.SIGINT

    def __init__(
        self,
        data: Path,
        reaper: ChildReaper,
        lock: int,
        *,
        connections: int = CONNECTIONS,
        keeps_log: bool = False,
    ) -> None:
        super().__init__(data, reaper, lock)
        self._connections = connections
        self._kept_log = data / KEPT_LOG if keeps_log else None
        self._bin = binaries.postgres().readable_by(self.account) / "bin"
        self._sockets = socket_folder(data, self.account)
        self._password = secret(data, self.name)

    @property
    def url(self) -> str:
        """``postgresql://bunri:PASSWORD@/bunri?host=FOLDER``: the owner of the database, over the unix socket."""
        return f"postgresql://{NAME}:{self._password}@/{NAME}?host={self._sockets}"

    def launch(self) -> None:
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        self._make_sockets()
        # We hold the directory's lock, so no other server runs here. A file that says otherwise is left over from a
        # crash, and its process id may belong to another program by now.
        for stale in (self.folder / "postmaster.pid", *self._sockets.glob(f"{_SOCKET}*")):
            stale.unlink(missing_ok=True)
        own = {
            "unix_socket_directories": str(self._sockets),
            "max_connections": str(self._connections),
            "shared_buffers": f"{buffers_mib(memory().total)}MB",
        }
        with self._archiving() as (archiving, descriptors):
            settings = _SETTINGS | own | archiving
            options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
            command = [str(self._bin / "postgres"), "-D", self._path_for_server(self.folder), *options]
            self._process = self._spawn(command, self.folder, descriptors=descriptors)

    @contextmanager
    def _archiving(self) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
        """The settings with which each finished file of the log is copied to ``<data>/wal``, and the descriptors that
        they name. Backups take the files away from there.

        An account that cannot enter the data directory reaches the folder by a descriptor that it inherits.
        """
        if self._kept_log is None:
            yield {}, ()
            return
        self._folder(self._kept_log)
        if not (self.account and sys.platform == "linux"):
            yield _archiving(str(self._kept_log)), ()
            return
        opened = os.open(self._kept_log, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield _archiving(f"/proc/self/fd/{opened}"), (opened,)
        finally:
            os.close(opened)

    def ready(self) -> bool:
        """Reads line 8 of postmaster.pid, as pg_ctl does."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(self.pid) and lines[7].strip() == "ready"

    def forget(self) -> None:
        if self._process is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
        super().forget()

    def _create(self) -> None:
        """A new cluster with its owner and database. It appears complete or, when interrupted, not at all."""
        draft = self.folder.with_name(f"{self.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        self._folder(draft)
        where = self._path_for_server(draft)
        self._run(
            ["initdb", "-D", where, "-U", NAME, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            draft,
        )
        sql = f"ALTER ROLE {NAME} PASSWORD '{self._password}';\nCREATE DATABASE {NAME};\n"
        strict = ["-c", "exit_on_error=on", "-c", "log_checkpoints=off"]
        self._run(["postgres", "--single", "-D", where, *strict, "postgres"], draft, sql)
        access = draft / "pg_hba.conf"
        access.write_text("local all all scram-sha-256\nlocal replication all scram-sha-256\n")
        self._run(["initdb", "-D", where, "--sync-only"], draft)
        draft.rename(self.folder)

    def _run(self, command: list[str], cwd: Path, text: str = "") -> None:
        process = self._spawn([str(self._bin / command[0]), *command[1:]], cwd, subprocess.PIPE)
        process.communicate(text.encode())
        self._reaper.forget(process)
        if process.returncode != 0:
            raise self.failure()

    def _path_for_server(self, folder: Path) -> str:
        """The folder as the server's account can open it. It may not be able to enter the parents (root's home),
        but needs no right for its working directory: the child changes into it while it still is root."""
        return "/proc/self/cwd" if self.account and sys.platform == "linux" else str(folder)

    def _make_sockets(self) -> None:
        """The folder of the socket. Below /tmp another user could have made it first; such a folder is refused."""
        folder = self._sockets
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        status = folder.lstat()
        ours = {os.geteuid(), self.account.uid if self.account else os.geteuid()}
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in ours or status.st_mode & 0o077:
            raise DataDirectoryUnusable(directory=str(folder), reason="not a private folder of ours")
        self._own(folder)


def _archiving(folder: str) -> dict[str, str]:
    """A file that is there already must be the same: the server asks again after a crash. It appears complete."""
    place = shlex.quote(folder).replace("%", "%%")
    copy = f"cp %p {place}/.%f && sync {place}/.%f && mv {place}/.%f {place}/%f"
    return {
        "archive_mode": "on",
        "archive_timeout": str(LOG_EVERY_S),
        "archive_command": f"if test -e {place}/%f; then cmp -s %p {place}/%f; else {copy}; fi",
    }


def socket_folder(data: Path, account: Account | None) -> Path:
    """The socket's folder: in the data directory, or one with a shorter name that every account can reach."""
    near = data / "run"
    plain = _PLAIN.fullmatch(str(near)) and len(str(near / _SOCKET)) <= _LONGEST_SOCKET
    if plain and (account is None or account.reads(data)):
        return near
    name = "bunri-" + hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if account is None and runtime and len(runtime) < _LONGEST_SOCKET - 40 and Path(runtime).is_dir():
        return Path(runtime) / name
    return Path("/tmp") / name  # noqa: S108
