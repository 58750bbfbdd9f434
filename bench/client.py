"""A person with a phone, as light as Python allows: the client must not eat the time that it measures."""

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

ENDED: Final = ("done", "asked", "failed", "cancelled")
POLL_EVERY: Final = 0.005
STUCK_AFTER: Final = 60.0
IDLE: Final = 2.0
"""Seconds after which a kept connection is not trusted any more."""
_JSON: Final = {"content-type": "application/json"}


class Refused(Exception):
    """The product answered with an error, or a job never ended."""


@dataclass
class Person:
    """A guest with one kept connection. Not for several threads."""

    url: str
    token: str = ""
    _connection: http.client.HTTPConnection = field(init=False)
    _used: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)

    @classmethod
    def arrives(cls, url: str) -> Self:
        person = cls(url)
        person.token = person.ask("POST", "/api/v1/auth/guest", {"username": "bench"})["access_token"]
        return person

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", **_JSON} if self.token else _JSON

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """JSON in, JSON out. Raises Refused."""
        content = None if body is None else json.dumps(body).encode()
        return json.loads(self._send(method, path, content, self.headers))

    def begins(self, photo: bytes) -> str:
        """A job whose photo is uploaded; its id."""
        job = self.ask("POST", "/api/v1/waste/analyze", {"content_type": "image/jpeg", "size": len(photo)})
        target = urlsplit(job["upload_url"])
        self._send(job["upload_method"], f"{target.path}?{target.query}", photo, job["upload_headers"])
        job_id: str = job["job_id"]
        return job_id

    def completes(self, job_id: str) -> None:
        self.ask("POST", f"/api/v1/waste/upload-complete/{job_id}", {})

    def waits(self, job_id: str, every: float = POLL_EVERY) -> dict[str, Any]:
        """The result of an answered job. Raises Refused."""
        deadline = time.monotonic() + STUCK_AFTER
        while time.monotonic() < deadline:
            status: dict[str, Any] = self.ask("GET", f"/api/v1/waste/status/{job_id}")
            if status["status"] in ENDED:
                if "result" not in status:
                    raise Refused(str(status))
                result: dict[str, Any] = status["result"]
                return result
            time.sleep(every)
        raise Refused(f"job {job_id} did not end within {STUCK_AFTER:.0f} s")

    def analyzes(self, photo: bytes) -> tuple[dict[str, Any], float]:
        """The result, and the seconds from upload-complete to it."""
        job_id = self.begins(photo)
        return self.finishes(job_id)

    def finishes(self, job_id: str) -> tuple[dict[str, Any], float]:
        started = time.perf_counter()
        self.completes(job_id)
        result = self.waits(job_id)
        return result, time.perf_counter() - started

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> bytes:
        if time.monotonic() - self._used > IDLE:
            self._connection.close()  # the server may have done so already; the next request opens it again
        self._connection.request(method, path, content, headers)
        response = self._connection.getresponse()
        answer = response.read()
        self._used = time.monotonic()
        if response.status >= 300:
            raise Refused(f"{method} {path}: {response.status} {answer[:500].decode('utf-8', 'replace')}")
        return answer
