"""A worker's own HTTP: whether it lives, whether it gets work, what it has counted. On a thread of its own, so that a
busy event loop answers, too."""

import hmac
import ipaddress
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from pydantic import SecretStr

from bunri.platform.telemetry.exposition import exposition

SLOWEST_S: Final = 5.0
"""Whoever has not said by then what they want is left alone."""


def serve_probes(host: str, port: int, consuming: Callable[[], bool], token: SecretStr | None) -> ThreadingHTTPServer:
    """``/health``: the process lives. ``/ready``: 503 unless ``consuming``. ``/metrics``: for who shows ``token``, or
    without one for this machine alone. Raises OSError where nothing can listen there."""
    server = ThreadingHTTPServer((host, port), _handler(consuming, token))
    threading.Thread(target=server.serve_forever, name="bunri-probes", daemon=True).start()
    return server


def _handler(consuming: Callable[[], bool], token: SecretStr | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = SLOWEST_S
        server_version, sys_version = "bunri", ""

        def do_GET(self) -> None:
            if self.path == "/health":
                self._say(200, b'{"status":"ok"}')
            elif self.path == "/ready":
                ready = consuming()
                self._say(200 if ready else 503, b'{"status":"ready"}' if ready else b'{"status":"not ready"}')
            elif self.path == "/metrics" and self._may_measure():
                self._say(200, *exposition(accept=self.headers.get("accept", "")))
            else:
                self._say(404, b'{"status":404,"code":"not_found"}')

        def _may_measure(self) -> bool:
            if token is None:
                return ipaddress.ip_address(self.client_address[0]).is_loopback
            given = self.headers.get("authorization", "").encode()
            return hmac.compare_digest(given, f"Bearer {token.get_secret_value()}".encode())

        def _say(self, status: int, body: bytes, content_type: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A probe comes every few seconds: nobody wants to read that."""

    return Handler
