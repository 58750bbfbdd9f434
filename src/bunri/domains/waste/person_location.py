"""Where a person stood when they sent a photo: in Valkey for an hour and nowhere else (facts.md, "Kakao": location
act)."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from bunri.domains.waste.schemas import Coordinates
from bunri.platform.cache import Cache, CacheUnavailable

log = structlog.get_logger(__name__)

LIFETIME: Final = timedelta(hours=1)


class PersonLocation:
    """``job:{id}:place``. Without it an answer has no bins."""

    def __init__(self, cache: Cache, *, lifetime: timedelta = LIFETIME) -> None:
        self._cache = cache
        self._lifetime = lifetime

    async def put(self, job_id: UUID, location: Coordinates) -> None:
        try:
            await self._cache.set(_key(job_id), location.model_dump_json().encode(), self._lifetime)
        except CacheUnavailable as error:
            log.warning("location.skipped", reason=str(error))

    async def get(self, job_id: UUID) -> Coordinates | None:
        try:
            raw = await self._cache.get(_key(job_id))
        except CacheUnavailable:
            return None
        return Coordinates.model_validate_json(raw) if raw else None

    async def forget(self, job_id: UUID) -> None:
        try:
            await self._cache.delete(_key(job_id))
        except CacheUnavailable as error:
            log.warning("location.skipped", reason=str(error))


def _key(job_id: UUID) -> str:
    return f"job:{job_id}:place"
