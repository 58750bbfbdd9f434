"""Searching a near-duplicate among a million photos with the statements of waste's repository."""

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
CROPS: Final = 1000
VISION_MODELS: Final = "detector=bench@00000000"
LANDMARKS: Final = 16
COMMON: Final = 4096
"""Landmarks that many photos have. A tenth of all are of these, so that a photo has one in common with some 600 of a
million others: as many as TrashNet's photos have."""
KEPT: Final = 8
"""Landmarks that a crop keeps."""
SOUGHT: Final = 8
"""Numbers that are sought for each landmark (platform.photos.landmarks)."""

Hashes = NDArray[np.uint8]
Numbers = NDArray[np.int64]


def measure(quick: bool) -> list[BenchmarkResult]:
    return asyncio.run(_measure(100_000 if quick else 1_000_000))


async def _measure(count: int) -> list[BenchmarkResult]:
    random = np.random.default_rng(4)
    hashes = random.integers(0, 256, (count, 32), dtype=np.uint8)
    landmarks = _landmarks(count, random)
    async with database.migrated("waste") as (owner, waste):
        await _fill(owner, hashes, landmarks)
        lower_limit = await _lower_limit(waste)
        missed, seconds, whole = await _search(waste, hashes, random)
        crops_missed, crop_seconds = await _search_crops(waste, landmarks, random)
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
            f"crops found {among.replace('hashes', 'photos')}",
            1 - crops_missed / CROPS,
            "",
            at_least(1),
            note=f"{KEPT} of {LANDMARKS} landmarks kept",
        ),
        BenchmarkResult(
            "p99 of the lookup by landmarks",
            ms(crop_seconds, 0.99),
            "ms",
            below(5),
            note=f"p50 {ms(crop_seconds, 0.5):.2f} ms",
        ),
        BenchmarkResult(
            "p99 with a transaction of its own", ms(whole, 0.99), "ms", note=f"p50 {ms(whole, 0.5):.2f} ms"
        ),
    ]


def _p50(seconds: list[float], lower_limit: list[float]) -> str:
    return f"p50 {ms(seconds, 0.5):.2f} ms, select 1 by the same way {ms(lower_limit, 0.5):.2f} ms"


def _landmarks(count: int, random: np.random.Generator) -> Numbers:
    numbers = random.integers(-(2**31), 2**31, (count, LANDMARKS))
    common = random.integers(-(2**31), 2**31, COMMON)
    return np.where(random.random(numbers.shape) < 0.1, common[random.integers(0, COMMON, numbers.shape)], numbers)


async def _fill(owner: asyncpg.Connection, hashes: Hashes, landmarks: Numbers) -> None:
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
            "own": bytes(8) + (25).to_bytes(4, "big"),  # text[] without elements
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
    pairs = np.unique(np.column_stack([landmarks.ravel(), np.repeat(ids, LANDMARKS)]).astype("i8"), axis=0)
    async with database.without_indexes(owner, "waste.landmarks"):
        columns = {"number": pairs[:, 0].astype(">i4"), "fingerprint_id": pairs[:, 1].astype(">i8")}
        await database.copy(owner, "waste", "landmarks", columns)
    await owner.execute("checkpoint")


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
            found = await repository.with_near_hash([phash], VISION_MODELS, MAX_BITS)
            seconds.append(time.perf_counter() - started)
            missed += [photo.vision for photo in found] != [_result(which)]
    for _, phash in planted[:500]:
        started = time.perf_counter()
        async with waste.transaction("waste") as session:
            await WasteRepository(session).with_near_hash([phash], VISION_MODELS, MAX_BITS)
        whole.append(time.perf_counter() - started)
    return missed, list(without_warmup(seconds)), list(without_warmup(whole))


async def _search_crops(waste: Database, landmarks: Numbers, random: np.random.Generator) -> tuple[int, list[float]]:
    """The number of planted crops that were missed, and the seconds of each lookup."""
    missed, seconds = 0, []
    async with waste.transaction("waste") as session:
        repository = WasteRepository(session)
        for which in random.integers(0, len(landmarks), CROPS):
            sought = random.integers(-(2**31), 2**31, LANDMARKS * SOUGHT)
            sought[:KEPT] = random.permutation(landmarks[which])[:KEPT]
            started = time.perf_counter()
            found = await repository.with_landmarks(sought.tolist(), VISION_MODELS)
            seconds.append(time.perf_counter() - started)
            missed += not found or found[0].vision != _result(int(which))
    return missed, list(without_warmup(seconds))


def _result(which: int) -> dict[str, Any]:
    return {"n": f"{which + 1:08d}"}


def _flipped(phash: Hashes, bits: int, random: np.random.Generator) -> bytes:
    unpacked = np.unpackbits(phash)
    unpacked[random.choice(256, bits, replace=False)] ^= 1
    return np.packbits(unpacked).tobytes()
