"""The day's photos of a remote model, counted in a real Valkey."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bunri.app.settings import Settings
from bunri.kit.ids import new_id
from bunri.platform.cache import Cache
from bunri.platform.vision.errors import VisionFailed
from bunri.platform.vision.protocol import Pixels, VisionResult
from bunri.platform.vision.remote.budget import BudgetedVision

PHOTO: Pixels = np.zeros((8, 8, 3), np.uint8)


class Looking:
    """A RemoteVision that fails for the reasons given, in turn."""

    def __init__(self, *reasons: str | None) -> None:
        self.models = {"describer": "test@1"}
        self._reasons = list(reasons)
        self.photos = 0

    async def see(self, pixels: Pixels) -> VisionResult:
        self.photos += 1
        if self._reasons and (reason := self._reasons.pop(0)):
            raise VisionFailed(reason=reason)
        return VisionResult((), self.models)

    async def aclose(self) -> None:
        return


@pytest.fixture
async def cache(settings: Settings) -> AsyncIterator[Cache]:
    made = Cache(settings.cache_address("common"))
    yield made
    await made.close()


@pytest.fixture
def day() -> datetime:
    """One that no other test counts in."""
    return datetime(2100, 1, 1, 12, tzinfo=UTC) + timedelta(days=new_id().int % 300_000)


def on(day: datetime) -> Callable[[], datetime]:
    return lambda: day


async def reasons(vision: BudgetedVision, times: int) -> list[object]:
    """What became of each photo; None: it was looked at."""
    found: list[object] = []
    for _ in range(times):
        try:
            await vision.see(PHOTO)
            found.append(None)
        except VisionFailed as failed:
            found.append(failed.data["reason"])
    return found


class TestTheDay:
    async def test_beyond_its_budget_nothing_is_sent(self, cache: Cache, day: datetime) -> None:
        looking = Looking()
        vision = BudgetedVision(looking, cache, 2, on(day))
        assert await reasons(vision, 4) == [None, None, "budget", "budget"]
        assert looking.photos == 2

    async def test_all_processes_have_one_budget_and_the_next_day_another(self, cache: Cache, day: datetime) -> None:
        looking = Looking()
        first, second = (BudgetedVision(looking, cache, 2, on(day)) for _ in range(2))
        assert [*await reasons(first, 1), *await reasons(second, 2)] == [None, None, "budget"]
        assert await reasons(BudgetedVision(looking, cache, 2, on(day + timedelta(days=1))), 1) == [None]

    async def test_a_failure_counts_where_something_was_sent(self, cache: Cache, day: datetime) -> None:
        looking = Looking("timeout", "circuit_open", "circuit_open")
        vision = BudgetedVision(looking, cache, 2, on(day))
        assert await reasons(vision, 5) == ["timeout", "circuit_open", "circuit_open", None, "budget"]

    async def test_without_a_budget_any_number_is(self, cache: Cache, day: datetime) -> None:
        assert await reasons(BudgetedVision(Looking(), cache, None, on(day)), 5) == [None] * 5


async def test_while_nobody_can_count_nothing_is_sent(day: datetime) -> None:
    away, looking = Cache("redis://127.0.0.1:9/0", timeout=0.2), Looking()
    try:
        assert await reasons(BudgetedVision(looking, away, 5, on(day)), 1) == ["budget_unknown"]
    finally:
        await away.close()
    assert looking.photos == 0


async def test_it_says_why_the_last_photo_was_not_looked_at(cache: Cache, day: datetime) -> None:
    vision = BudgetedVision(Looking("status_500", None), cache, None, on(day))
    failures = []
    for _ in range(2):
        await reasons(vision, 1)
        failures.append(vision.failure)
    assert failures == ["status_500", None]
