"""People of the seed's load, in a process of its own: each comes when they come, however slow the answers are.

All times count from when something was due, so that a server that stands still pays for everybody who came meanwhile.
"""

import asyncio
import gc
import random
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import uuid4

import orjson
import uvloop

from bench import worker_processes
from bench.capacity.connections import Connections, Refused
from bench.capacity.mix import AGAIN, LEARN, MESSAGE, NEW, POLL, POLL_S, REVIEWS, SEARCH, VISIT, Arrival, arrivals
from bench.client import ENDED
from bench.listeners import Listener

PATIENCE_S: Final = 30.0
"""How long is waited, after the last arrival, for what is not answered yet."""
SETTLE_S: Final = 10.0
"""How long, for what was said and not heard yet."""
_CONNECTING_AT_ONCE: Final = 25
_JSON: Final = {"content-type": "application/json"}
_WORDS: Final = ("컵라면 용기", "건전지", "깨진 유리", "우유팩", "형광등", "스티로폼")
_SAID: Final = "건전지는 어디에 버려요? 주민센터 앞 수거함이 없어졌어요."
_NEARBY: Final = "/api/v1/locations/nearby?lat=37.5663&lng=126.9779"


class Person:
    """A guest."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.token: str = known["token"]
        self.refresh: str = known["refresh"]
        self.room: str = known["room"]
        self.cards: list[str] = known["cards"]
        self.job: str = known["job"]
        """One that has ended, to be polled."""

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", **_JSON}


class People:
    """Plans say: ``url``, ``rates`` a second of each kind, ``seconds`` of which the first ``warm`` do not count,
    ``seed``, ``people``, files of ``new`` photos and of photos sent ``again``, and how many ``sockets`` are open, as
    many in each room."""

    def __init__(self, plan: worker_processes.Plan) -> None:
        self._plan = plan
        self._connections = Connections(plan["url"])
        self._people = [Person(known) for known in plan["people"]]
        self._turns: Iterator[Person] = cycle(self._people)
        self._pollers = cycle([person for person in self._people if person.job])
        self._visitors = deque(self._people)
        """Those who do not refresh just now: a refresh token is good for one refresh."""
        self._new, self._again = iter(plan["new"]), cycle(plan["again"] or [""])
        self._drawn = random.Random(plan["seed"])
        self._begun: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._analyses: list[tuple[float, float]] = []
        """Of each that was answered: from upload-complete, and from when the person came."""
        self._answered = 0
        """Analyses while it counted, whenever they came."""
        self._said = 0
        self._listeners: list[Listener] = []

    # ── before ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def connect(self) -> None:
        """Opens the sockets, each in the room of its person."""
        netloc, gate = urlsplit(self._plan["url"]).netloc, asyncio.Semaphore(_CONNECTING_AT_ONCE)
        host, _, port = netloc.partition(":")

        async def arrive(person: Person) -> Listener:
            async with gate:
                loop = asyncio.get_running_loop()
                _, listener = await loop.create_connection(Listener, host, int(port or 80))
                await listener.come(netloc, person.token, person.room)
                return listener

        joining = [arrive(self._people[number % len(self._people)]) for number in range(self._plan["sockets"])]
        self._listeners = list(await asyncio.gather(*joining))
        await self._settle()

    # ── the load ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> dict[str, Any]:
        for listener in self._listeners:
            listener.heard = 0
        began, tasks = time.monotonic(), list[asyncio.Task[None]]()
        self._ends = began + self._plan["seconds"]
        self._counts_from = began + self._plan["warm"]
        for arrival in arrivals(self._plan["rates"], self._plan["seconds"], self._plan["seed"]):
            await asyncio.sleep(max(0.0, began + arrival.due - time.monotonic()))
            tasks.append(asyncio.create_task(self._one(arrival, began + arrival.due)))
        await asyncio.sleep(max(0.0, self._ends - time.monotonic()))
        unfinished = (await asyncio.wait(tasks, timeout=PATIENCE_S))[1] if tasks else set()
        for task in unfinished:
            task.cancel()
        self._failed["never answered"] += len(unfinished)
        await self._settle()
        return self._found()

    async def _settle(self) -> None:
        """Time for what is pushed last to arrive: a second, and more while something is missing."""
        until = time.monotonic() + SETTLE_S
        if self._listeners:
            await asyncio.sleep(1)
        while self._unheard() > 0 and time.monotonic() < until:  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.1)

    def _unheard(self) -> int:
        """Deliveries that did not arrive, of what was said in rooms of as many sockets each."""
        rooms = len({person.room for person in self._people})
        return self._said * len(self._listeners) // rooms - sum(listener.heard for listener in self._listeners)

    def _found(self) -> dict[str, Any]:
        self._connections.close()
        return {
            "began": self._counts_from,
            "ended": self._ends,
            "begun": dict(self._begun),
            "done": dict(self._done),
            "failed": {why: count for why, count in self._failed.items() if count},
            "answered": self._answered,
            "analyses": self._analyses,
            "seconds": self._connections.seconds,
            "unheard": self._unheard(),
            "people": [{"token": person.token, "refresh": person.refresh} for person in self._people],
        }

    async def _one(self, arrival: Arrival, due: float) -> None:
        counts = due >= self._counts_from
        self._begun[arrival.kind] += counts
        act: dict[str, Callable[[float], Awaitable[None]]] = {
            NEW: lambda due: self._photo(next(self._new), due),
            AGAIN: lambda due: self._photo(next(self._again), due),
            VISIT: self._visit,
            MESSAGE: self._message,
            LEARN: self._learn,
            SEARCH: self._search,
            POLL: self._poll,
        }
        try:
            await act[arrival.kind](due)
        except Refused as refused:
            self._failed[str(refused)] += counts
            return
        self._done[arrival.kind] += counts

    async def _photo(self, file: str, due: float) -> None:
        """A photo, its answer, and what is looked at then."""
        person, photo, ask = next(self._turns), _content(file), self._connections.ask
        said = orjson.dumps({"content_type": "image/jpeg", "size": len(photo)})
        ticket = orjson.loads(await ask("analyze", "POST", "/api/v1/waste/analyze", person.headers, said, due=due))
        await ask("upload", "PUT", ticket["upload_url"], ticket["upload_headers"], photo)
        completed = time.monotonic()
        job = ticket["job_id"]
        await ask("upload-complete", "POST", f"/api/v1/waste/upload-complete/{job}", person.headers, b"{}")
        await self._wait(person, job)
        answered = time.monotonic()
        self._answered += self._counts_from <= answered <= self._ends
        if due >= self._counts_from:
            self._analyses.append((answered - completed, answered - due))
        shown = orjson.loads(await ask("result", "GET", f"/api/v1/waste/jobs/{job}", person.headers))
        if shown["photo_url"]:
            await ask("thumbnail", "GET", shown["photo_url"], {})
        await ask("nearby", "GET", _NEARBY, person.headers)

    async def _wait(self, person: Person, job: str) -> None:
        """Polls until the analysis has ended. The first poll comes at a moment drawn by lot, so that on average the end
        is seen half a poll after it was."""
        await asyncio.sleep(self._drawn.uniform(0, POLL_S))
        while True:
            looked = time.monotonic()
            status = orjson.loads(
                await self._connections.ask("poll", "GET", f"/api/v1/waste/status/{job}", person.headers)
            )
            if status["status"] in ENDED:
                if "result" not in status:
                    raise Refused(f"photo: {status['status']} {status.get('code')}")
                return
            await asyncio.sleep(max(0.0, looked + POLL_S - time.monotonic()))

    async def _poll(self, due: float) -> None:
        person = next(self._pollers)
        await self._connections.ask("poll", "GET", f"/api/v1/waste/status/{person.job}", person.headers, due=due)

    async def _visit(self, due: float) -> None:
        """The page, and a new token for an old one, as after every quarter of an hour."""
        await self._connections.ask("page", "GET", "/", {"accept": "text/html"}, due=due)
        if not self._visitors:
            return  # all of them are refreshing just now
        person = self._visitors.popleft()
        said = orjson.dumps({"refresh_token": person.refresh})
        try:
            given = orjson.loads(await self._connections.ask("refresh", "POST", "/api/v1/auth/refresh", _JSON, said))
        except Refused:
            self._visitors.append(person)
            raise
        person.token, person.refresh = given["access_token"], given["refresh_token"]
        self._visitors.append(person)

    async def _message(self, due: float) -> None:
        person = next(self._turns)
        said = orjson.dumps({"content": _SAID, "clientId": str(uuid4())})
        path = f"/api/v1/chat/rooms/{person.room}/messages"
        await self._connections.ask("message", "POST", path, person.headers, said, due=due)
        self._said += 1

    async def _learn(self, due: float) -> None:
        person = next(self._turns)
        await self._connections.ask("due", "GET", "/api/v1/learning/due", person.headers, due=due)
        for card in self._drawn.sample(person.cards, min(REVIEWS, len(person.cards))):
            said = orjson.dumps({"id": str(uuid4()), "rating": "good"})
            path = f"/api/v1/learning/cards/{card}/reviews"
            await self._connections.ask("review", "POST", path, person.headers, said)

    async def _search(self, due: float) -> None:
        path = f"/api/v1/recycling/search?q={quote(self._drawn.choice(_WORDS))}"
        await self._connections.ask("search", "GET", path, {}, due=due)


def _content(file: str) -> bytes:
    """Written just before, so that it comes from memory: no thread is worth its while."""
    return Path(file).read_bytes()


def _prepare(plan: worker_processes.Plan) -> Any:
    gc.disable()  # a pause here would be measured as one of the server; the run is short
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    people = People(plan)
    runner.run(people.connect())

    def work() -> dict[str, Any]:
        with runner:
            return runner.run(people.run())

    return work


if __name__ == "__main__":
    worker_processes.serve(_prepare)
