"""PostgreSQL's own programs, from the wheel that also brings the embedded server. They serve other servers as well, up
to their own version."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from sqlalchemy.engine import URL, make_url

from bunri.platform.backup.errors import BackupProgramFailed
from bunri.platform.embedded import binaries

_CHUNK: Final = 2**20
_LAST_WORDS: Final = 2000


def program(name: str) -> str:
    return str(binaries.postgres().home / "bin" / name)


def reachable(url: URL) -> tuple[str, dict[str, str]]:
    """What a program is told of a database: a URL without password, which others see in the list of processes, and an
    environment with it, which they do not."""
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    return plain, {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10", **password}


def address(database_url: str) -> URL:
    return make_url(database_url)


def stream(command: Sequence[str], env: Mapping[str, str], to: IO[bytes]) -> None:
    """Runs a program and copies its standard output. Raises BackupProgramFailed, and what ``to`` raises."""
    with Running(command, env, stdout=subprocess.PIPE) as running:
        assert running.process.stdout  # noqa: S101
        while data := running.process.stdout.read(_CHUNK):
            to.write(data)
        running.check()


def run(command: Sequence[str], env: Mapping[str, str], *, cwd: Path | None = None) -> None:
    """Runs a program to its end. Raises BackupProgramFailed."""
    with Running(command, env, cwd=cwd) as running:
        running.check()


class Running:
    """A program with its errors in a file, so that it never waits for a reader of them. It ends with the block."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        stdin: int | IO[bytes] | None = subprocess.DEVNULL,
        stdout: int | IO[bytes] | None = subprocess.DEVNULL,
        cwd: Path | None = None,
    ) -> None:
        self.name = Path(command[0]).name
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the block
        self.process = subprocess.Popen(  # noqa: S603
            command, env=dict(env), stdin=stdin, stdout=stdout, stderr=self._errors, cwd=cwd
        )

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe and not pipe.closed:
                with suppress(BrokenPipeError):
                    pipe.close()
        self.process.wait()
        self._errors.close()

    def check(self) -> None:
        """Waits for its end. Raises BackupProgramFailed."""
        if self.process.wait() != 0:
            raise self.failure()

    def failure(self) -> BackupProgramFailed:
        self._errors.seek(0)
        words = self._errors.read()[-_LAST_WORDS:].decode("utf-8", "replace").strip()
        return BackupProgramFailed(program=self.name, reason=words or f"exit {self.process.returncode}")
