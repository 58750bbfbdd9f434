"""One step of the load: people of one rate for some seconds, and what the installation spent on them."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import worker_processes
from bench.capacity.installation import DatabaseUse, Installation, Looking
from bench.capacity.mix import AGAIN, NEW, POLL_S, REVIEWS, arrivals
from bench.capacity.parts import reading
from bench.client import Client
from bench.paths import workplace
from bench.pictures import photo
from bench.stats import quantile

SLOW_S: Final = 5.0
"""Of the seed (COACH-17): an analysis takes less."""
ANSWERED: Final = 0.95
REFUSED: Final = 0.01
SEEN_LATE_S: Final = POLL_S / 2
"""How long after its end an analysis is seen by a poll, on average."""


class Crowd:
    """Guests who are in rooms and have something to learn. Their refresh tokens change with each refresh, so that they
    are kept here between the steps."""

    def __init__(self, url: str, count: int, rooms: int) -> None:
        self._url = url
        self._clients = [Client(url) for _ in range(count)]
        self.people: list[dict[str, Any]] = []
        opened: list[str] = []
        for number, client in enumerate(self._clients):
            given = client.ask("POST", "/api/v1/auth/guest", {"username": "bench"})
            client.token = given["access_token"]
            client.ask("POST", "/api/v1/learning/starter", {})
            if number < rooms:
                opened.append(client.ask("POST", "/api/v1/chat/rooms", {"name": f"bench {number}"})["_id"])
            room = opened[number % rooms]
            client.ask("POST", f"/api/v1/chat/rooms/{room}/join", {})
            due = client.ask("GET", "/api/v1/learning/due?limit=20")["cards"]
            cards = [card["id"] for card in due][: 2 * REVIEWS]
            known = {"token": client.token, "refresh": given["refresh_token"], "room": room, "cards": cards, "job": ""}
            self.people.append(known)

    def analyze(self, photos: Sequence[bytes]) -> list[float]:
        """Seconds from upload-complete to the answer of one photo after the other, nothing else going on; each by the
        next person, who can be asked for its status from then on."""
        seconds = []
        for number, picture in enumerate(photos):
            place = number % len(self._clients)
            job = self._clients[place].upload(picture)
            seconds.append(self._clients[place].complete_and_wait(job)[1])
            self.people[place]["job"] = job
        return seconds

    def refresh(self) -> None:
        """New tokens for all: they live for a quarter of an hour."""
        for client, person in zip(self._clients, self.people, strict=True):
            given = client.ask("POST", "/api/v1/auth/refresh", {"refresh_token": person["refresh"]})
            client.token = person["token"] = given["access_token"]
            person["refresh"] = given["refresh_token"]

    def close(self) -> None:
        for client in self._clients:
            client.hang_up()


@dataclass(frozen=True, slots=True)
class Load:
    """What a step is made of."""

    rates: Mapping[str, float]
    """A second, of each kind of arrival."""
    seconds: float
    warm: float
    """Seconds at the beginning that do not count."""
    sockets: int = 0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    load: Load
    begun: Mapping[str, int]
    done: Mapping[str, int]
    """Of those that were begun, while it counted."""
    failed: Mapping[str, int]
    """By what was said."""
    answered: int
    """Analyses that ended while it counted."""
    analyses: Sequence[tuple[float, float]]
    """Seconds to the answer, from upload-complete and from when the person came."""
    seconds: Mapping[str, Sequence[float]]
    """Of requests, by their name."""
    unheard: int
    cores: Mapping[str, float]
    """That each part used, on average."""
    memory: Mapping[str, float]
    """MiB, at the end."""
    looking: Looking
    database: DatabaseUse
    """Both over the whole step; ``connections`` at its end."""

    @property
    def counted(self) -> float:
        """Seconds."""
        return self.load.seconds - self.load.warm

    @property
    def offered(self) -> float:
        """Analyses a second."""
        return (self.begun.get(NEW, 0) + self.begun.get(AGAIN, 0)) / self.counted

    @property
    def finished(self) -> float:
        """Analyses a second."""
        return self.answered / self.counted

    @property
    def refused(self) -> float:
        """The share of what was begun that failed."""
        return sum(self.failed.values()) / max(1, sum(self.begun.values()))

    def api(self, share: float) -> float:
        """Seconds that so large a share of all requests but uploads took at most."""
        return quantile([took for name, each in self.seconds.items() if name != "upload" for took in each], share)

    def saturated(self) -> str:
        """By which rule; nothing while none is broken."""
        if self.refused > REFUSED:
            return f"{self.refused:.0%} failed"
        if not self.analyses:
            return "no analysis was answered"
        p95 = quantile([whole for _, whole in self.analyses], 0.95)
        if p95 > SLOW_S:
            return f"p95 {p95:.1f} s, from when somebody came"
        if self.finished < ANSWERED * self.offered:
            return f"{self.finished / self.offered:.0%} of the analyses were answered while others came"
        return ""


def run(installation: Installation, crowd: Crowd, load: Load, again: Sequence[Path]) -> Step:
    """Photos that were not sent before are made first, and removed afterwards."""
    crowd.refresh()
    came = arrivals(load.rates, load.seconds, load.seed)
    with _photos(sum(each.kind == NEW for each in came), load.seed) as new:
        plan = {
            "url": installation.url,
            "rates": dict(load.rates),
            "seconds": load.seconds,
            "warm": load.warm,
            "seed": load.seed,
            "people": crowd.people,
            "new": [str(each) for each in new],
            "again": [str(each) for each in again],
            "sockets": load.sockets,
        }
        before = installation.looking(), installation.database()
        with reading(installation.parts) as readings:
            [found] = worker_processes.run("bench.capacity.people", [plan])
        after = installation.looking(), installation.database()
    for person, changed in zip(crowd.people, found["people"], strict=True):
        person.update(changed)
    return Step(
        load,
        found["begun"],
        found["done"],
        found["failed"],
        found["answered"],
        [(served, whole) for served, whole in found["analyses"]],
        found["seconds"],
        found["unheard"],
        readings.cores(found["began"], found["ended"]),
        installation.parts.memory(),
        Looking(after[0].seconds - before[0].seconds, after[0].photos - before[0].photos),
        DatabaseUse(
            after[1].commits - before[1].commits, after[1].wal_bytes - before[1].wal_bytes, after[1].connections
        ),
    )


@contextmanager
def _photos(count: int, seed: int) -> Iterator[list[Path]]:
    """Files of photos that no other ``seed`` has."""
    with workplace() as folder, ThreadPoolExecutor() as pool:

        def make(number: int) -> Path:
            file = folder / f"{number}.jpg"
            file.write_bytes(photo(seed * 100_000 + number))
            return file

        yield list(pool.map(make, range(count)))
