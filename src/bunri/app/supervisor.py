"""Keeps the processes of ``bunri up`` running, and takes everything down with it."""

import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, text
from bunri.platform.embedded.reaper import ChildReaper
from bunri.platform.embedded.servers import EmbeddedServers

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 30.0
_HEALTHY_AFTER: Final = 30.0  # a process that ran so long starts its count of exits anew
_GIVE_UP_AFTER: Final = 3  # exits of one child before everything was ready
_FOR_THE_SERVERS: Final = 3.0  # of the time to stop, reserved for the servers
_RECENT_LINES: Final = 20
_STEP: Final = 0.1
_SAME_SIGNAL_WITHIN: Final = 1.0  # a parent may repeat a signal that our process group got: that counts once
_PROBE_EVERY: Final = 0.25


@dataclass(frozen=True)
class Child:
    """A process to keep running. ``env`` is its whole environment."""

    name: str
    command: list[str]
    env: dict[str, str]


class _Backoff:
    """When to restart a process that has exited: soon at first, and ever later while it keeps exiting."""

    def __init__(self) -> None:
        self.exits = 0
        self._started = time.monotonic()
        self._due: float | None = None

    @property
    def waiting(self) -> bool:
        return self._due is not None

    @property
    def due(self) -> bool:
        return self._due is not None and time.monotonic() >= self._due

    def record_exit(self) -> float:
        """Count an exit; returns the seconds to wait."""
        now = time.monotonic()
        self.exits = 1 if now - self._started >= _HEALTHY_AFTER else self.exits + 1
        delay = min(_FIRST_DELAY * 2.0 ** (self.exits - 1), _LONGEST_DELAY)
        self._due = now + delay
        return delay

    def record_start(self) -> None:
        self._started, self._due = time.monotonic(), None


class ManagedProcess:
    """A child, its current process, and the last lines that it wrote."""

    def __init__(self, child: Child, reaper: ChildReaper) -> None:
        self.name = child.name
        self.backoff = _Backoff()
        self._child = child
        self._reaper = reaper
        self._output: deque[bytes] = deque(maxlen=_RECENT_LINES)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def recent_output(self) -> str:
        return b"".join(self._output).decode("utf-8", "replace").rstrip()

    def start(self, selector: selectors.BaseSelector) -> None:
        # When this process dies the servers die too: the child could finish or hand back nothing.
        self.process = self._reaper.spawn(
            self._child.command, death_signal=signal.SIGKILL, output=subprocess.PIPE, env=self._child.env
        )
        assert self.process.stdout  # noqa: S101
        os.set_blocking(self.process.stdout.fileno(), False)
        selector.register(self.process.stdout, selectors.EVENT_READ, self)
        self.backoff.record_start()

    def forward(self) -> bool:
        """Forward what it wrote; False at the end of its output."""
        assert self.process  # noqa: S101
        assert self.process.stdout  # noqa: S101
        written = self.process.stdout.read(65536)
        if written:
            self._output.extend(written.splitlines(keepends=True))
            _write(written)
        return written != b""

    def reap(self, selector: selectors.BaseSelector) -> str:
        """Release a process that has ended; returns how it ended."""
        assert self.process  # noqa: S101
        assert self.process.stdout  # noqa: S101
        with suppress(KeyError):
            selector.unregister(self.process.stdout)
            self.forward()
        self.process.stdout.close()
        self._reaper.forget(self.process)
        status, self.process = self.process.wait(), None
        return signal.Signals(-status).name if status < 0 else f"exit status {status}"


class Supervisor:
    """Runs ``children`` and ``servers`` until a signal comes. Must run in the main thread.

    ``announce`` gets ``ready http://HOST:PORT`` once ``ready_url`` has answered 200. Other messages go to
    standard error in ``language``, between the lines of the children.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        servers: EmbeddedServers | None,
        ready_url: str,
        announce: Callable[[str], None],
        stop_within: float = 10.0,
        language: Language = "en",
    ) -> None:
        self._servers = servers
        self._url = urlsplit(ready_url)
        self._announce = announce
        self._stop_within = stop_within
        self._language = language
        self._reaper = ChildReaper()
        self._selector = selectors.DefaultSelector()
        self._processes = [ManagedProcess(child, self._reaper) for child in children]
        self._server_backoffs: dict[str, _Backoff] = {}
        self._stop_requested: float | None = None  # when the first signal came
        self._stop_now = False  # whether a second signal came
        self._ready = threading.Event()
        self._stopped = threading.Event()

    def run(self) -> int:
        """Returns the exit status: 0 when asked to stop, 1 when a child would not come up."""
        with self._handling_signals():
            try:
                return self._start_all() or self._watch()
            finally:
                self._stop()

    def _start_all(self) -> int:
        if _reachable(self._url):  # our child could not listen there, and the other program would look like ours
            self._print("taken", address=self._url.netloc)
            return 1
        if self._servers:
            self._servers.start()
        for child in self._processes:
            child.start(self._selector)
        threading.Thread(target=self._announce_when_ready, daemon=True).start()
        return 0

    def _watch(self) -> int:
        while self._stop_requested is None:
            self._forward()
            self._restart_servers()
            for child in self._processes:
                if not self._restart_if_due(child):
                    return 1
        return 0

    def _restart_if_due(self, child: ManagedProcess) -> bool:
        """Restart a child that has exited, when it is time; False to give up."""
        if child.backoff.due:
            child.start(self._selector)
        elif not child.backoff.waiting and not child.alive:
            how = child.reap(self._selector)
            delay = child.backoff.record_exit()
            if child.backoff.exits >= _GIVE_UP_AFTER and not self._ready.is_set():
                self._print("gave_up", name=child.name, times=child.backoff.exits, lines=child.recent_output)
                return False
            self._print("ended", name=child.name, how=how, seconds=delay)
        return True

    def _restart_servers(self) -> None:
        if self._servers is None:
            return
        for name in self._servers.poll():
            backoff = self._server_backoffs.setdefault(name, _Backoff())
            if backoff.due:
                backoff.record_start()
                with suppress(BunriError):  # it did not start; the next turn tries again
                    self._servers.restart(name, wait=False)
            elif not backoff.waiting:
                self._print("ended", name=name, how="embedded server", seconds=backoff.record_exit())

    def _stop(self) -> None:
        """Stops children first, so that they can finish or hand back their work, then the servers."""
        self._stopped.set()
        deadline = time.monotonic() + self._stop_within - _FOR_THE_SERVERS
        running = [child for child in self._processes if child.process]
        for child in running:
            if child.process:
                child.process.terminate()
        while any(child.alive for child in running) and time.monotonic() < deadline and not self._stop_now:
            self._forward()
        for child in running:
            if child.process and child.alive:
                child.process.kill()
                self._print("killed", name=child.name)
            child.reap(self._selector)
        if self._servers:
            self._servers.stop(within=_FOR_THE_SERVERS - 1)
        self._reaper.close()
        self._selector.close()

    def _forward(self) -> None:
        for key, _ in self._selector.select(_STEP):
            if not key.data.forward():
                self._selector.unregister(key.fileobj)

    def _announce_when_ready(self) -> None:
        while not self._stopped.wait(_PROBE_EVERY):
            if _answers(self._url):
                self._ready.set()
                self._announce(f"ready {self._url.scheme}://{self._url.netloc}")
                return

    @contextmanager
    def _handling_signals(self) -> Iterator[None]:
        """The first signal asks to stop, the second to stop at once. SIGHUP stays ignored where nohup ignored it."""
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        for number, handler in before.items():
            if number != signal.SIGHUP or handler != signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, *_: object) -> None:
        now = time.monotonic()
        if self._stop_requested is None:
            self._stop_requested = now
        elif now - self._stop_requested >= _SAME_SIGNAL_WITHIN:
            self._stop_now = True

    def _print(self, key: str, **data: object) -> None:
        _write(text(f"supervisor.{key}", self._language, **data).encode() + b"\n")


def _write(output: bytes) -> None:
    with suppress(OSError):  # the terminal may be closed, which must not end us
        sys.stderr.buffer.write(output)
        sys.stderr.buffer.flush()


def _reachable(url: SplitResult) -> bool:
    with suppress(OSError), _connected(url):
        return True
    return False


def _answers(url: SplitResult) -> bool:
    """Whether a GET is answered with 200. Without an HTTP library, which would double this process's memory."""
    with suppress(OSError), _connected(url) as connection, connection.makefile("rb") as answer:
        connection.sendall(f"GET {url.path} HTTP/1.0\r\nHost: {url.netloc}\r\n\r\n".encode())
        return answer.readline(64).split()[1:2] == [b"200"]
    return False


def _connected(url: SplitResult) -> socket.socket:
    return socket.create_connection((url.hostname, url.port or 80), timeout=10)
