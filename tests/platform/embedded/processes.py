"""Watching processes end, and places for their data."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bunri.platform.embedded.account import server_account
from bunri.platform.embedded.postgres import socket_folder


def running(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family(pid: int) -> list[int]:
    """A process and all below it."""
    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def gone(pids: list[int], within: float = 60.0) -> bool:
    """Whether all the processes end before patience does."""
    deadline = time.monotonic() + within
    while any(running(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def open_place() -> Iterator[Path]:
    """A folder below /tmp that every account may enter: pytest keeps its own to itself."""
    with tempfile.TemporaryDirectory(prefix="bunri-test-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        for lock in folder.rglob("lock"):  # killed servers leave their socket behind
            data = lock.parent
            shutil.rmtree(socket_folder(data, server_account(data / "postgres")), ignore_errors=True)
