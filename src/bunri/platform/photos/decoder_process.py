"""One decoder process as its parent sees it: started when it is needed, killed when a picture asks too much of it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final, TypeVar

import structlog

from bunri.platform.photos.answers import Message
from bunri.platform.photos.channel import Channel, Garbled
from bunri.platform.photos.errors import BrokenPhoto, DecoderUnavailable, TooCostly
from bunri.platform.photos.settings import DecoderSettings

T = TypeVar("T")

log = structlog.get_logger(__name__)

_PROGRAM: Final = (sys.executable, "-P", "-W", "ignore", "-m", "bunri.platform.photos.decoder")
"""-P: a file of the working directory must not be taken for a module."""
_START_S: Final = 60.0
"""A start takes some 0.3 s; more where the machine has other things to do."""
_END_S: Final = 5.0
_SPENT: Final = frozenset({signal.SIGPROF, signal.SIGXCPU, signal.SIGKILL})
"""What ends a decoder for what its picture took: its timer, and whoever runs out of memory or patience."""
_INHERITED: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
"""Beside Python's own. Nothing else is needed, and no secret is in these."""
_SETTINGS: Final = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(16 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(32 * 2**20),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""One thread; and glibc keeps what a photo usually takes, until the decoder gives it back (decoder.py)."""


class DecoderProcess:
    """Asked by one thread at a time, which must outlive it: Linux ends a child with the thread that started it."""

    def __init__(self, settings: DecoderSettings, program: Sequence[str] = _PROGRAM) -> None:
        self._settings = settings
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._lock = Lock()
        self._killed = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts it unless it lives. Raises DecoderUnavailable."""
        if self.alive:
            return
        self.stop()
        self._killed = False
        try:
            ours, theirs = socket.socketpair()
            self._channel = Channel(ours)
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603
                    self._command(), stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=_environment()
                )
            self._channel.deadline = time.monotonic() + _START_S
            self._channel.receive()
        except (OSError, EOFError, Garbled) as error:
            if not self._killed:
                log.exception("decoder.not_started")
            self.stop()
            raise DecoderUnavailable from error

    def ask(self, question: Message, data: bytes, read: Callable[[Channel], T]) -> T:
        """What ``read`` makes of the answer.

        Raises the errors of the picture; TooCostly when the decoder was killed for what the picture took, BrokenPhoto
        when it died otherwise or answers nonsense; DecoderUnavailable when there is none.
        """
        self.start()
        assert self._channel  # noqa: S101
        self._channel.deadline = time.monotonic() + self._settings.deadline_s
        try:
            self._channel.send(question, data)
            return read(self._channel)
        except TimeoutError:
            self._end("deadline")
            raise TooCostly from None
        except MemoryError:
            self._end("answer too large")
            raise TooCostly from None
        except (EOFError, OSError) as error:
            raise self._bury() from error
        except (Garbled, KeyError, TypeError, ValueError) as error:
            self._end(repr(error))
            raise BrokenPhoto from error

    def kill(self) -> None:
        """From another thread: whoever asks is told that it is gone."""
        with self._lock:
            self._killed = True
            if self._process:
                self._process.kill()

    def stop(self) -> None:
        """Kills it: it has nothing to finish and nothing to lose."""
        with self._lock:
            if self._channel:
                self._channel.close()
            if self._process:
                self._process.kill()
                self._process.wait()
            self._process = self._channel = None

    def _end(self, reason: str) -> None:
        self.stop()
        log.warning("decoder.killed", reason=reason)

    def _bury(self) -> BrokenPhoto | TooCostly:
        """What the death of the decoder says about its picture."""
        assert self._process  # noqa: S101
        try:
            status = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            status = 0
        if not self._killed:
            log.warning("decoder.died", status=status)
        self.stop()
        return TooCostly() if -status in _SPENT else BrokenPhoto()

    def _command(self) -> list[str]:
        memory = self._settings.memory_mb * 2**20
        return [*self._program, str(os.getpid()), str(memory), str(self._settings.cpu_s)]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith("PYTHON")}
    return kept | _SETTINGS
