"""Attacks by complete requests: too many of them, or such as must be refused."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import httpx

from bench.attacks.found import STRANGER, Found
from bench.client import ENDED
from bench.worker_processes import Plan

ANALYZE: Final = "/api/v1/waste/analyze"
CROWD: Final = "127.0.0.3"
"""An address of its own for guests by the hundred, so that the other attackers still get in."""
JOB_WITHIN: Final = 20.0


class Stranger:
    """A guest who counts the answers to what they send."""

    def __init__(self, plan: Plan, address: str = STRANGER) -> None:
        transport = httpx.HTTPTransport(local_address=address, retries=1)
        self._http = httpx.Client(base_url=plan["url"], transport=transport, timeout=20)
        self._headers = {"authorization": f"Bearer {plan['token']}"} if plan.get("token") else {}
        self.found = Found()
        self._until: float = self.found.began + plan["seconds"]

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self._until

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Errors of the connection are counted too, and raised."""
        options["headers"] = {**self._headers, **options.get("headers", {})}
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            self.found.seen[type(error).__name__] += 1
            raise
        self.found.seen[_name(response)] += 1
        return response

    def begin(self, size: int, content_type: str = "image/jpeg") -> dict[str, Any] | None:
        """The ticket; None when it was refused."""
        response = self.ask("POST", ANALYZE, json={"content_type": content_type, "size": size})
        ticket: dict[str, Any] | None = response.json() if response.status_code == 201 else None
        return ticket

    def upload(self, ticket: dict[str, Any], photo: bytes) -> int:
        """The status of the answer."""
        response = self._http.request(
            ticket.get("upload_method", "PUT"), ticket["upload_url"], content=photo, headers=ticket["upload_headers"]
        )
        self.found.seen[f"upload {_name(response)}"] += 1
        return response.status_code

    def complete(self, ticket: dict[str, Any]) -> int:
        return self.ask("POST", f"/api/v1/waste/upload-complete/{ticket['job_id']}", json={}).status_code

    def wait(self, ticket: dict[str, Any]) -> str:
        """How the job ended: its code, or its status where it has none."""
        deadline = time.monotonic() + JOB_WITHIN
        while time.monotonic() < deadline:
            status = self._http.get(f"/api/v1/waste/status/{ticket['job_id']}", headers=self._headers).json()
            if status.get("status") in ENDED:
                return str(status.get("code") or status["status"])
            time.sleep(0.05)
        return "still running"

    def over(self) -> Found:
        self.found.ended = time.monotonic()
        self._http.close()
        return self.found


def _name(response: httpx.Response) -> str:
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        return f"{response.status_code} {response.json().get('code')}"
    return str(response.status_code)


def uploads(plan: Plan) -> Callable[[], Found]:
    """Uploads that are never completed, as many as are taken."""
    photo = bytes(plan["size"])

    def attack() -> Found:
        stranger = Stranger(plan)
        while stranger.goes_on:
            if (ticket := stranger.begin(len(photo))) and stranger.upload(ticket, photo) < 300:
                stranger.found.seen["MB kept"] += len(photo) // 1_000_000
        return stranger.over()

    return attack


def guests(plan: Plan) -> Callable[[], Found]:
    """Guests without end from one address. With the header of a proxy they are not somebody at this machine, who would
    have no limit."""

    def attack() -> Found:
        stranger, headers = Stranger(plan, CROWD), {"x-forwarded-for": CROWD}
        while stranger.goes_on:
            stranger.ask("POST", "/api/v1/auth/guest", json={"username": "crowd"}, headers=headers)
        return stranger.over()

    return attack


def jobs(plan: Plan) -> Callable[[], Found]:
    """``count`` photos of one guest, or as many of them as are taken within the time."""

    def attack() -> Found:
        from tests.support.pictures import jpeg

        stranger = Stranger(plan)
        for number in range(plan["count"]):
            if not stranger.goes_on:
                break
            photo = jpeg(plan["first"] + number)
            if (ticket := stranger.begin(len(photo))) and stranger.upload(ticket, photo) < 300:
                stranger.complete(ticket)
        return stranger.over()

    return attack


def tickets(plan: Plan) -> Callable[[], Found]:
    """Tickets used again after their analysis was started, and after it was removed."""

    def attack() -> Found:
        from tests.support.pictures import jpeg

        stranger, number = Stranger(plan), 0
        wrong = stranger.found.wrong = Counter()
        while stranger.goes_on:
            photo = jpeg(plan["first"] + (number := number + 1))
            ticket = stranger.begin(len(photo))
            if ticket is None:
                break
            stranger.upload(ticket, photo)
            stranger.complete(ticket)
            wrong.update(["after completion"] if stranger.upload(ticket, photo) < 300 else [])
            stranger.wait(ticket)
            stranger.ask("DELETE", f"/api/v1/waste/jobs/{ticket['job_id']}")
            wrong.update(["after deletion"] if stranger.upload(ticket, photo) < 300 else [])
        return stranger.over()

    return attack


def refused(plan: Plan) -> Callable[[], Found]:
    """Votes for bins that are not there, and photos that nobody takes, each with a new Idempotency-Key."""

    def attack() -> Found:
        stranger = Stranger(plan)
        while stranger.goes_on:
            key = {"idempotency-key": str(uuid4())}
            stranger.ask("POST", f"/api/v1/locations/{uuid4()}/votes", json={"vote": "ok"}, headers=key)
            stranger.ask("POST", ANALYZE, json={"content_type": "text/html", "size": 1}, headers=key)
        return stranger.over()

    return attack


def tokens(plan: Plan) -> Callable[[], Found]:
    """Access tokens that are none, and refresh tokens made up for a session that goes on."""

    def attack() -> Found:
        stranger = Stranger(plan)
        wrong = stranger.found.wrong = Counter()
        renewed = plan["refresh"]
        while stranger.goes_on:
            for name, token in plan["tokens"].items():
                headers = {"authorization": f"Bearer {token}"}
                answer = stranger.ask("GET", "/api/v1/waste/jobs", headers=headers)
                wrong.update([name] if answer.status_code != 401 else [])
            session = renewed.partition(".")[0]
            for made_up in (f"{session}.x", f"{session}.{'A' * 43}.{'B' * 43}", f"{session}.", session):
                answer = stranger.ask("POST", "/api/v1/auth/refresh", json={"refresh_token": made_up})
                wrong.update(["made-up refresh token"] if answer.status_code not in (401, 422) else [])
        answer = stranger.ask("POST", "/api/v1/auth/refresh", json={"refresh_token": renewed})
        wrong.update(["the session has ended"] if answer.status_code != 200 else [])
        return stranger.over()

    return attack
