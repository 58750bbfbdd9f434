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
from bunri.platform.embedded.keeper import Keeper
from bunri.platform.embedded.servers import EmbeddedServers

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 30.0
_HEALTHY_AFTER: Final = 30.0  # alive so long, it is as good as new
_GIVE_UP_AFTER: Final = 3  # deaths of one child before everything was ready
_FOR_THE_SERVERS: Final = 3.0  # of the time to stop in
_LAST_WORDS: Final = 20
_STEP: Final = 0.1
_ONE_WISH: Final = 1.0  # a parent hands on what our whole group got: that is still the first signal
_PROBE_EVERY: Final = 0.25


@dataclass(frozen=True)
class Child:
    """A process to keep running. ``env`` is its whole environment."""

    name: str
    command: list[str]
    env: dict[str, str]


class _Backoff:
    """When to start again something that has died: at once, but ever later while it keeps dying."""

    def __init__(self) -> None:
        self.deaths = 0
        self._born = time.monotonic()
        self._due: float | None = None

    @property
    def waiting(self) -> bool:
        return self._due is not None

    @property
    def due(self) -> bool:
        return self._due is not None and time.monotonic() >= self._due

    def died(self) -> float:
        """Note a death; the seconds to wait."""
        now = time.monotonic()
        self.deaths = 1 if now - self._born >= _HEALTHY_AFTER else self.deaths + 1
        delay = min(_FIRST_DELAY * 2.0 ** (self.deaths - 1), _LONGEST_DELAY)
        self._due = now + delay
        return delay

    def born(self) -> None:
        self._born, self._due = time.monotonic(), None


class _Watched:
    """A child, its process of the moment, and the last lines that it wrote."""

    def __init__(self, child: Child, keeper: Keeper) -> None:
        self.name = child.name
        self.backoff = _Backoff()
        self._child = child
        self._keeper = keeper
        self._words: deque[bytes] = deque(maxlen=_LAST_WORDS)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def last_words(self) -> str:
        return b"".join(self._words).decode("utf-8", "replace").rstrip()

    def start(self, selector: selectors.BaseSelector) -> None:
        # With us the servers are gone too: nothing is left that the child could finish or hand back.
        self.process = self._keeper.spawn(
            self._child.command, farewell=signal.SIGKILL, output=subprocess.PIPE, env=self._child.env
        )
        assert self.process.stdout  # noqa: S101
        os.set_blocking(self.process.stdout.fileno(), False)
        selector.register(self.process.stdout, selectors.EVENT_READ, self)
        self.backoff.born()

    def forward(self) -> bool:
        """Pass on what it wrote; False when it will write no more."""
        assert self.process  # noqa: S101
        assert self.process.stdout  # noqa: S101
        written = self.process.stdout.read(65536)
        if written:
            self._words.extend(written.splitlines(keepends=True))
            _write(written)
        return written != b""

    def bury(self, selector: selectors.BaseSelector) -> str:
        """Clear up after a process that has ended; how it ended."""
        assert self.process  # noqa: S101
        assert self.process.stdout  # noqa: S101
        with suppress(KeyError):
            selector.unregister(self.process.stdout)
            self.forward()
        self.process.stdout.close()
        self._keeper.forget(self.process)
        status, self.process = self.process.wait(), None
        return signal.Signals(-status).name if status < 0 else f"exit status {status}"


class Supervisor:
    """Runs ``children`` beside ``servers`` until a signal comes. Wants the main thread.

    ``announce`` gets ``ready http://HOST:PORT`` once ``ready_url`` has answered 200. What is said otherwise goes to
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
        self._keeper = Keeper()
        self._selector = selectors.DefaultSelector()
        self._watched = [_Watched(child, self._keeper) for child in children]
        self._server_backoffs: dict[str, _Backoff] = {}
        self._asked: float | None = None  # when we were asked to stop
        self._now = False  # whether we were asked again
        self._ready = threading.Event()
        self._stopped = threading.Event()

    def run(self) -> int:
        """Returns the exit status: 0 when asked to stop, 1 when a child would not come up."""
        with self._listening():
            try:
                return self._start_all() or self._watch()
            finally:
                self._stop()

    def _start_all(self) -> int:
        if _reachable(self._url):  # our child could not listen there, and what answers would look like ours
            self._say("taken", address=self._url.netloc)
            return 1
        if self._servers:
            self._servers.start()
        for watched in self._watched:
            watched.start(self._selector)
        threading.Thread(target=self._announce_when_ready, daemon=True).start()
        return 0

    def _watch(self) -> int:
        while self._asked is None:
            self._forward()
            self._mend_servers()
            for watched in self._watched:
                if not self._mend(watched):
                    return 1
        return 0

    def _mend(self, watched: _Watched) -> bool:
        """Start a dead child again when its time has come; False when that is no use."""
        if watched.backoff.due:
            watched.start(self._selector)
        elif not watched.backoff.waiting and not watched.alive:
            how = watched.bury(self._selector)
            delay = watched.backoff.died()
            if watched.backoff.deaths >= _GIVE_UP_AFTER and not self._ready.is_set():
                self._say("gave_up", name=watched.name, times=watched.backoff.deaths, lines=watched.last_words)
                return False
            self._say("ended", name=watched.name, how=how, seconds=delay)
        return True

    def _mend_servers(self) -> None:
        if self._servers is None:
            return
        for name in self._servers.poll():
            backoff = self._server_backoffs.setdefault(name, _Backoff())
            if backoff.due:
                backoff.born()
                with suppress(BunriError):  # it is dead still, and comes round again
                    self._servers.restart(name, wait=False)
            elif not backoff.waiting:
                self._say("ended", name=name, how="embedded server", seconds=backoff.died())

    def _stop(self) -> None:
        """Children first, so that they can finish or hand back what they have in hand; then the servers."""
        self._stopped.set()
        deadline = time.monotonic() + self._stop_within - _FOR_THE_SERVERS
        running = [watched for watched in self._watched if watched.process]
        for watched in running:
            if watched.process:
                watched.process.terminate()
        while any(watched.alive for watched in running) and time.monotonic() < deadline and not self._now:
            self._forward()
        for watched in running:
            if watched.process and watched.alive:
                watched.process.kill()
                self._say("killed", name=watched.name)
            watched.bury(self._selector)
        if self._servers:
            self._servers.stop(within=_FOR_THE_SERVERS - 1)
        self._keeper.close()
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
    def _listening(self) -> Iterator[None]:
        """Signals ask us to stop; a second one, to do it now. nohup's wish to survive the terminal is respected."""
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
        if self._asked is None:
            self._asked = now
        elif now - self._asked >= _ONE_WISH:
            self._now = True

    def _say(self, key: str, **data: object) -> None:
        _write(text(f"supervisor.{key}", self._language, **data).encode() + b"\n")


def _write(words: bytes) -> None:
    with suppress(OSError):  # the terminal may be gone, and that is no reason to fall
        sys.stderr.buffer.write(words)
        sys.stderr.buffer.flush()


def _reachable(url: SplitResult) -> bool:
    with suppress(OSError), _connected(url):
        return True
    return False


def _answers(url: SplitResult) -> bool:
    """Whether a GET is answered with 200. By hand: an HTTP library would double this process's memory."""
    with suppress(OSError), _connected(url) as connection, connection.makefile("rb") as answer:
        connection.sendall(f"GET {url.path} HTTP/1.0\r\nHost: {url.netloc}\r\n\r\n".encode())
        return answer.readline(64).split()[1:2] == [b"200"]
    return False


def _connected(url: SplitResult) -> socket.socket:
    return socket.create_connection((url.hostname, url.port or 80), timeout=10)
