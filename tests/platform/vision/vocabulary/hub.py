"""A model hub on this machine: serves files by ranges, and fails in the ways in which hubs fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class Hub:
    """``files`` by path. The rest says how it fails, by path; ``asked`` are the ranges that were asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    cut_after: dict[str, int] = field(default_factory=dict)
    """The connection ends after so many bytes of each answer."""
    hangs: set[str] = field(default_factory=set)
    answers_left: int | None = None
    """After so many answers it is down (503)."""
    no_ranges: bool = False
    no_length: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""
    closing: Event = field(default_factory=Event)

    def tag(self, path: str) -> str:
        return self.tags.get(path, f'"{sha256(self.files[path]).hexdigest()[:16]}"')


class Answers(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.hub.asked.append((self.path, self.headers.get("Range")))
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/moved"))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.hub.answers_left == 0:
            self.send_error(503)
        elif self.path not in self.hub.files:
            self.send_error(404)
        else:
            self._file(self.hub.files[self.path])

    def _file(self, content: bytes) -> None:
        if self.hub.answers_left is not None:
            self.hub.answers_left -= 1
        start = self._start(content)
        body = content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if self.hub.no_length:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", self.hub.tag(self.path))
        self.end_headers()
        cut = self.hub.cut_after.get(self.path, len(body))
        self.wfile.write(body[:cut])
        if self.path in self.hub.hangs:
            self.hub.closing.wait()
        self.close_connection = self.close_connection or cut < len(body) or self.hub.no_length

    def _start(self, content: bytes) -> int:
        """RFC 9110 §14: the range counts only where If-Range names the same file."""
        wanted = self.headers.get("Range")
        if (
            not wanted
            or self.hub.no_ranges
            or self.headers.get("If-Range", self.hub.tag(self.path)) != self.hub.tag(self.path)
        ):
            return 0
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        return start if start < len(content) else 0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the base class
        """Quiet."""


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asks may leave: that is no fault of the hub."""


@contextmanager
def serving() -> Iterator[Hub]:
    hub = Hub()
    server = Quiet(("127.0.0.1", 0), type("AnswersOfHub", (Answers,), {"hub": hub}))
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        hub.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
