"""Bounds on connections, by raw sockets on a real uvicorn."""

import asyncio
import json
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from tests.support import processes
from tests.support.platform import free_port
from websockets.sync.client import connect

from bunri.edge.http.connections import with_limits
from bunri.edge.http.fast_path import with_fast_path
from bunri.edge.http.settings import HttpSettings

HEAD = b"POST /echo HTTP/1.1\r\nHost: x\r\n"
PATIENCE_S = 30.0
QUICK = HttpSettings(head_s=1, body_s=1, min_body_rate=1000, idle_s=1, unread_s=1)


async def echo(request: Request) -> Response:
    try:
        return PlainTextResponse(f"{len(await request.body())} bytes")
    except ClientDisconnect:
        return PlainTextResponse("gone")


async def late(request: Request) -> Response:
    """Takes its body only after longer than a body may take."""
    await asyncio.sleep(QUICK.body_s * 3)
    return await echo(request)


async def endless(request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)  # uvicorn does not wait where nobody listens any more

    return StreamingResponse(pieces())


async def waiting(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())


def app() -> Starlette:
    return Starlette(
        routes=[
            Route("/echo", echo, methods=["GET", "POST"]),
            Route("/late", late, methods=["POST"]),
            Route("/endless", endless),
            WebSocketRoute("/socket", waiting),
            Route("/health", lambda _: PlainTextResponse("alive")),
        ]
    )


@contextmanager
def serving(limits: HttpSettings) -> Iterator[int]:
    """The port of a server as ``bunri serve`` configures it."""
    config = uvicorn.Config(
        app(),
        port=0,
        http=with_fast_path(lambda *_: False, with_limits(limits)),
        ws="websockets-sansio",
        loop="uvloop",
        lifespan="off",
        log_config=None,
        timeout_keep_alive=limits.idle_s,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(QUICK) as port:
        yield port


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as made:
        yield made


def told(connection: socket.socket) -> bytes:
    """All that the server still says; returns when it has ended the connection."""
    said = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65536):
            said += piece
    return said


def problem(answer: bytes) -> tuple[int, str]:
    """Status and code."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["code"]


def pour(connection: socket.socket, piece: bytes, most: int) -> int:
    """Sends up to ``most`` bytes until the server will have no more."""
    sent = 0
    with suppress(ConnectionError):
        while sent < most:
            connection.sendall(piece)
            sent += len(piece)
    return sent


class TestHeads:
    @pytest.mark.parametrize(
        "start",
        [
            b"GET /echo HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 101,
            b"GET /echo HTTP/1.1\r\nHost: x\r\na: " + b"b" * 33_000,
            b"GET /echo HTTP/1.1\r\nHost: x\r\na: " + b"b" * 33_000 + b"\r\n\r\n",
            b"GET /" + b"b" * 33_000,
            b"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + b"a: b\r\n" * 101,
        ],
        ids=["many", "long", "long and complete", "address", "trailers"],
    )
    def test_that_are_too_large_are_refused_before_they_end(self, port: int, start: bytes) -> None:
        with connected(port) as connection:
            connection.sendall(start)
            assert problem(told(connection)) == (431, "head_too_large")

    def test_at_the_bounds_are_taken(self, port: int) -> None:
        headers = b"".join(b"a%d: %s\r\n" % (number, b"x" * 300) for number in range(95))
        with connected(port) as connection:
            connection.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + b"\r\n")
            assert told(connection).endswith(b"0 bytes")

    def test_with_a_large_body_in_one_go_are_taken(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(HEAD + b"Connection: close\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000)
            assert told(connection).endswith(b"200000 bytes")

    def test_without_end_are_cut_off_soon(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(HEAD)
            assert pour(connection, b"a: b\r\n" * 10_000, most=2**30) < 2**30

    @pytest.mark.parametrize("start", [b"", b"\r\n", b"GET", HEAD])
    def test_that_do_not_come_are_not_waited_for(self, port: int, start: bytes) -> None:
        with connected(port) as connection:
            connection.sendall(start)
            assert problem(told(connection)) == (408, "request_timeout")

    def test_the_second_is_not_waited_for_either(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
            first = b""
            while not first.endswith(b"0 bytes"):
                first += connection.recv(65536)
            connection.sendall(b"GET /ec")
            assert problem(told(connection)) == (408, "request_timeout")

    def test_the_sentence_is_in_the_clients_language(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(HEAD + b"Accept-Language: en\r\n" + b"a: b\r\n" * 101)
            assert b"headers are too large" in told(connection)


class TestBodies:
    def test_that_wait_for_a_word_from_us_get_it(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            assert connection.recv(1024).startswith(b"HTTP/1.1 100 Continue")
            connection.sendall(b"photo")
            assert b"5 bytes" in connection.recv(1024)

    def test_that_stop_are_ended(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n" + b"x" * 50_000)
            assert problem(told(connection)) == (408, "request_timeout")

    def test_that_trickle_are_ended(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
            connection.settimeout(0.1)
            answer = b""
            while not answer:
                connection.sendall(b"x")
                with suppress(TimeoutError):
                    answer = connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 408")

    def test_that_are_slow_but_steady_are_taken(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(HEAD + b"Connection: close\r\nContent-Length: 15000\r\n\r\n")
            for _ in range(30):
                connection.sendall(b"x" * 500)
                time.sleep(0.1)
            assert told(connection).endswith(b"15000 bytes")

    def test_that_wait_for_us_are_not_blamed(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(b"POST /late HTTP/1.1\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n")
            connection.sendall(b"x" * 3_000_000)
            assert told(connection).endswith(b"3000000 bytes")


class TestIdleConnections:
    @pytest.mark.parametrize("empty", [b"", b"\r\n"])
    def test_are_closed(self, port: int, empty: bytes) -> None:
        """An empty line before a request is nothing (RFC 9112 §2.2), and must not keep a connection open either."""
        with connected(port) as connection:
            connection.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n" + empty)
            assert told(connection).endswith(b"0 bytes")

    def test_an_answer_that_nobody_reads_is_given_up(self, port: int) -> None:
        with connected(port) as connection:
            connection.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
            until = time.monotonic() + PATIENCE_S
            while established(port, connection):
                assert time.monotonic() < until
                time.sleep(0.2)

    def test_a_websocket_may_be_silent(self, port: int) -> None:
        with connect(f"ws://127.0.0.1:{port}/socket") as websocket:
            time.sleep(4)
            websocket.send("still here")
            assert websocket.recv(PATIENCE_S) == "still here"


def established(port: int, connection: socket.socket) -> bool:
    """Whether the server's end of ``connection`` is open."""
    mine = connection.getsockname()[1]
    ends = psutil.Process().net_connections("tcp")
    return any(
        end.laddr.port == port and end.raddr and end.raddr.port == mine and end.status == "ESTABLISHED" for end in ends
    )


class TestTheirNumber:
    def test_the_oldest_that_waits_makes_room(self) -> None:
        with serving(HttpSettings(max_connections=5)) as port, ExitStack() as open_ones:
            waiting = [open_ones.enter_context(connected(port)) for _ in range(5)]
            for each in waiting:
                each.sendall(HEAD)
                time.sleep(0.05)
            assert httpx.get(f"http://127.0.0.1:{port}/echo", timeout=PATIENCE_S).status_code == 200
            assert told(waiting[0]) == b""
            waiting[-1].sendall(b"Content-Length: 0\r\nConnection: close\r\n\r\n")
            assert told(waiting[-1]).endswith(b"0 bytes")

    def test_where_all_are_busy_only_health_is_answered(self) -> None:
        with serving(HttpSettings(max_connections=3)) as port, ExitStack() as open_ones:
            for _ in range(3):
                busy = open_ones.enter_context(connected(port))
                busy.sendall(HEAD + b"Content-Length: 10\r\n\r\n")
            time.sleep(0.2)
            address = f"http://127.0.0.1:{port}"
            refused = httpx.get(f"{address}/echo", timeout=PATIENCE_S)
            assert (refused.status_code, refused.json()["code"]) == (503, "crowded")
            assert refused.headers["retry-after"]
            assert httpx.get(f"{address}/health", timeout=PATIENCE_S).text == "alive"

    def test_follows_from_the_files_that_may_be_open(self) -> None:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert 1 <= HttpSettings().connections <= files
        assert HttpSettings(max_connections=7).connections == 7

    @pytest.mark.parametrize(("connections", "sockets"), [(8192, 512), (832, 208), (1, 1)])
    def test_one_address_has_half_of_the_sockets_at_most_unless_told_otherwise(
        self, connections: int, sockets: int
    ) -> None:
        assert HttpSettings(max_connections=connections).sockets_of_address == sockets
        assert HttpSettings(max_connections=connections, sockets_per_address=1000).sockets_of_address == 1000


@contextmanager
def detect(folder: Path, files: int) -> Iterator[tuple[int, psutil.Process]]:
    """``bunri serve`` with few files allowed; the plain detector needs no servers."""
    port = free_port()
    words = [sys.executable, "-m", "bunri", "serve", "--target", "detect", "--port", str(port), "--data", str(folder)]
    limited = ["/bin/sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *words]
    process = processes.start(limited, env={**os.environ, "BUNRI_HTTP__RESERVED_FILES": "64"}, log=folder / "log")
    try:
        until = time.monotonic() + 60
        while not healthy(port):
            assert time.monotonic() < until
            time.sleep(0.1)
        yield port, psutil.Process(process.pid)
    finally:
        processes.stop(process)


def healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=PATIENCE_S).status_code == 200
    except httpx.HTTPError:
        return False


def test_thousands_of_half_requests_cost_the_product_neither_health_nor_memory(tmp_path: Path) -> None:
    with detect(tmp_path, files=256) as (port, process), ExitStack() as closing:
        before = process.memory_info().rss
        for number in range(3000):
            half = closing.enter_context(connected(port))
            with suppress(ConnectionError):
                half.sendall(HEAD + b"X-Half: " + b"x" * 1000)
            if number % 500 == 499:
                assert healthy(port)
                closing.close()  # ours have to fit into this process too
        assert process.memory_info().rss - before < 64 * 2**20


def test_headers_poured_into_fifty_connections_are_not_kept(tmp_path: Path) -> None:
    with detect(tmp_path, files=256) as (port, process), ExitStack() as closing:
        before = process.memory_info().rss
        for _ in range(50):
            poured = closing.enter_context(connected(port))
            with suppress(ConnectionError):
                poured.sendall(b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 200_000)
        assert healthy(port)
        assert process.memory_info().rss - before < 64 * 2**20
