"""PostGIS beside the product's own search: PostgreSQL as Debian packages it, in a cluster of its own without a port."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import asyncpg

from bench.paths import workplace

LACKING: Final = "no PostGIS on this machine: make postgis"
_ROOT: Final = Path("/usr/lib/postgresql")
_ACCOUNT: Final = "postgres"
"""Under which the server runs when this process is root: PostgreSQL refuses to be."""
_ALIKE: Final = ("shared_buffers", "work_mem", "effective_cache_size", "random_page_cost", "jit")
"""Settings that both servers have to have alike."""


def programs() -> Path | None:
    """The programs of the newest PostgreSQL here that has PostGIS."""
    found = [
        version / "bin"
        for version in sorted(_ROOT.glob("*"), key=lambda version: int(version.name), reverse=True)
        if Path(f"/usr/share/postgresql/{version.name}/extension/postgis.control").is_file()
    ]
    return found[0] if found else None


@asynccontextmanager
async def postgis(ours: asyncpg.Connection, bins: Path) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a server with PostGIS that is set up like that of ``ours``. The server ends with the block."""
    settings = {name: await ours.fetchval(f"show {name}") for name in _ALIKE}
    with workplace() as folder:
        account = _ACCOUNT if os.getuid() == 0 else None
        if account:
            shutil.chown(folder, account)
        data = folder / "data"
        _run(account, bins / "initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        options = f"-c listen_addresses= -c unix_socket_directories={folder} {options}"
        _run(account, bins / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            connection = await asyncpg.connect(host=str(folder), user="bench", database="postgres")
            try:
                await connection.execute("create extension postgis")
                yield connection
            finally:
                await connection.close()
        finally:
            _run(account, bins / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _run(account: str | None, *command: str | Path) -> None:
    subprocess.run(command, check=True, user=account, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
