"""At most one process uses a data directory.

There are two locks, both released by the system when their holders end. ``holder`` is held by this process alone and
names it. ``lock`` is inherited by the servers: it stays until the last of them has ended, so that a start right after a
crash cannot meet the servers of the previous run.
"""

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bunri.platform.embedded.errors import DataDirectoryInUse, DataDirectoryUnusable

_HOLDER: Final = "holder"
_LOCK: Final = "lock"


@dataclass(frozen=True)
class Holder:
    """The process that holds a data directory; ``pid`` is 0 while it is not known yet."""

    pid: int
    what: str


class DataLock:
    """The lock of one data directory; both are created when missing."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._holder = -1
        self.descriptor = -1  # for the servers to inherit

    @property
    def held(self) -> bool:
        return self.descriptor >= 0

    def acquire(self, what: str, patience: float = 10.0) -> None:
        """Take the lock, waiting at most ``patience`` seconds for the servers of a dead holder to end.

        Raises DataDirectoryInUse when another process has it, DataDirectoryUnusable when the directory is not writable.
        """
        try:
            self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._holder = _open(self._data / _HOLDER)
            self.descriptor = _open(self._data / _LOCK)
        except OSError as error:
            self.release()
            raise DataDirectoryUnusable(directory=str(self._data), reason=error.strerror or str(error)) from error
        if not (_taken(self._holder) and _taken(self.descriptor, patience)):
            current = _read(self._holder)
            self.release()
            raise DataDirectoryInUse(directory=str(self._data), pid=current.pid, what=current.what)
        os.truncate(self._holder, 0)
        os.pwrite(self._holder, json.dumps(asdict(Holder(os.getpid(), what))).encode(), 0)

    def release(self) -> None:
        for descriptor in (self.descriptor, self._holder):
            if descriptor >= 0:
                os.close(descriptor)
        self.descriptor = self._holder = -1


def holder(data: Path) -> Holder | None:
    """The process that holds the directory; None when there is none or the directory is not readable."""
    try:
        descriptor = os.open(data / _HOLDER, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _taken(descriptor, mode=fcntl.LOCK_SH) else _read(descriptor)
    finally:
        os.close(descriptor)


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _taken(descriptor: int, patience: float = 0.2, mode: int = fcntl.LOCK_EX) -> bool:
    """Whether the lock was free or became so. It waits a little, since ``holder`` takes the lock for a moment."""
    deadline = time.monotonic() + patience
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)


def _read(descriptor: int) -> Holder:
    try:
        fields = json.loads(os.pread(descriptor, 4096, 0))
        return Holder(int(fields["pid"]), str(fields["what"]))
    except (ValueError, KeyError, TypeError):
        return Holder(0, "bunri")
