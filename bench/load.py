"""Many HTTP clients at once, cheap enough not to be what is measured: raw sockets on uvloop, in a process of its own.

With a ``period`` each client sends on its own beat, and an answer's time counts from when its request was *due*: a
server that stalls is not forgiven what it did not let us send. Without, each sends as soon as it was answered.
"""

import asyncio
import gc
import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

import uvloop

from bench import crew
from bench.stats import ms

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_WARM: Final = 0.2
"""Share of the time that is not counted."""
_PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Load:
    """What the counted part of a run gave; times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    requests: int
    errors: int
    """Connections that broke and answers that were no success."""


def load(requests: Sequence[bytes], url: str, *, clients: int, seconds: float, period: float | None = None) -> Load:
    """Sends whole HTTP/1.1 ``requests`` in turn from each of so many kept connections."""
    plan = {
        "requests": [request.decode("latin-1") for request in requests],
        "url": url,
        "clients": clients,
        "seconds": seconds,
        "period": period,
    }
    return Load(**crew.run("bench.load", [plan])[0])


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A whole request, as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Connection(asyncio.Protocol):
    """One kept connection with one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._received = b""
        self._answered: asyncio.Future[bool] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's derives from nothing

    def ask(self, request: bytes) -> asyncio.Future[bool]:
        """Resolves to whether the answer was a success."""
        self._received = b""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answered

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._received, 0, head)
        if len(self._received) >= head + 4 + int(length[1] if length else 0):
            self._settle(self._received[9:10] == b"2")

    def connection_lost(self, _: Exception | None) -> None:
        self._settle(False)

    def _settle(self, success: bool) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_result(success)

    def close(self) -> None:
        self._transport.close()


class _Run:
    def __init__(self, plan: crew.Plan) -> None:
        self._requests = [request.encode("latin-1") for request in plan["requests"]]
        address = urlsplit(plan["url"])
        self._address = address.hostname or "", address.port or 80
        self._clients: int = plan["clients"]
        self._seconds: float = plan["seconds"]
        self._period: float | None = plan["period"]
        self._took: list[float] = []
        self._errors = 0

    async def run(self) -> dict[str, Any]:
        began = time.perf_counter() + 0.2
        self._counted_from = began + self._seconds * _WARM
        self._until = began + self._seconds
        await asyncio.gather(*(self._client(number, began) for number in range(self._clients)))
        return {
            "per_second": len(self._took) / (self._until - self._counted_from),
            "p50": ms(self._took, 0.5),
            "p99": ms(self._took, 0.99),
            "requests": len(self._took),
            "errors": self._errors,
        }

    async def _client(self, number: int, began: float) -> None:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, *self._address)
        due = began + random.random() * (self._period or 0.05)
        turn = number
        while due < self._until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            good = await self._answer(connection, self._requests[turn % len(self._requests)])
            ended = time.perf_counter()
            if not good:
                self._errors += 1
                _, connection = await loop.create_connection(_Connection, *self._address)
            elif self._counted_from <= due:
                self._took.append(ended - due)
            due = ended if self._period is None else due + self._period
            turn += self._clients
        connection.close()

    async def _answer(self, connection: _Connection, request: bytes) -> bool:
        try:
            return await asyncio.wait_for(connection.ask(request), _PATIENCE)
        except TimeoutError:
            connection.close()
            return False


def _prepare(plan: crew.Plan) -> Any:
    gc.disable()  # a pause of ours would be taken for one of theirs; the run is short
    return lambda: uvloop.run(_Run(plan).run())


if __name__ == "__main__":
    crew.member(_prepare)
