"""A load balancer of Oracle, as far as certificates and listeners go: its REST API on the loopback interface."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class LoadBalancer(ThreadingHTTPServer):
    """``certificates`` by name, in their order; ``listeners`` as last said; ``sent``: certificates as they came.

    With ``refusing`` whatever is asked for is accepted and then fails, as a certificate with another's key does.
    """

    def __init__(self, certificates: list[str], refusing: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.certificates = certificates
        self.refusing = refusing
        self.listeners: dict[str, dict[str, Any]] = {}
        self.sent: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @classmethod
    @contextmanager
    def listening(cls, certificates: list[str], refusing: bool = False) -> Iterator["LoadBalancer"]:
        with cls(certificates, refusing) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield server
            finally:
                server.shutdown()
                thread.join()

    def change(self, method: str, name: str, body: dict[str, Any]) -> None:
        """Does what is asked for, unless everything fails."""
        if self.refusing:
            return
        if method == "POST":
            self.sent.append(body)
            self.certificates.append(body["certificateName"])
        elif method == "PUT":
            self.listeners[name] = body
        else:
            self.certificates.remove(name)


class _Handler(BaseHTTPRequestHandler):
    server: LoadBalancer

    def do_GET(self) -> None:
        if "/loadBalancerWorkRequests/" in self.path:
            state = "FAILED" if self.server.refusing else "SUCCEEDED"
            self._answer(200, {"id": "work", "lifecycleState": state, "type": "any", "message": "", "errorDetails": []})
        else:
            self._answer(200, [{"certificateName": name} for name in self.server.certificates])

    def _change(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = self.path.split("/", 5)[5] if self.command != "POST" else ""  # …/listeners/NAME
        self.server.change(self.command, name, json.loads(body or b"{}"))
        self._answer(202, None)

    def do_POST(self) -> None:
        self._change()

    def do_PUT(self) -> None:
        self._change()

    def do_DELETE(self) -> None:
        self._change()

    def _answer(self, status: int, content: Any) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("opc-work-request-id", "work")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing: tests say what went wrong."""
