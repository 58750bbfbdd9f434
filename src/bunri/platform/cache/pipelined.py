"""Many small reads over one connection: what is asked in one turn of the event loop leaves in one write.

For the paths where a pooled connection's await, parser and lock for each answer cost more than the answer (bench
``poll``). It only reads, it gives up after a time-out, and whoever gets None goes the ordinary way.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import hiredis
import structlog
from redis.asyncio.connection import SSLConnection, parse_url

log = structlog.get_logger(__name__)

Values = list[bytes | None]
Done = Callable[[Values | None], None]

REST_S: Final = 1.0
"""Seconds between a failed connection and the next try."""


class PipelinedReader(asyncio.Protocol):
    """Reads from the server at ``url``, in whichever loop it is first used. Not thread-safe."""

    def __init__(self, url: str, *, timeout: float = 2.0) -> None:
        self._given: dict[str, Any] = dict(parse_url(url))
        self._timeout = timeout
        self._transport: asyncio.Transport | None = None
        self._reader = hiredis.Reader()
        self._asked: deque[tuple[float, Done]] = deque()
        self._unsent: list[bytes] = []
        self._opening: asyncio.Task[None] | None = None
        self._rests_until = 0.0

    def read(self, keys: tuple[bytes, ...], done: Done) -> None:
        """Calls ``done`` once with the value of each key; with None when there is no connection (at once), when it is
        lost before the answer came, or when the answer takes longer than the time-out."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._transport is None and not self._opens(loop, now):
            done(None)
            return
        if not self._unsent:
            loop.call_soon(self._flush)
        self._unsent.append(_packed(b"MGET", *keys))
        self._asked.append((now, done))

    def close(self) -> None:
        """Answers what is open with None."""
        self._rests_until = float("inf")
        if self._opening:
            self._opening.cancel()
        if self._transport:
            self._transport.close()
        self._give_up()

    # ── connecting ────────────────────────────────────────────────────────────────────────────────────────────────

    def _opens(self, loop: asyncio.AbstractEventLoop, now: float) -> bool:
        """Whether a connection is being made; a server that was away is left alone for a moment."""
        if self._opening is None and now >= self._rests_until:
            self._opening = loop.create_task(self._open(loop))
        return self._opening is not None

    async def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._reach(loop)
        except (OSError, TimeoutError) as error:
            log.warning("pipelined_reader.unreachable", reason=repr(error))
            self._rests_until = max(self._rests_until, loop.time() + REST_S)
        finally:
            self._opening = None
            if self._transport is None:
                self._give_up()

    async def _reach(self, loop: asyncio.AbstractEventLoop) -> None:
        if "path" in self._given:
            await loop.create_unix_connection(lambda: self, self._given["path"])
            return
        where = self._given.get("host", "localhost"), self._given.get("port", 6379)
        await loop.create_connection(lambda: self, *where, ssl=self._tls())

    def _tls(self) -> ssl.SSLContext | None:
        """As the redis client reads it from the URL: ``rediss``, ``ssl_ca_certs``, ``ssl_cert_reqs=none``."""
        if self._given.get("connection_class") is not SSLConnection:
            return None
        context = ssl.create_default_context(cafile=self._given.get("ssl_ca_certs"))
        if self._given.get("ssl_cert_reqs") == "none":
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says who we are and which database we mean, before anything that was asked meanwhile."""
        self._transport, self._reader = cast("asyncio.Transport", transport), hiredis.Reader()
        loop = asyncio.get_running_loop()
        greetings = list(self._greetings())
        self._asked.extendleft([(loop.time(), _nothing)] * len(greetings))
        self._transport.write(b"".join(greetings))
        self._flush()
        loop.call_later(self._timeout, self._watch, transport)

    def _greetings(self) -> Iterator[bytes]:
        if password := self._given.get("password"):
            yield _packed("AUTH", self._given.get("username") or "default", password)
        yield _packed("SELECT", str(self._given.get("db", 0)))

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  # the protocol names it
        self._transport = None
        self._give_up()

    def _give_up(self) -> None:
        asked, self._asked, self._unsent = self._asked, deque(), []
        for _, done in asked:
            _tell(done, None)

    # ── asking and answering ──────────────────────────────────────────────────────────────────────────────────────

    def _flush(self) -> None:
        if self._transport and self._unsent:
            commands, self._unsent = self._unsent, []
            self._transport.write(b"".join(commands))

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (answer := self._reader.gets()) is not False:
            if isinstance(answer, Exception):
                log.warning("pipelined_reader.refused", reason=str(answer))
                self._drop()
                return
            _tell(self._asked.popleft()[1], answer)

    def _watch(self, transport: asyncio.BaseTransport) -> None:
        """Drops a connection whose oldest question has waited too long."""
        if transport is not self._transport:
            return
        loop = asyncio.get_running_loop()
        if self._asked and loop.time() - self._asked[0][0] > self._timeout:
            log.warning("pipelined_reader.silent")
            self._drop()
            return
        loop.call_later(self._timeout, self._watch, transport)

    def _drop(self) -> None:
        """Ends a connection that cannot be believed, and waits before the next."""
        self._rests_until = max(self._rests_until, asyncio.get_running_loop().time() + REST_S)
        if self._transport:
            self._transport.abort()


def _packed(*words: str | bytes) -> bytes:
    command: Any = words  # hiredis' own types know tuples of one word only
    packed: bytes = hiredis.pack_command(command)
    return packed


def _tell(done: Done, values: Values | None) -> None:
    """One who fails at the answer must not cost the others theirs."""
    try:
        done(values)
    except Exception:
        log.exception("pipelined_reader.failed")


def _nothing(_: Values | None) -> None: ...
