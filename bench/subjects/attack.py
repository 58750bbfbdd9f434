"""The product under attack: its memory, a bystander's latency meanwhile, and how soon it is well again.

A row is one kind of attack, from one address, for some seconds; the bystander has another address. A row that cannot be
carried out because the product fails is a missed budget, so that the others still run.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import psutil
import redis
from joserfc import jwt
from joserfc.jwk import OKPKey

from bench import product, worker_processes
from bench.bystander import Answered, Asking, Bystander, Photographer, asking
from bench.client import Client
from bench.paths import detector
from bench.product import Product
from bench.result import BenchmarkResult, at_most, below
from bench.stats import ms
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import ALGORITHMS
from bunri.kit.ids import new_id

FILES: Final = 1024
"""Open files of each process: what most systems allow."""
SAMPLE_EVERY: Final = 0.25
ASK_EVERY: Final = 0.1
HEALTH_EVERY: Final = 0.5
PHOTO_EVERY: Final = 0.5
WELL_S: Final = 0.5
"""An answer within so long is one of a product that is well; it has recovered with the first of three in a row."""
WELL_WITHIN: Final = 15.0
GROWTH: Final = 64.0
DECODING: Final = 200.0
"""MiB that the decoding of one photo may take besides."""
PICTURES_END: Final = ("too_costly", "broken_photo", "too_many_pixels", "not_a_photo", "photo_unreadable")
TAKEN_END: Final = ("done", "asked", "too_costly", "empty_picture", "too_dark")

Plan = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    plan: Plan
    seconds: float = 8.0
    growth: float = GROWTH
    """MiB by which all processes together may grow."""
    photo: str = ""
    """What the bystander has looked at meanwhile: ``photo`` by the coach, ``detect`` by the plain detector."""
    hostile_within: float | None = None
    """Seconds within which a hostile photo has to be refused or answered."""


@dataclass(slots=True)
class Watched:
    """Samples with their times: the memory in MiB, of all processes (PSS) and of the API alone (USS: what would be free
    without it), and the API's processor seconds."""

    memory: list[tuple[float, float]] = field(default_factory=list)
    api: list[tuple[float, float]] = field(default_factory=list)
    cpu: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Seen:
    """What happened in one row."""

    attack: Mapping[str, Any]
    before: float
    watched: Watched
    polls: Asking
    health: Asking
    photos: Asking | None
    recovered: float | None
    """Seconds; None: not within WELL_WITHIN."""


def measure(quick: bool) -> list[BenchmarkResult]:
    with product.running(bounds={}, files=FILES) as running:
        people = [Client.sign_in(running.url) for _ in range(16)]
        refresh = people[0].ask("POST", "/api/v1/auth/guest", {"username": "bench"})["refresh_token"]
        bystander, photographer = Bystander(people.pop()), Photographer(people.pop())
        with suppress(Exception):  # the first of each loads its model; a row shows it where one fails
            photographer.photo()
            bystander.detect()
        lines = []
        for row in _rows(running, people, refresh, quick):
            lines += _measured(running, row, bystander, photographer)
        bystander.close()
    return lines


def _measured(running: Product, row: Row, bystander: Bystander, photographer: Photographer) -> list[BenchmarkResult]:
    """A row's lines; one that says why when it could not be carried out."""
    try:
        with _valkey_growth(running) as grown:
            seen = _seen(running, row, bystander, photographer)
        return list(_lines(row, seen, grown[0]))
    except Exception as error:
        return [
            BenchmarkResult(
                f"{row.name}: failed", 1, "", at_most(0), note=f"{type(error).__name__}: …{str(error)[-200:]}"
            )
        ]


def _seen(running: Product, row: Row, bystander: Bystander, photographer: Photographer) -> Seen:
    before = running.memory()
    shown = {"photo": photographer.photo, "detect": bystander.detect}.get(row.photo)
    with ExitStack() as stack:
        watched = stack.enter_context(_watching(running))
        polls = stack.enter_context(asking(bystander.poll_or_search, ASK_EVERY))
        health = stack.enter_context(asking(bystander.health, HEALTH_EVERY))
        photos = stack.enter_context(asking(shown, PHOTO_EVERY)) if shown else None
        plan = {"url": running.url, "seconds": row.seconds, **row.plan}
        [attack] = worker_processes.run("bench.attacks.attacker", [plan])
        recovered = _recovered(polls, photos, attack["ended"])
    return Seen(attack, before, watched, polls, health, photos, recovered)


def _recovered(polls: Asking, photos: Asking | None, ended: float) -> float | None:
    """Seconds from the end of the attack until three answers in a row came soon, and a photo of the bystander's."""
    while time.monotonic() < ended + WELL_WITHIN:
        well = _well(polls.answers, ended)
        photo = next((each.at for each in photos.answers if each.good and each.at >= ended), None) if photos else ended
        if well is not None and photo is not None:
            return max(well, photo) - ended
        time.sleep(0.05)
    return None


def _well(answers: list[Answered], ended: float) -> float | None:
    """When the first of three good, quick answers in a row came."""
    after = [each for each in list(answers) if each.due >= ended]
    for three in zip(after, after[1:], after[2:], strict=False):
        if all(each.good and each.took < WELL_S for each in three):
            return three[0].at
    return None


def _lines(row: Row, seen: Seen, valkey: float) -> Iterator[BenchmarkResult]:
    began, ended = seen.attack["began"], seen.attack["ended"]
    recovered = ended + (WELL_WITHIN if seen.recovered is None else seen.recovered)
    until = recovered + SAMPLE_EVERY
    peak = max(mib for at, mib in seen.watched.memory if began <= at <= until)
    api = [mib for at, mib in seen.watched.api if at <= until]
    note = f"peak {peak:.0f} MiB, before {seen.before:.0f}, limit {seen.before + row.growth:.0f}; "
    note += f"API {api[0]:.0f} → {max(api):.0f} MiB"
    yield BenchmarkResult(f"{row.name}: growth", max(peak - seen.before, 0), "MiB", at_most(row.growth), note=note)
    yield _latency(row, seen, began, ended)
    asked = seen.health.between(began, ended)
    failed = sum(not each.good for each in asked)
    yield BenchmarkResult(f"{row.name}: /health failed", failed, "", at_most(0), note=f"of {len(asked)}")
    if seen.photos:
        photos = seen.photos.between(began, ended) or seen.photos.after(began)[:1]
        yield _photo(row, photos, recovered, seen.photos.failure)
    if row.hostile_within is not None and seen.attack["slowest"] is not None:
        slowest = seen.attack["slowest"]
        yield BenchmarkResult(f"{row.name}: slowest of them", slowest, "s", below(row.hostile_within))
    if seen.attack["wrong"] is not None:
        wrong = seen.attack["wrong"]
        yield BenchmarkResult(f"{row.name}: wrong answers", sum(wrong.values()), "", at_most(0), note=_counted(wrong))
    if row.plan["attack"] == "refused":
        yield BenchmarkResult(f"{row.name}: Valkey's growth", valkey, "MiB", at_most(2))
    yield BenchmarkResult(
        f"{row.name}: recovery", recovered - ended, "s", below(10), note=_counted(seen.attack["seen"])
    )


def _latency(row: Row, seen: Seen, began: float, ended: float) -> BenchmarkResult:
    polls = seen.polls.between(began, ended)
    took = [each.took for each in polls] or [product.STOP_WITHIN]  # never asked: it stood all the time
    failed = sum(not each.good for each in polls)
    cpu = [seconds for at, seconds in seen.watched.cpu if began <= at <= ended]
    share = (cpu[-1] - cpu[0]) / (ended - began) if len(cpu) > 1 else 0.0
    note = f"p50 {ms(took, 0.5):.0f}, worst {max(took) * 1e3:.0f} ms, {failed} of {len(polls)} failed; "
    note += f"API {share:.0%} of a core"
    return BenchmarkResult(f"{row.name}: bystander, p99", ms(took, 0.99), "ms", below(500), note=note)


def _photo(row: Row, photos: list[Answered], recovered: float, failure: str) -> BenchmarkResult:
    """The bystander's slowest photo; a failed one counts as though it had waited for the recovery."""
    took = [each.took if each.good else recovered - each.due for each in photos]
    failed = sum(not each.good for each in photos)
    note = f"slowest of {len(took)}, {failed} failed" + (f": {failure}" if failed else "")
    return BenchmarkResult(
        f"{row.name}: bystander's own photo", max(took, default=WELL_WITHIN), "s", below(10), note=note
    )


def _counted(seen: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} × {what}" for what, number in sorted(seen.items(), key=lambda each: -each[1])[:12])


@contextmanager
def _watching(running: Product) -> Iterator[Watched]:
    watched, ended, api = Watched(), threading.Event(), running.api()

    def sample() -> None:
        while not ended.wait(SAMPLE_EVERY):
            with suppress(psutil.Error, OSError):
                watched.memory.append((time.monotonic(), running.memory()))
                watched.api.append((time.monotonic(), api.memory_full_info().uss / 2**20))
                watched.cpu.append((time.monotonic(), sum(api.cpu_times()[:2])))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield watched
    finally:
        ended.set()
        thread.join()


@contextmanager
def _valkey_growth(running: Product) -> Iterator[list[float]]:
    """Holds, after the block, by how many MiB Valkey's data has grown."""
    with redis.Redis.from_url(product.settings(running.data).cache_address("common")) as valkey:
        before, grown = valkey.info("memory")["used_memory"], [0.0]
        yield grown
        grown[0] = max(valkey.info("memory")["used_memory"] - before, 0) / 2**20


def _rows(running: Product, people: list[Client], refresh: str, quick: bool) -> Iterator[Row]:
    """In the order of the list of attacks. Each that signs in is a guest of its own."""
    seconds = 2.0 if quick else 8.0
    waiting = 3.0 if quick else 18.0  # longer than headers and bodies may take
    yield Row("1 endless headers, 1 connection", {"attack": "endless_headers", "connections": 1}, seconds)
    yield Row("1 endless headers, 50 connections", {"attack": "endless_headers", "connections": 50}, seconds)
    yield Row("2 half requests, 3,000 connections", {"attack": "half_requests", "connections": 3000}, waiting)
    yield Row("2 half uploads, 200 connections", _half_uploads(people.pop()), waiting)
    yield from _photo_rows(running, people, quick)
    size = {"attack": "uploads", "size": 9_000_000}
    yield Row("7 uploads never completed", {**size, "token": people.pop().token}, seconds)
    yield Row("7 guests by the hundred", {"attack": "guests"}, seconds)
    jobs = {"attack": "jobs", "count": 300, "first": 7_000_000, "token": people.pop().token}
    yield Row("7 300 photos of one guest", jobs, 2 * seconds, DECODING + GROWTH, "photo")
    slow = {"attack": "slow_bodies", "connections": 64}
    shown = "detect" if detector() else ""  # without weights nobody's picture is looked at
    yield Row("8 64 slow bodies to /detect", slow, seconds, DECODING + GROWTH, shown)
    again = {"attack": "tickets", "first": 10_000_000, "token": people.pop().token}
    yield Row("10 tickets used again", again, seconds, DECODING + GROWTH)
    yield Row("12 1,000 event streams of one guest", _event_streams(people.pop()), seconds)
    yield Row("13 refused votes and keys", {"attack": "refused", "token": people.pop().token}, seconds)
    yield Row("14, 15 tokens", {"attack": "tokens", "tokens": _tokens(running), "refresh": refresh}, seconds / 2)
    yield Row("fuzzing", {"attack": "nonsense", "requests": _requests(people.pop())}, 3.0 if quick else 30.0)


def _photo_rows(running: Product, people: list[Client], quick: bool) -> Iterator[Row]:
    def row(name: str, pictures: str, ends: tuple[str, ...], within: float | None = 5.0) -> Row:
        token = people.pop().token
        plan = {"attack": "photos", "pictures": [pictures], "ends": ends, "quick": quick, "token": token}
        return Row(name, plan, 20.0, growth=DECODING + GROWTH, photo="photo", hostile_within=within)

    yield row("3 JPEG that hides its scans", "hidden scans", PICTURES_END)
    yield row("3 JPEG of 100 scans", "many scans", (*PICTURES_END, *TAKEN_END))
    yield row("4 PNG of two headers", "two headers", PICTURES_END)
    yield row("5 the largest of each format", "largest", TAKEN_END, within=None)
    pids = [worker.pid for worker in running.workers()]
    short = {"attack": "short_of_memory", "pids": pids, "first": 6_000_000, "token": people.pop().token}
    yield Row("6 a worker short of memory", short, growth=DECODING + GROWTH, photo="photo")


def _half_uploads(guest: Client) -> Plan:
    """Ten tickets, each used by twenty connections."""
    size, heads = 1_000_000, []
    for _ in range(10):
        job = guest.ask("POST", "/api/v1/waste/analyze", {"content_type": "image/jpeg", "size": size})
        target = urlsplit(job["upload_url"])
        headers = {"host": target.netloc, **job["upload_headers"], "content-length": str(size)}
        lines = [f"{name}: {value}" for name, value in {key.lower(): value for key, value in headers.items()}.items()]
        heads.append("\r\n".join([f"PUT {target.path}?{target.query} HTTP/1.1", *lines, "", ""]))
    return {"attack": "half_uploads", "connections": 200, "uploads": heads, "half": size // 2}


def _event_streams(guest: Client) -> Plan:
    job = guest.ask("POST", "/api/v1/waste/analyze", {"content_type": "image/jpeg", "size": 1000})["job_id"]
    path = f"/api/v1/waste/status/{job}/events"
    return {"attack": "event_streams", "connections": 1000, "path": path, "token": guest.token}


def _requests(guest: Client) -> list[str]:
    """Valid ones, to be cut up and changed."""
    headers = f"host: x\r\nauthorization: Bearer {guest.token}\r\ncontent-type: application/json\r\n"
    body = '{"content_type":"image/jpeg","size":1000}'
    return [
        f"GET /api/v1/recycling/search?q=can HTTP/1.1\r\n{headers}\r\n",
        f"GET /api/v1/waste/jobs HTTP/1.1\r\n{headers}\r\n",
        f"GET /api/v1/locations/nearby?lat=37.5&lng=127.0 HTTP/1.1\r\n{headers}\r\n",
        f"POST /api/v1/waste/analyze HTTP/1.1\r\n{headers}content-length: {len(body)}\r\n\r\n{body}",
        f"POST /api/v1/waste/analyze HTTP/1.1\r\n{headers}transfer-encoding: chunked\r\n\r\n29\r\n{body}\r\n0\r\n\r\n",
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n{headers}connection: upgrade\r\nupgrade: websocket\r\n"
        "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ]


def _tokens(running: Product) -> dict[str, str]:
    """Access tokens to be refused: made up, or truly signed and absurd."""
    now = datetime.now(UTC)
    key = SigningKeys(product.settings(running.data).key("access tokens")).at(now)
    soon, past = int((now + timedelta(hours=1)).timestamp()), int(now.timestamp())
    absurd: dict[str, dict[str, object]] = {
        "an exp without end": {"exp": 10**30},
        "an exp that is a word": {"exp": "tomorrow"},
        "an exp in ten thousand years": {"exp": soon + 10_000 * 365 * 86400},
        "an exp of yesterday": {"exp": past - 86400},
        "an nbf of tomorrow": {"nbf": past + 86400},
        "an iat of tomorrow": {"iat": past + 86400},
        "a subject that is a list": {"sub": ["guest"]},
    }
    return {
        "three dots": "a.b.c.d",
        "letters": "x" * 3000,
        "no signature": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJndWVzdF8xIn0.",
        **{name: _signed(key, {"iat": past, "exp": soon, **changed}) for name, changed in absurd.items()},
    }


def _signed(key: OKPKey, changed: Mapping[str, object]) -> str:
    usual = {"iss": "bunri", "aud": "bunri:access", "sub": f"guest_{new_id()}", "sid": str(new_id())}
    claims = {**usual, "name": "bench", "kind": "guest", "roles": [], **changed}
    return jwt.encode({"alg": ALGORITHMS[0], "typ": "at+jwt"}, claims, key, algorithms=ALGORITHMS)
