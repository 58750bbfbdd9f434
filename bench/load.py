"""A load generator for HTTP: many clients with raw sockets on uvloop, in a process of its own.

With a ``period`` each client sends at fixed times, and the time of an answer counts from when its request was *due*, so
that a stalled server also pays for the requests that could not be sent. Without, each sends as soon as it was answered.
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

from bench import worker_processes
from bench.stats import ms

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_WARMUP_SHARE: Final = 0.2
"""Share of the time, at the beginning, that is not counted."""
TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Figures of the counted part of a run; times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    requests: int
    errors: int
    """Broken connections and answers other than 2xx."""


def load(
    requests: Sequence[bytes], url: str, *, clients: int, seconds: float, period: float | None = None
) -> LoadResult:
    """Sends complete HTTP/1.1 ``requests`` in turn from each of ``clients`` kept connections."""
    plan = {
        "requests": [request.decode("latin-1") for request in requests],
        "url": url,
        "clients": clients,
        "seconds": seconds,
        "period": period,
    }
    return LoadResult(**worker_processes.run("bench.load", [plan])[0])


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"", *, host: str = "127.0.0.1") -> bytes:
    """The bytes of a complete HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def status_of(answer: bytes) -> int:
    """The status of a whole answer; 0 for none."""
    return int(answer[9:12] or 0)


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


class Connection(asyncio.Protocol):
    """One kept connection with one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._received = b""
        self._answered: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's derives from nothing

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        """Resolves to the whole answer; to nothing when the connection broke."""
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
            self._settle(self._received)

    def connection_lost(self, _: Exception | None) -> None:
        self._settle(b"")

    def _settle(self, answer: bytes) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_result(answer)

    def close(self) -> None:
        self._transport.close()


class _LoadGenerator:
    def __init__(self, plan: worker_processes.Plan) -> None:
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
        self._counted_from = began + self._seconds * _WARMUP_SHARE
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
        _, connection = await loop.create_connection(Connection, *self._address)
        due = began + random.random() * (self._period or 0.05)
        turn = number
        while due < self._until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            good = await self._answer(connection, self._requests[turn % len(self._requests)])
            ended = time.perf_counter()
            if not good:
                self._errors += 1
                _, connection = await loop.create_connection(Connection, *self._address)
            elif self._counted_from <= due:
                self._took.append(ended - due)
            due = ended if self._period is None else due + self._period
            turn += self._clients
        connection.close()

    async def _answer(self, connection: Connection, request: bytes) -> bool:
        try:
            return status_of(await asyncio.wait_for(connection.ask(request), TIMEOUT_S)) // 100 == 2
        except TimeoutError:
            connection.close()
            return False


def _prepare(plan: worker_processes.Plan) -> Any:
    gc.disable()  # a pause of the generator would be measured as one of the server; the run is short
    return lambda: uvloop.run(_LoadGenerator(plan).run())


if __name__ == "__main__":
    worker_processes.serve(_prepare)
