"""Searching a near-duplicate among a million photos with the statement of waste's repository."""

import asyncio
import time
from typing import Any, Final

import asyncpg
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from bench import database
from bench.result import BenchmarkResult, at_least, below
from bench.stats import ms, without_warmup
from bunri.domains.waste.repository import WasteRepository
from bunri.platform.db import Database

MAX_BITS: Final = 15
QUERIES_A_DISTANCE: Final = 100
VISION_MODELS: Final = "detector=bench@00000000"
IMPRESSION: Final = ("bottle",)

Hashes = NDArray[np.uint8]


def measure(quick: bool) -> list[BenchmarkResult]:
    return asyncio.run(_measure(100_000 if quick else 1_000_000))


async def _measure(count: int) -> list[BenchmarkResult]:
    random = np.random.default_rng(4)
    hashes = random.integers(0, 256, (count, 32), dtype=np.uint8)
    async with database.migrated("waste") as (owner, waste):
        await _fill(owner, hashes)
        lower_limit = await _lower_limit(waste)
        missed, seconds, whole = await _search(waste, hashes, random)
    asked = (MAX_BITS + 1) * QUERIES_A_DISTANCE
    among = f"among {count:,} random hashes"
    found = f"{asked - missed} of {asked} within 0 to {MAX_BITS} bits"
    return [
        BenchmarkResult(f"recall {among}", 1 - missed / asked, "", at_least(1), note=found),
        BenchmarkResult(
            "p99 of the lookup",
            ms(seconds, 0.99),
            "ms",
            below(2),
            "select 1",
            ms(lower_limit, 0.99),
            _p50(seconds, lower_limit),
        ),
        BenchmarkResult(
            "p99 with a transaction of its own", ms(whole, 0.99), "ms", note=f"p50 {ms(whole, 0.5):.2f} ms"
        ),
    ]


def _p50(seconds: list[float], lower_limit: list[float]) -> str:
    return f"p50 {ms(seconds, 0.5):.2f} ms, select 1 by the same way {ms(lower_limit, 0.5):.2f} ms"


async def _fill(owner: asyncpg.Connection, hashes: Hashes) -> None:
    count = len(hashes)
    ids = np.arange(1, count + 1, dtype=">i8")
    names = np.char.zfill(ids.astype("S"), 8)
    sight = np.char.add(np.char.add(b'\x01{"n":"', names), b'"}')
    bits = np.hstack([np.tile(np.frombuffer((256).to_bytes(4, "big"), np.uint8), (count, 1)), hashes])
    await database.copy(
        owner,
        "waste",
        "fingerprints",
        {
            "id": ids,
            "sha256": np.random.default_rng(5).integers(0, 256, (count, 32), dtype=np.uint8),
            "phash": bits,
            "eyes": VISION_MODELS.encode(),
            "own": _array_of_one(IMPRESSION[0]),
            "sight": sight,
            "created_at": bytes(8),
        },
    )
    await owner.execute("vacuum analyze waste.fingerprints")
    bands = hashes.view(">u2").astype(">i4") + (np.arange(16, dtype=">i4") << 16)
    async with database.without_indexes(owner, "waste.bands"):
        await database.copy(
            owner,
            "waste",
            "bands",
            {
                "band": bands.ravel().astype(">i4"),
                "fingerprint_id": np.repeat(ids, 16),
                "phash": np.repeat(bits, 16, axis=0),
            },
        )
    await owner.execute("checkpoint")


def _array_of_one(word: str) -> bytes:
    """``text[]`` with one element, in PostgreSQL's binary form: dimensions, nulls, type 25, length and lower bound."""
    numbers = (1, 0, 25, 1, 1, len(word))
    return b"".join(number.to_bytes(4, "big") for number in numbers) + word.encode()


async def _lower_limit(waste: Database) -> list[float]:
    """Seconds of the simplest query on the repository's connection, as a lower limit."""
    seconds = []
    async with waste.transaction("waste") as session:
        for _ in range(1000):
            started = time.perf_counter()
            (await session.execute(text("select 1"))).scalar_one()
            seconds.append(time.perf_counter() - started)
    return list(without_warmup(seconds))


async def _search(waste: Database, hashes: Hashes, random: np.random.Generator) -> tuple[int, list[float], list[float]]:
    """The number of planted neighbours that were missed, the seconds of each lookup, and of some with a transaction."""
    missed, seconds, whole = 0, [], []
    planted = [
        (int(which), _flipped(hashes[which], bits, random))
        for bits in range(MAX_BITS + 1)
        for which in random.integers(0, len(hashes), QUERIES_A_DISTANCE)
    ]
    random.shuffle(planted)
    async with waste.transaction("waste") as session:
        repository = WasteRepository(session)
        for which, phash in planted:
            started = time.perf_counter()
            found = await repository.seen_nearly(phash, VISION_MODELS, IMPRESSION, MAX_BITS)
            seconds.append(time.perf_counter() - started)
            missed += found != _result(which)
    for _, phash in planted[:500]:
        started = time.perf_counter()
        async with waste.transaction("waste") as session:
            await WasteRepository(session).seen_nearly(phash, VISION_MODELS, IMPRESSION, MAX_BITS)
        whole.append(time.perf_counter() - started)
    return missed, list(without_warmup(seconds)), list(without_warmup(whole))


def _result(which: int) -> dict[str, Any]:
    return {"n": f"{which + 1:08d}"}


def _flipped(phash: Hashes, bits: int, random: np.random.Generator) -> bytes:
    unpacked = np.unpackbits(phash)
    unpacked[random.choice(256, bits, replace=False)] ^= 1
    return np.packbits(unpacked).tobytes()
