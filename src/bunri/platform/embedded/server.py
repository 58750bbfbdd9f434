"""What the two servers have in common: a folder, an account, a log, and a supervised process."""

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

from bunri.platform.embedded.account import server_account
from bunri.platform.embedded.errors import ServerFailed
from bunri.platform.embedded.reaper import ChildReaper

_LOG_LIMIT: Final = 10 * 2**20


class Server(ABC):
    """One embedded server. ``launch`` only starts it; ``ready`` tells when it answers."""

    name: ClassVar[str]
    death_signal: ClassVar[signal.Signals]  # sent when this process dies first
    stop_signal: ClassVar[signal.Signals]  # a fast and clean shutdown

    def __init__(self, data: Path, reaper: ChildReaper, lock: int) -> None:
        self.folder = data / self.name
        self.account = server_account(self.folder)
        self._log = data / "logs" / f"{self.name}.log"
        self._reaper = reaper
        self._lock = lock
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients find it, password included."""

    @abstractmethod
    def launch(self) -> None:
        """Start the process. Raises ServerFailed when it does not start."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it answers a client now."""

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.alive:
            self._process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Whether the process has ended within ``seconds``."""
        try:
            if self._process is not None:
                self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def forget(self) -> None:
        """Release what belongs to a process that has ended."""
        if self._process is not None:
            self._reaper.forget(self._process)
            self._process = None

    def failure(self) -> ServerFailed:
        lines = self._log.read_text("utf-8", "replace").splitlines() if self._log.exists() else []
        return ServerFailed(name=self.name, log="\n".join(lines[-12:]))

    def _folder(self, folder: Path) -> Path:
        """Make a folder that the server's account owns and nobody else enters."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self._own(folder)
        return folder

    def _own(self, folder: Path) -> None:
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)

    def _spawn(
        self, command: Sequence[str], cwd: Path, stdin: int = subprocess.DEVNULL, descriptors: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        with self._open_log() as log:
            return self._reaper.spawn(
                command,
                death_signal=self.death_signal,
                stdin=stdin,
                output=log.fileno(),
                cwd=cwd,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                account=self.account,
                pass_fds=(self._lock, *descriptors),
            )

    def _open_log(self) -> BinaryIO:
        self._log.parent.mkdir(mode=0o700, exist_ok=True)
        if self._log.exists() and self._log.stat().st_size > _LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        return self._log.open("ab")
