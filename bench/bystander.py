"""Somebody who uses the product while it is attacked: asks again and again, and keeps how long each answer took."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tests.support.pictures import jpeg

from bench.client import Client, RequestFailed

TIMEOUT_S: Final = 10.0
FAILURES: Final = (OSError, http.client.HTTPException, RequestFailed)


@dataclass(frozen=True, slots=True)
class Answered:
    due: float
    """When it should have been asked (time.monotonic)."""
    at: float
    """When it was answered, or had failed."""
    good: bool

    @property
    def took(self) -> float:
        return self.at - self.due


class Asking:
    """Asks in a thread of its own, every ``every`` seconds; a stalled answer counts from when it was due."""

    def __init__(self, ask: Callable[[], None], every: float) -> None:
        self.answers: list[Answered] = []
        self.failure = ""
        """Why the last one failed that did."""
        self._ask = ask
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            try:
                self._ask()
                good = True
            except FAILURES as error:
                good, self.failure = False, f"{type(error).__name__}: {error}"[:120]
            at = time.monotonic()
            self.answers.append(Answered(due, at, good))
            due = max(due + self._every, at - 1.0)  # what a second's stall has put off is caught up with, no more

    def between(self, began: float, ended: float) -> list[Answered]:
        """Those that were due or still waited for in that time."""
        return [each for each in self.answers if each.due <= ended and each.at >= began]

    def after(self, began: float) -> list[Answered]:
        """Those that were answered after that time."""
        return [each for each in self.answers if each.at >= began]

    def end(self) -> None:
        self._ended.set()
        self._thread.join(TIMEOUT_S * 3)


@contextmanager
def asking(ask: Callable[[], None], every: float) -> Iterator[Asking]:
    made = Asking(ask, every)
    try:
        yield made
    finally:
        made.end()


class Bystander:
    """A guest with one kept connection, opened anew when it was closed, as a browser does."""

    def __init__(self, guest: Client) -> None:
        self._guest = guest
        self._netloc = urlsplit(guest.url).netloc
        self._turn = 0
        self.job = guest.ask("POST", "/api/v1/waste/analyze", {"content_type": "image/jpeg", "size": 1000})["job_id"]
        self._http = http.client.HTTPConnection(self._netloc, timeout=TIMEOUT_S)

    def close(self) -> None:
        self._http.close()

    def poll_or_search(self) -> None:
        """Takes turns: the status of a job, and a search by words. Raises one of FAILURES."""
        self._turn += 1
        path = f"/api/v1/waste/status/{self.job}" if self._turn % 2 else "/api/v1/recycling/search?q=can"
        try:
            self._get(path)
        except (OSError, http.client.HTTPException):
            self._http.close()
            self._get(path)

    def _get(self, path: str) -> None:
        self._http.request("GET", path, headers=self._guest.headers)
        self._good(self._http.getresponse())

    def health(self) -> None:
        """On a new connection, as a load balancer does. Raises one of FAILURES."""
        connection = http.client.HTTPConnection(self._netloc, timeout=TIMEOUT_S)
        try:
            connection.request("GET", "/health")
            self._good(connection.getresponse())
        finally:
            connection.close()

    def detect(self) -> None:
        """A picture to the plain detector. Raises one of FAILURES."""
        connection = http.client.HTTPConnection(self._netloc, timeout=TIMEOUT_S)
        try:
            connection.request("POST", "/api/v1/detect", jpeg(time.monotonic_ns()), {"content-type": "image/jpeg"})
            self._good(connection.getresponse())
        finally:
            connection.close()

    @staticmethod
    def _good(response: http.client.HTTPResponse) -> None:
        answer = response.read()
        if response.status != 200:
            raise RequestFailed(f"{response.status} {answer[:200]!r}")


class Photographer:
    """A guest who sends one photo after the other, each new."""

    def __init__(self, guest: Client) -> None:
        self._guest = guest

    def photo(self) -> None:
        """Until it is answered. Raises one of FAILURES."""
        try:
            self._guest.analyze(jpeg(time.monotonic_ns()))
        except (OSError, http.client.HTTPException):
            self._guest.hang_up()
            raise
