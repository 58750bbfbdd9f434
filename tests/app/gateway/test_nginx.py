"""A real Nginx with what ``bunri gateway nginx`` makes, and servers behind it that say what reached them."""

import gzip
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.support.nginx import nginx, program
from tests.support.platform import free_port

from bunri.app.gateway.nginx import Gateway, whole
from bunri.app.gateway.table import table
from bunri.app.settings import Settings
from bunri.kit.clock import now

TABLE = table(Settings())


class BackEnd:
    """Answers with what it was asked, as JSON of more than a kilobyte."""

    def __init__(self, name: str) -> None:
        outer = self
        self.asked: list[str] = []
        self.released = threading.Event()
        """What ends in ``/held`` is answered after it."""

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                outer.asked.append(self.path)
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                if self.path.endswith("/held"):
                    outer.released.wait()
                said = {"name": name, "path": self.path, "body": len(body), "headers": dict(self.headers.items())}
                content = json.dumps({**said, "filling": "." * 2000}).encode()
                encoding = self.headers.get("accept-encoding", "")
                packed = self.path.startswith("/assets/") and encoding == "gzip"
                content = gzip.compress(content) if packed else content
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                if self.path.startswith("/assets/"):
                    self.send_header("Cache-Control", "public, max-age=31536000, immutable")
                    self.send_header("Vary", "Accept-Encoding")
                if packed:
                    self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer  # noqa: N815  # its base class wants these names

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


Start = Callable[..., tuple[httpx.Client, dict[str, BackEnd]]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Nginx before one server for each of the targets that are named, and one for all others."""
    with ExitStack() as closing:

        def started(*names: str, **told: Any) -> tuple[httpx.Client, dict[str, BackEnd]]:
            servers = {name: BackEnd(name) for name in ("all", *names)}
            for each in servers.values():
                closing.callback(each.stop)
            to = {name: (f"127.0.0.1:{servers[name].port}",) for name in names}
            to |= told.pop("to", {})
            url = closing.enter_context(nginx(tmp_path, [servers["all"].port], TABLE, to=to, **told))
            for each in servers.values():
                each.asked.clear()
            return closing.enter_context(httpx.Client(base_url=url, timeout=10)), servers

        yield started


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "all"),
        ("/account", "all"),
        ("/api/v1/auth/login", "auth"),
        ("/api/v1/auth", "auth"),
        ("/api/v1/authors", "all"),
        ("/.well-known/jwks.json", "auth"),
        ("/api/v1/chat/rooms", "chat"),
        ("/api/users/online", "chat"),
        ("/api/v1/users/me", "all"),
        ("/health", "all"),
    ],
)
def test_each_url_reaches_its_target(start: Start, path: str, target: str) -> None:
    http, _ = start("auth", "chat")
    assert http.get(path).json()["name"] == target


@pytest.mark.parametrize("path", ["/internal/auth/delete", "/%69nternal/x", "//internal/x", "/metrics", "/dev/mail"])
def test_what_is_for_other_processes_is_not_passed_on(start: Start, path: str) -> None:
    http, servers = start()
    whole_url = f"{str(http.base_url).rstrip('/')}{path}"  # httpx would take what follows // for a host
    refused = http.get(whole_url, headers={"Accept-Language": "en-GB,en"})
    assert refused.status_code == 404
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "not_found"
    assert refused.json()["detail"] == "There is nothing at this address."
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert servers["all"].asked == []


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/v1/waste/analyze", 64 * 1024),
        ("/api/v1/learning/reviews/batch", 2**20),
        ("/api/v1/users/me/avatar", 50 * 2**20),
        ("/api/v1/detect", 41 * 2**20),
    ],
)
def test_a_body_is_as_large_as_its_route_says_and_no_larger(start: Start, path: str, most: int) -> None:
    http, servers = start()
    assert http.post(path, content=bytes(most)).json()["body"] == most
    servers["all"].asked.clear()
    refused = http.post(path, content=bytes(most + 1))
    assert refused.status_code == 413
    assert refused.json()["code"] == "too_large"
    assert refused.json()["detail"] == "너무 커서 받을 수 없어요."
    assert servers["all"].asked == []


def test_who_asks_is_believed_of_named_proxies_alone(start: Start) -> None:
    spoofed = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Request-ID": "mine"}
    http, _ = start()
    seen = http.get("/api/v1/waste/x", headers=spoofed).json()["headers"]
    assert (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"]) == ("127.0.0.1", "http")
    assert len(seen["X-Request-ID"]) == 32


def test_a_named_proxy_is_believed_up_to_the_first_address_that_is_nobodys(start: Start) -> None:
    http, _ = start(trusted_proxies=("127.0.0.0/8", "198.51.100.0/24"))
    told = {"X-Forwarded-For": "192.0.2.1, 203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    seen = http.get("/api/v1/waste/x", headers=told).json()["headers"]
    assert (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"]) == ("203.0.113.9", "https")


def test_an_address_has_so_many_requests_under_way_and_no_more(start: Start) -> None:
    http, servers = start(connections_per_address=2)
    back = servers["all"]
    host, port = http.base_url.host, http.base_url.port
    held = f"http://{host}:{port}/api/v1/waste/held"
    with socket.create_connection((host, port)) as idle, ThreadPoolExecutor(2) as others:
        first = others.submit(httpx.get, held, timeout=30)
        _await(lambda: len(back.asked) == 1)
        assert http.get("/api/v1/waste/x").status_code == 200
        second = others.submit(httpx.get, held, timeout=30)
        _await(lambda: len(back.asked) == 3)
        refused = http.get("/api/v1/waste/x")
        back.released.set()
        assert (refused.status_code, refused.json()["code"]) == (429, "crowded")
        assert [each.result().status_code for each in (first, second)] == [200, 200]
        _await(lambda: http.get("/api/v1/waste/x").status_code == 200)  # Nginx is done a little later than who asked
        idle.sendall(b"GET /api/v1/waste/x HTTP/1.1\r\nHost: bunri.test\r\n\r\n")
        assert idle.recv(1024).startswith(b"HTTP/1.1 200")


def _await(come: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not come():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_answers_are_compressed_unless_they_hold_secrets(start: Start) -> None:
    http, _ = start()
    assert http.get("/api/v1/waste/x").headers.get("content-encoding") == "gzip"
    for path in ("/api/v1/auth/sessions", "/api/v1/users/me"):
        assert "content-encoding" not in http.get(path).headers


def test_files_with_a_hash_in_their_name_outlive_their_server(start: Start) -> None:
    http, servers = start()
    plain = {"Accept-Encoding": "identity"}
    packed = http.get("/assets/app-1.js", headers={"Accept-Encoding": "br;q=0, gzip"}).json()
    assert http.get("/assets/app-1.js", headers={"Accept-Encoding": "gzip"}).json() == packed
    assert http.get("/assets/app-1.js", headers=plain).json()["headers"].get("Accept-Encoding") is None
    assert servers["all"].asked == ["/assets/app-1.js"] * 2
    servers["all"].stop()
    assert http.get("/assets/app-1.js", headers={"Accept-Encoding": "gzip;q=1, br;q=0"}).json() == packed
    away = http.get("/assets/app-2.js")
    assert (away.status_code, away.json()["code"], away.headers["retry-after"]) == (502, "unavailable", "2")


def test_all_stands_in_for_a_target_whose_processes_are_away_and_nothing_is_remembered(start: Start) -> None:
    http, _ = start("auth", to={"chat": (f"127.0.0.1:{free_port()}",)})
    assert [http.post("/api/v1/chat/rooms", content=b"{}").json()["name"] for _ in range(5)] == ["all"] * 5


def test_a_bucket_is_reached_by_signed_urls_alone(start: Start) -> None:
    store = BackEnd("store")
    try:
        http, servers = start(buckets={"photos": f"127.0.0.1:{store.port}"})
        put = http.put("/photos/a/b.jpg?X-Amz-Signature=1", content=bytes(3 * 2**20), headers={"Authorization": "x"})
        assert (put.json()["name"], put.json()["body"]) == ("store", 3 * 2**20)
        assert put.json()["headers"]["Host"] == f"{http.base_url.host}:{http.base_url.port}"
        assert "Authorization" not in put.json()["headers"]
        store.asked.clear()
        for method, path in (("GET", "/photos/?list-type=2"), ("GET", "/photos/a/b.jpg"), ("DELETE", "/photos/a")):
            assert http.request(method, path).status_code in (403, 404)
        assert store.asked == []
        assert servers["all"].asked == []
    finally:
        store.stop()


def test_challenges_are_answered_without_tls_too(start: Start, tmp_path: Path) -> None:
    challenges = tmp_path / "acme" / ".well-known" / "acme-challenge"
    challenges.mkdir(parents=True)
    (challenges / "token").write_text("token.thumbprint")
    http, servers = start(acme=str(tmp_path / "acme"))
    answer = http.get("/.well-known/acme-challenge/token")
    assert (answer.status_code, answer.text) == (200, "token.thumbprint")
    assert http.get("/.well-known/acme-challenge/another").status_code == 404
    assert servers["all"].asked == []


def test_the_log_is_json_and_tells_neither_address_nor_query(start: Start, tmp_path: Path) -> None:
    http, _ = start(access_log=str(tmp_path / "requests.log"))
    http.get('/api/v1/locations/near?lat=37.5&q="x', headers={"User-Agent": "secret"})
    line = (tmp_path / "requests.log").read_text().splitlines()[-1]
    said = json.loads(line)
    assert (said["path"], said["status"], said["network"]) == ("/api/v1/locations/near", "200", "127.0.0.0/24")
    assert "37.5" not in line
    assert "secret" not in line


def _certificate(folder: Path) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bunri.test")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    until = made.not_valid_before(now() - timedelta(days=1)).not_valid_after(now() + timedelta(days=1))
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(until.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(chain), str(private)


@pytest.mark.parametrize("to", [{"detect": ("127.0.0.1:7860",)}, {"all": ("127.0.0.1:1",), "waste": ("127.0.0.1:2",)}])
@pytest.mark.parametrize("secure", [False, True])
def test_nginx_takes_the_whole_configuration_as_it_is(
    to: dict[str, tuple[str, ...]], secure: bool, tmp_path: Path
) -> None:
    certificate, key = _certificate(tmp_path) if secure else (None, None)
    told = {"buckets": {"photos": "127.0.0.1:8333"}, "server_name": "bunri.test", "trusted_proxies": ("10.0.0.0/8",)}
    made = Gateway(
        to=to,
        listen=f"127.0.0.1:{free_port()}",
        listen_tls=f"127.0.0.1:{free_port()}",
        certificate=certificate,
        key=key,
        acme=str(tmp_path),
        cache=f"{tmp_path}/assets",
        **told,  # type: ignore[arg-type]  # of one type each
    )
    file = tmp_path / "nginx.conf"
    file.write_text(whole(TABLE, made, str(tmp_path)))
    logging = file.read_text().count("access_log /dev/stdout bunri;")
    assert logging == (2 if secure else 1), "a server without opens a file that Nginx may not write in its container"
    command = [program(), "-t", "-q", "-p", str(tmp_path), "-e", str(tmp_path / "error.log"), "-c", str(file)]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (tried.returncode, tried.stderr) == (0, "")
