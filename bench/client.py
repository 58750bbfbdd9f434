"""An HTTP client of the product's API that uses little processor time, so that it does not disturb what it measures."""

import http.client
import json
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import urlsplit

ENDED: Final = ("done", "asked", "failed", "cancelled")
POLL_INTERVAL_S: Final = 0.005
JOB_TIMEOUT_S: Final = 60.0
IDLE: Final = 2.0
"""Seconds after which a kept connection is opened anew."""
_JSON: Final = {"content-type": "application/json"}


class RequestFailed(Exception):
    """The product answered with an error, or a job never ended."""


@dataclass
class Client:
    """A guest with one kept connection. Not thread-safe."""

    url: str
    token: str = ""
    id: str = ""
    _connection: http.client.HTTPConnection = field(init=False)
    _used: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)

    @classmethod
    def sign_in(cls, url: str) -> Self:
        client = cls(url)
        signed_in = client.ask("POST", "/api/v1/auth/guest", {"username": "bench"})
        client.token, client.id = signed_in["access_token"], signed_in["user"]["id"]
        return client

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", **_JSON} if self.token else _JSON

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Sends and returns JSON. Raises RequestFailed."""
        content = None if body is None else json.dumps(body).encode()
        return json.loads(self._send(method, path, content, self.headers))

    def upload(self, photo: bytes) -> str:
        """Starts a job and uploads its photo; returns the job's id."""
        job = self.ask("POST", "/api/v1/waste/analyze", {"content_type": "image/jpeg", "size": len(photo)})
        target = urlsplit(job["upload_url"])
        self.put(f"{target.path}?{target.query}", photo, job["upload_headers"])
        job_id: str = job["job_id"]
        return job_id

    def ask_again(self, photo: bytes) -> tuple[dict[str, Any], float]:
        """The result of a photo that was sent before, without sending it, and the seconds that it took, the hash
        included. Raises RequestFailed."""
        started = time.perf_counter()
        asked = {"content_type": "image/jpeg", "size": len(photo), "sha256": sha256(photo).hexdigest(), "details": {}}
        job = self.ask("POST", "/api/v1/waste/analyze", asked)
        if job["status"] not in ENDED:
            raise RequestFailed(f"a photo that was sent before is {job['status']}")
        return self.wait_for_result(job["job_id"]), time.perf_counter() - started

    def put(self, path: str, content: bytes, headers: dict[str, str]) -> None:
        """A file, to the address that a ticket names."""
        self._send("PUT", path, content, headers)

    def complete(self, job_id: str) -> None:
        self.ask("POST", f"/api/v1/waste/upload-complete/{job_id}", {})

    def wait_for_result(self, job_id: str, every: float = POLL_INTERVAL_S) -> dict[str, Any]:
        """The result of an answered job. Raises RequestFailed."""
        deadline = time.monotonic() + JOB_TIMEOUT_S
        while time.monotonic() < deadline:
            status: dict[str, Any] = self.ask("GET", f"/api/v1/waste/status/{job_id}")
            if status["status"] in ENDED:
                if "result" not in status:
                    raise RequestFailed(str(status))
                result: dict[str, Any] = status["result"]
                return result
            time.sleep(every)
        raise RequestFailed(f"job {job_id} did not end within {JOB_TIMEOUT_S:.0f} s")

    def analyze(self, photo: bytes) -> tuple[dict[str, Any], float]:
        """The result, and the seconds from upload-complete to it."""
        job_id = self.upload(photo)
        return self.complete_and_wait(job_id)

    def complete_and_wait(self, job_id: str) -> tuple[dict[str, Any], float]:
        started = time.perf_counter()
        self.complete(job_id)
        result = self.wait_for_result(job_id)
        return result, time.perf_counter() - started

    def hang_up(self) -> None:
        """The next request opens a new connection."""
        self._connection.close()

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> bytes:
        if time.monotonic() - self._used > IDLE:
            self._connection.close()  # the server may have done so already; the next request opens it again
        self._connection.request(method, path, content, headers)
        response = self._connection.getresponse()
        answer = response.read()
        self._used = time.monotonic()
        if response.status >= 300:
            raise RequestFailed(f"{method} {path}: {response.status} {answer[:500].decode('utf-8', 'replace')}")
        return answer
