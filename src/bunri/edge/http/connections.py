"""Bounds on HTTP connections, which uvicorn has not: how large and slow a request may be, and how many may be open.

A request costs little more than it does uvicorn: time is told by one timer a process, which looks at all connections
each second and sees what has changed since, so that a limit in seconds may be exceeded by one. A websocket counts among
the open connections and is otherwise left alone.
"""

import asyncio
import time
from collections import deque
from http import HTTPStatus
from operator import itemgetter
from typing import Any, Final

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bunri.edge.http.problems import Problem
from bunri.edge.http.settings import HttpSettings
from bunri.kit.languages import negotiate, text

log = structlog.get_logger(__name__)

SWEEP_S: Final = 1.0
LINGER_S: Final = 2.0
"""What a refused client still sends is read for so long: closing at once would reset the connection, and the answer
would be lost with it."""
DISCARDED: Final = 2**20
"""Bytes of a refused request that are read while it lingers."""
SPARE: Final = 16
"""Connections beyond the bound that are let in to ask for ``HEALTH``, and told 503 when they ask for anything else."""
HEALTH: Final = (b"/health", b"/api/health/")
RESCAN_S: Final = 0.1
LOG_EVERY_S: Final = 10.0


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, watched. ``watch`` is set by ``with_limits``."""

    watch: "Watch"
    max_head_bytes: int
    max_headers: int
    security_headers: bytes
    """Whole lines that each answer of this file carries."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requests = 0
        """Whose heads were complete."""
        self.body_bytes = 0
        """Of the body, since ``since``."""
        self.unsorted = 0
        """Bytes since a head was complete or brought a piece of a body: of a head, of trailers, or of nothing."""
        self.crowded = False
        self.refused = False
        self.since = time.monotonic()
        """When the timer first saw the connection as it is now, or when it was refused."""
        self._seen: tuple[int, bool, bool] | None = None
        self._unread = 0
        self._unread_since = 0.0

    # ── the life of a connection ──────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.watch.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.watch.leave(self)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self.watch.leave(self)
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """A large piece in slices: headers are looked at between them, and each takes thirty times its bytes."""
        if len(data) <= self.max_head_bytes:
            self._take(data)
            return
        for start in range(0, len(data), self.max_head_bytes):
            if self.transport.get_protocol() is self:  # and no websocket's by now
                self._take(data[start : start + self.max_head_bytes])

    def _take(self, data: bytes) -> None:
        self.unsorted += len(data)
        if self.refused:
            if self.unsorted > DISCARDED:
                self.flow.pause_reading()
            return
        super().data_received(data)
        if self.unsorted or self.body_bytes:  # not after a request without a body
            self._check_unsorted()

    def _check_unsorted(self) -> None:
        too_large = self.unsorted > self.max_head_bytes or len(self.headers or ()) > self.max_headers
        if too_large and self.transport.get_protocol() is self:  # and no websocket's by now
            self.refuse(431, "head_too_large")

    # ── what the parser finds ─────────────────────────────────────────────────────────────────────────────────────────

    def on_headers_complete(self) -> None:
        in_doubt = self.crowded or self.unsorted > self.max_head_bytes or len(self.headers) > self.max_headers
        if self.refused or (in_doubt and self._refuses_head()):
            return
        self.requests += 1
        self.unsorted = self.body_bytes = 0
        super().on_headers_complete()
        if self.crowded:
            self.cycle.keep_alive = False

    def _refuses_head(self) -> bool:
        if self.crowded:
            self.crowded = self.watch.is_full(self)
        if self._head_too_large():
            self.refuse(431, "head_too_large")
        elif self.crowded and self.url not in HEALTH:
            self.refuse(503, "crowded")
        return self.refused

    def _head_too_large(self) -> bool:
        """Counted anew, since a body may have come along with the head."""
        if len(self.headers) > self.max_headers:
            return True
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > self.max_head_bytes

    def on_body(self, body: bytes) -> None:
        self.unsorted = 0
        self.body_bytes += len(body)
        if not self.refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.refused:
            super().on_message_complete()

    # ── what is done about it ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def in_head(self) -> bool:
        """Whether a head has begun and is not complete: uvicorn notes the method once it is."""
        return self.scope is not None and "method" not in self.scope

    @property
    def answering(self) -> bool:
        """Whether a request is being answered, or waits for its turn."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def spare(self) -> bool:
        """Whether nobody loses an answer when it is closed: it is idle, or its request is not even complete."""
        return self.refused or not self.answering

    def refuse(self, status: int, code: str) -> None:
        """Answers with a problem, unless an answer has begun, and ends the connection."""
        if self.refused or self.transport.is_closing():
            return
        self.refused, self.since, self.unsorted = True, time.monotonic(), 0
        self._unset_keepalive_if_required()
        self.watch.note(code)
        begun = self.answering and (self.cycle.response_started or bool(self.pipeline))
        if self.answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if begun:  # another answer in its middle would be taken for a part of it
            self.transport.abort()
            return
        self.transport.write(_problem(status, code, self.headers or [], self.security_headers))
        if not self.answering and self.headers:
            self.headers.clear()  # it lingers, and they may be thousands; the scope has the same list
        self.transport.write_eof()
        self.flow.resume_reading()

    def check(self, now: float) -> None:
        """What the timer does: ends what takes too long."""
        if self.refused or self.transport.is_closing():
            lingered = now - self.since > LINGER_S
            if lingered and not (self.transport.is_closing() and self._takes_its_answer(now)):
                self.transport.abort()
            return
        self._look(now)
        if not self._takes_its_answer(now):
            self.watch.note("unread")
            self.transport.abort()
        elif self.answering:
            if self.cycle.more_body:
                self._check_body(now)
        elif self.in_head or self.cycle is None:
            if now - self.since > self.watch.limits.head_s:
                self.refuse(408, "request_timeout")
        elif now - self.since > self.watch.limits.idle_s:  # any byte, an empty line too, stops uvicorn's own timer
            self.transport.close()

    def _look(self, now: float) -> None:
        """Notes since when the connection is as it is; what came and went in between began anew."""
        seen = (self.requests, self.in_head, self.answering)
        if seen != self._seen:
            if self._seen is not None or self.requests:
                self.since = now
            self._seen, self.body_bytes = seen, 0

    def _check_body(self, now: float) -> None:
        """Time in which we do not read, because nobody here takes the body yet, is not the client's."""
        limits = self.watch.limits
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:
            self.since, self.body_bytes = now, 0
        elif now - self.since >= limits.body_s:
            if self.body_bytes < limits.min_body_rate * limits.body_s:
                self.refuse(408, "request_timeout")
            self.since, self.body_bytes = now, 0

    def _takes_its_answer(self, now: float) -> bool:
        """Whether what we wrote goes out; False when nothing of it did for a while."""
        size = self.transport.get_write_buffer_size()
        if size == 0 or size != self._unread:
            self._unread, self._unread_since = size, now
        return size == 0 or now - self._unread_since <= self.watch.limits.unread_s


class Watch:
    """All HTTP connections of a process: their timer, and who has to go when there are too many."""

    def __init__(self, limits: HttpSettings) -> None:
        self.limits = limits
        self._most = limits.connections
        self._open: set[BoundedProtocol] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._oldest: deque[tuple[float, int, BoundedProtocol]] = deque()
        self._scan_from = 0.0
        self._counts: dict[str, int] = {}
        self._logged = 0.0

    def enter(self, connection: BoundedProtocol) -> None:
        self._open.add(connection)
        if self._timer is None:
            self._timer = connection.loop.call_later(SWEEP_S, self._sweep, connection.loop)
        if not self.is_full(connection) or self._make_room(connection):
            return
        if len(connection.connections) <= self._most + SPARE:
            connection.crowded = True
        else:
            self.note("crowded")
            connection.transport.abort()

    def is_full(self, connection: BoundedProtocol) -> bool:
        """uvicorn's set holds the websockets too: they need files as well."""
        return len(connection.connections) > self._most

    def leave(self, connection: BoundedProtocol) -> None:
        self._open.discard(connection)

    def note(self, code: str) -> None:
        """Counts an ended connection; a line each would fill the log of whoever is attacked."""
        self._counts[code] = self._counts.get(code, 0) + 1

    def _make_room(self, newest: BoundedProtocol) -> bool:
        """Closes the connection that has been spare for longest; False when there is none."""
        if not self._oldest:
            self._scan(newest)
        while self._oldest:
            _, requests, connection = self._oldest.popleft()
            if connection in self._open and connection.spare and connection.requests == requests:
                self.leave(connection)
                self.note("made_room")
                connection.transport.abort()
                return True
        return False

    def _scan(self, newest: BoundedProtocol) -> None:
        """Looks for spare connections. Where few were found, the next look waits: each costs a look at all."""
        now = time.monotonic()
        if now < self._scan_from:
            return
        found = [(each.since, each.requests, each) for each in self._open if each is not newest and each.spare]
        self._oldest.extend(sorted(found, key=itemgetter(0)))
        self._scan_from = now + (RESCAN_S if len(found) < SPARE else 0)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = time.monotonic()
        for connection in tuple(self._open):
            connection.check(now)
        self._oldest.clear()  # a second old, and it would keep closed connections in memory
        self._log(now)
        self._timer = loop.call_later(SWEEP_S, self._sweep, loop) if self._open else None

    def _log(self, now: float) -> None:
        if self._counts and now - self._logged > LOG_EVERY_S:
            log.warning("connections.ended", open=len(self._open), **self._counts)
            self._counts, self._logged = {}, now


def with_limits(limits: HttpSettings, security_headers: bytes = b"") -> type[BoundedProtocol]:
    """uvicorn's HTTP protocol under ``limits``, which all connections of the returned class share."""
    bounds = {"max_head_bytes": limits.max_head_bytes, "max_headers": limits.max_headers}
    own = {"watch": Watch(limits), "security_headers": security_headers, **bounds}
    return type("LimitedProtocol", (BoundedProtocol,), own)


def _problem(status: int, code: str, headers: list[tuple[bytes, bytes]], more: bytes) -> bytes:
    accepted = next((value for name, value in headers if name == b"accept-language"), b"")
    language = negotiate(accepted.decode("latin-1"))
    phrase = HTTPStatus(status).phrase
    problem = Problem(title=phrase, status=status, code=code, detail=text(f"errors.{code}", language))
    body = problem.model_dump_json(exclude_none=True).encode()
    head = [
        f"HTTP/1.1 {status} {phrase}",
        "content-type: application/problem+json",
        f"content-language: {language}",
        f"content-length: {len(body)}",
        "cache-control: no-store",
        "connection: close",
        *(["retry-after: 2"] if status == 503 else []),
    ]
    return "\r\n".join([*head, ""]).encode() + more + b"\r\n" + body
