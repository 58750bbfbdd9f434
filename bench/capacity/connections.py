"""Kept connections that many people share, one request at a time on each."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import orjson

from bench.load import Connection, body_of, request, status_of

IDLE_S: Final = 2.0
"""After so long a connection is not used again: the server may have closed it."""
TIMEOUT_S: Final = 30.0


class Refused(Exception):
    """An answer other than 2xx, or none; the message says what was asked and what came."""


@dataclass(frozen=True, slots=True)
class _Kept:
    connection: Connection
    last_used: float


class Connections:
    """To whatever hosts are asked. ``url`` is where paths lead."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: dict[str, list[_Kept]] = {}
        self.seconds: dict[str, list[float]] = {}
        """What the answers took, by the name of the request."""

    async def ask(
        self,
        name: str,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        due: float | None = None,
    ) -> bytes:
        """The body of the answer to one request, whose time counts from when it was ``due`` (time.monotonic), as
        ``name``. Raises Refused."""
        began = time.monotonic() if due is None else due
        parts = urlsplit(urljoin(self._url, address))
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection = await self._take(parts.netloc)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await connection.ask(request(method, path, headers, body, host=parts.netloc))
        except TimeoutError:
            connection.close()
            raise Refused(f"{name}: no answer within {TIMEOUT_S:.0f} s") from None
        if not answer:
            raise Refused(f"{name}: the connection broke")
        self._idle[parts.netloc].append(_Kept(connection, time.monotonic()))
        if status_of(answer) // 100 != 2:
            raise Refused(f"{name}: {status_of(answer)} {_code(answer)}")
        self.seconds.setdefault(name, []).append(time.monotonic() - began)
        return body_of(answer)

    async def _take(self, netloc: str) -> Connection:
        idle, now = self._idle.setdefault(netloc, []), time.monotonic()
        while idle:
            kept = idle.pop()  # the one used last
            if now - kept.last_used < IDLE_S:
                return kept.connection
            kept.connection.close()
        host, _, port = netloc.partition(":")
        try:
            _, connection = await asyncio.get_running_loop().create_connection(Connection, host, int(port or 80))
        except OSError as error:
            raise Refused(f"no connection to {netloc}: {error.strerror}") from None
        return connection

    def close(self) -> None:
        for idle in self._idle.values():
            for kept in idle:
                kept.connection.close()


def _code(answer: bytes) -> str:
    """The stable code of a problem."""
    try:
        problem: Any = orjson.loads(body_of(answer))
        return str(problem["code"])
    except (ValueError, KeyError, TypeError):
        return ""
