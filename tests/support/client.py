"""A person with a phone: what a client of the HTTP contract does."""

import time
from dataclasses import dataclass
from typing import Any

import httpx
from tests.support.platform import Platform

ENDED = ("done", "asked", "failed", "cancelled")


@dataclass
class Person:
    """Signed in as a guest."""

    platform: Platform
    id: str
    token: str
    language: str = "ko"

    @classmethod
    def arrives(cls, platform: Platform, name: str = "초록이", language: str = "ko") -> "Person":
        tokens = platform.http.post(platform.url("/api/v1/auth/guest"), json={"username": name}).json()
        return cls(platform, tokens["user"]["id"], tokens["access_token"], language)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language, **more.pop("headers", {})}
        return self.platform.http.request(method, self.platform.url(path), headers=headers, **more)

    def begins(self, photo: bytes, content_type: str = "image/jpeg", **more: Any) -> dict[str, Any]:
        """A job and its ticket."""
        response = self.ask(
            "POST", "/api/v1/waste/analyze", json={"content_type": content_type, "size": len(photo), **more}
        )
        assert response.status_code == 201, response.text
        job: dict[str, Any] = response.json()
        return job

    def uploads(self, job: dict[str, Any], photo: bytes) -> httpx.Response:
        return self.platform.http.request(
            job["upload_method"], job["upload_url"], content=photo, headers=job["upload_headers"]
        )

    def completes(self, job: dict[str, Any], **told: Any) -> httpx.Response:
        return self.ask("POST", f"/api/v1/waste/upload-complete/{job['job_id']}", json=told)

    def status(self, job: dict[str, Any]) -> dict[str, Any]:
        response = self.ask("GET", f"/api/v1/waste/status/{job['job_id']}")
        assert response.status_code == 200, response.text
        document: dict[str, Any] = response.json()
        return document

    def waits(self, job: dict[str, Any], *, within: float = 30) -> dict[str, Any]:
        """The status in which the job ended."""
        deadline = time.monotonic() + within
        while (status := self.status(job))["status"] not in ENDED:
            assert time.monotonic() < deadline, f"stuck: {status}"
            time.sleep(0.05)
        return status

    def analyzes(self, photo: bytes, content_type: str = "image/jpeg", **told: Any) -> dict[str, Any]:
        """From the photo to the end."""
        job = self.begins(photo, content_type)
        assert self.uploads(job, photo).status_code in (200, 201, 204)
        assert self.completes(job, **told).status_code == 200
        return self.waits(job)
