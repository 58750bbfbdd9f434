"""Signing in and staying signed in, beside what both rest on; and whether answers tell by their lateness who has an
account."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from bench import product, worker_processes
from bench.accounts import PASSWORD, Accounts, make_accounts
from bench.client import Client
from bench.load import load, request
from bench.product import BOUNDS, Product
from bench.result import BenchmarkResult, at_least, at_most, below, times
from bench.stats import mann_whitney, median, ms

RAISED: Final = {
    "BUNRI_LIMITS__PERSON__SIGN_IN": "1000000/minute",
    "BUNRI_LIMITS__PERSON__MAIL": "1000000/minute",
}
SIGNING_IN: Final = 8
"""People who sign in at the same time: more than hashes are computed at once, so that none of these waits for work."""
REFRESHING: Final = 16
STAYING: Final = 50
KNOWN: Final = 200
INDISTINGUISHABLE: Final = 0.01
"""The least p of the Mann–Whitney test. Alike times give less than that in one of a hundred runs."""
LOGIN: Final = "/api/v1/auth/login"
_JSON: Final = {"content-type": "application/json"}


def measure(quick: bool) -> list[BenchmarkResult]:
    rounds, seconds, known = (1, 2.0, 20) if quick else (3, 6.0, KNOWN)
    with product.running(bounds={**BOUNDS, **RAISED}) as running:
        accounts = asyncio.run(make_accounts(product.settings(running.data), known))
        return [
            *_signing_in(running, accounts, rounds, seconds),
            *_refreshing(running, rounds, seconds),
            *_timing(running, accounts),
        ]


def _signing_in(running: Product, accounts: Accounts, rounds: int, seconds: float) -> list[BenchmarkResult]:
    """In turns with Argon2id alone, so that changes of the machine's load affect both alike."""
    threads = product.settings(running.data).auth.hashes_at_once
    asked = [_login(email, PASSWORD) for email in accounts.emails]
    alone = {"hash": accounts.password_hash, "password": PASSWORD, "threads": threads, "seconds": seconds}
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(load(asked, running.url, clients=SIGNING_IN, seconds=seconds))
        theirs.append(worker_processes.run("bench.hashing", [alone])[0]["per_second"])
    p50, p99 = (median([getattr(each, name) for each in ours]) for name in ("p50", "p99"))
    return [
        BenchmarkResult(
            f"signing in by a password, {SIGNING_IN} at once",
            median([each.per_second for each in ours]),
            "logins/s",
            times(0.85),
            peer=f"Argon2id alone, {threads} threads",
            beside=median(theirs),
            note=f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, {sum(each.errors for each in ours)} errors",
        )
    ]


def _refreshing(running: Product, rounds: int, seconds: float) -> list[BenchmarkResult]:
    """In turns with the statements alone."""
    guest = Client(running.url)
    tokens = [guest.ask("POST", "/api/v1/auth/guest", {"username": "bench"})["refresh_token"] for _ in range(STAYING)]
    settings = product.settings(running.data)
    connections = 2 * settings.database_pool
    bare = {"database": str(settings.database_url), "connections": connections, "seconds": seconds / 2}
    ours, theirs, errors = [], [], 0
    for _ in range(rounds):
        plan = {"url": running.url, "tokens": tokens[:REFRESHING], "seconds": seconds, "period": None}
        [found] = worker_processes.run("bench.refreshing", [plan])
        tokens[:REFRESHING] = found["tokens"]
        errors += found["errors"]
        ours.append(found["per_second"])
        theirs.append(worker_processes.run("bench.refresh_statements", [bare])[0]["per_second"])
    fresh = [guest.ask("POST", "/api/v1/auth/guest", {"username": "bench"})["refresh_token"] for _ in range(STAYING)]
    plan = {"url": running.url, "tokens": fresh, "seconds": 2 * seconds, "period": 1.0}
    [beat] = worker_processes.run("bench.refreshing", [plan])
    return [
        BenchmarkResult(
            f"refreshing, {REFRESHING} at once without a pause",
            median(ours),
            "refreshes/s",
            peer=f"the statements alone, {connections} connections",
            beside=median(theirs),
        ),
        BenchmarkResult(
            f"refreshing, p99, {STAYING} people, one each second",
            beat["p99"],
            "ms",
            below(20),
            note=f"p50 {beat['p50']:.1f} ms",
        ),
        BenchmarkResult("refreshing, errors", errors + beat["errors"], "", at_most(0)),
    ]


# ── who has an account ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked for an address, known or not, and the status of both answers."""

    name: str
    of: Callable[[str], bytes]
    status: int


def _login(email: str, password: str) -> bytes:
    return request("POST", LOGIN, _JSON, orjson.dumps({"email": email, "password": password}))


def _register(email: str) -> bytes:
    body = {"email": email, "password": PASSWORD, "username": "bench"}
    return request("POST", "/api/v1/auth/register", _JSON, orjson.dumps(body))


def _forgot(email: str) -> bytes:
    return request("POST", "/api/v1/auth/forgot-password", _JSON, orjson.dumps({"email": email}))


QUESTIONS: Final = (
    _Question("login", lambda email: _login(email, "not the password"), 401),
    _Question("register", _register, 202),
    _Question("forgot password", _forgot, 202),
)


def _timing(running: Product, accounts: Accounts) -> list[BenchmarkResult]:
    return [_alike(running, question, accounts.emails) for question in QUESTIONS]


def _alike(running: Product, question: _Question, known: Sequence[str]) -> BenchmarkResult:
    """Known and unknown addresses in turns, now the one first and now the other; the unknown ones are as long."""
    unknown = [f"other-{number:04}@example.org" for number in range(len(known))]
    pairs = [random.sample([(email, True), (other, False)], 2) for email, other in zip(known, unknown, strict=True)]
    order = [each for pair in pairs for each in pair]
    warm = [question.of(f"first-{number:04}@example.org") for number in range(5)]
    requests = [each.decode() for each in [*warm, *(question.of(email) for email, _ in order)]]
    [found] = worker_processes.run("bench.lateness", [{"url": running.url, "requests": requests}])
    if set(found["statuses"]) != {question.status}:
        raise RuntimeError(f"{question.name}: {sorted(set(found['statuses']))} instead of {question.status}")
    took = found["seconds"][len(warm) :]
    sides = {
        is_known: [late for late, (_, each) in zip(took, order, strict=True) if each is is_known]
        for is_known in (True, False)
    }
    p = mann_whitney(sides[True], sides[False])
    shown = ", ".join(
        f"{name} {ms(sides[is_known], 0.1):.2f} / {ms(sides[is_known], 0.5):.2f} / {ms(sides[is_known], 0.9):.2f} ms"
        for is_known, name in ((True, "known"), (False, "unknown"))
    )
    verdict = "indistinguishable" if p > INDISTINGUISHABLE else "DISTINGUISHABLE"
    return BenchmarkResult(
        f"{question.name}, {len(known)} known and as many unknown addresses: p that they take equally long",
        p,
        "",
        at_least(INDISTINGUISHABLE),
        note=f"{verdict}; p10 / p50 / p90: {shown}",
    )
