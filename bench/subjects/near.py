"""Nearly the same photo among a million: the bands of waste, as the repository asks for them."""

import asyncio
import time
from typing import Any, Final

import asyncpg
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from bench import database
from bench.line import Line, at_least, below
from bench.stats import ms, warmed
from bunri.domains.waste.repository import WasteRepository
from bunri.platform.db import Database

MOST_BITS: Final = 15
QUERIES_A_DISTANCE: Final = 100
EYES: Final = "detector=bench@00000000"
OWN: Final = ("bottle",)

Hashes = NDArray[np.uint8]


def measure(quick: bool) -> list[Line]:
    return asyncio.run(_measure(100_000 if quick else 1_000_000))


async def _measure(count: int) -> list[Line]:
    random = np.random.default_rng(4)
    hashes = random.integers(0, 256, (count, 32), dtype=np.uint8)
    async with database.migrated("waste") as (owner, waste):
        await _fill(owner, hashes)
        floor = await _floor(waste)
        missed, seconds, whole = await _look(waste, hashes, random)
    asked = (MOST_BITS + 1) * QUERIES_A_DISTANCE
    among = f"among {count:,} random hashes"
    found = f"{asked - missed} of {asked} within 0 to {MOST_BITS} bits"
    return [
        Line(f"recall {among}", 1 - missed / asked, "", at_least(1), note=found),
        Line("p99 of the lookup", ms(seconds, 0.99), "ms", below(2), "select 1", ms(floor, 0.99), _p50(seconds, floor)),
        Line("p99 with a transaction of its own", ms(whole, 0.99), "ms", note=f"p50 {ms(whole, 0.5):.2f} ms"),
    ]


def _p50(seconds: list[float], floor: list[float]) -> str:
    return f"p50 {ms(seconds, 0.5):.2f} ms, select 1 by the same way {ms(floor, 0.5):.2f} ms"


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
            "eyes": EYES.encode(),
            "own": _array_of_one(OWN[0]),
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


async def _floor(waste: Database) -> list[float]:
    """What any question costs on the way that the repository takes."""
    seconds = []
    async with waste.transaction("waste") as session:
        for _ in range(1000):
            started = time.perf_counter()
            (await session.execute(text("select 1"))).scalar_one()
            seconds.append(time.perf_counter() - started)
    return list(warmed(seconds))


async def _look(waste: Database, hashes: Hashes, random: np.random.Generator) -> tuple[int, list[float], list[float]]:
    """How many planted neighbours were missed, the seconds of each lookup, and those of some with a transaction."""
    missed, seconds, whole = 0, [], []
    planted = [
        (int(which), _flipped(hashes[which], bits, random))
        for bits in range(MOST_BITS + 1)
        for which in random.integers(0, len(hashes), QUERIES_A_DISTANCE)
    ]
    random.shuffle(planted)
    async with waste.transaction("waste") as session:
        repository = WasteRepository(session)
        for which, phash in planted:
            started = time.perf_counter()
            found = await repository.seen_nearly(phash, EYES, OWN, MOST_BITS)
            seconds.append(time.perf_counter() - started)
            missed += found != _sight(which)
    for _, phash in planted[:500]:
        started = time.perf_counter()
        async with waste.transaction("waste") as session:
            await WasteRepository(session).seen_nearly(phash, EYES, OWN, MOST_BITS)
        whole.append(time.perf_counter() - started)
    return missed, list(warmed(seconds)), list(warmed(whole))


def _sight(which: int) -> dict[str, Any]:
    return {"n": f"{which + 1:08d}"}


def _flipped(phash: Hashes, bits: int, random: np.random.Generator) -> bytes:
    unpacked = np.unpackbits(phash)
    unpacked[random.choice(256, bits, replace=False)] ^= 1
    return np.packbits(unpacked).tobytes()
