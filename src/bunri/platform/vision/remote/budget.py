"""How many photos a remote vision model is sent in a day, by all processes of an installation together."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bunri.platform.cache import Cache
from bunri.platform.cache.valkey import CacheUnavailable
from bunri.platform.vision.errors import VisionFailed
from bunri.platform.vision.protocol import Pixels, VisionResult
from bunri.platform.vision.remote.factory import RemoteVision
from bunri.platform.vision.remote.metrics import PHOTOS

NOT_SENT: Final = "circuit_open"
"""The one failure for which nothing was sent."""
_KEPT: Final = timedelta(days=2)


class BudgetedVision:
    """A RemoteVision that is asked at most ``a_day`` times in a day of UTC (None: as often as anybody likes).

    Processes that look at the same moment may each send one photo more. While nobody can count, nothing is sent.
    """

    def __init__(self, vision: RemoteVision, cache: Cache, a_day: int | None, clock: Callable[[], datetime]) -> None:
        self._vision = vision
        self._cache = cache
        self._a_day = a_day
        self._clock = clock
        self.failure: str | None = None
        """Why the last photo was not looked at; None where it was."""

    @property
    def models(self) -> dict[str, str]:
        return self._vision.models

    async def see(self, pixels: Pixels) -> VisionResult:
        """As Vision. Raises VisionFailed, with ``budget`` as the reason when the day's photos are used up."""
        try:
            result = await self._see(pixels)
        except VisionFailed as failed:
            self.failure = str(failed.data["reason"])
            PHOTOS.labels("budget" if self.failure.startswith("budget") else "failed").inc()
            raise
        self.failure = None
        PHOTOS.labels("answered").inc()
        return result

    async def aclose(self) -> None:
        await self._vision.aclose()

    async def _see(self, pixels: Pixels) -> VisionResult:
        if self._a_day is None:
            return await self._vision.see(pixels)
        key = f"remote_vision:{self._clock():%Y-%m-%d}"
        await self._check(key, self._a_day)
        try:
            result = await self._vision.see(pixels)
        except VisionFailed as failed:
            if failed.data["reason"] != NOT_SENT:
                await self._count(key)
            raise
        await self._count(key)
        return result

    async def _check(self, key: str, a_day: int) -> None:
        try:
            sent = int(await self._cache.get(key) or 0)
        except CacheUnavailable as error:
            raise VisionFailed(reason="budget_unknown") from error
        if sent >= a_day:
            raise VisionFailed(reason="budget")

    async def _count(self, key: str) -> None:
        try:
            await self._cache.count(key, _KEPT)
        except CacheUnavailable:
            return  # the next one finds nobody to count, and is not sent
