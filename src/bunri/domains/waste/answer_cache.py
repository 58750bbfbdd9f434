"""Answers to the same photo under the same conditions, in Valkey for seven days: ``cache:hash:{sha256}`` (COACH-6).

Nothing here is needed: when Valkey is away, a photo is analysed again.
"""

import hashlib
from datetime import timedelta
from typing import Final

import structlog
from pydantic import BaseModel

from bunri import __version__
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.records import Job
from bunri.domains.waste.schemas import Result
from bunri.platform.cache import Cache, CacheUnavailable

log = structlog.get_logger(__name__)

LIFETIME: Final = timedelta(days=7)
_MODELS: Final = "cache:models"
MOST: Final = 32
"""Answers to one photo: the typed words are a condition, and there is no end of words."""


class CachedAnswer(BaseModel):
    """A finished analysis: the items before their rules were looked up, and the answer."""

    items: list[SeenItem]
    result: Result


def answer_cache_key(job: Job, model_versions: str, rules_version: str) -> str:
    """The conditions under which an answer holds: this version of bunri, models, rules, language, district, and what
    the person said."""
    conditions = (
        __version__,
        model_versions,
        rules_version,
        job.language,
        job.region or "",
        ",".join(sorted(job.tags)),
        job.note or "",
    )
    return hashlib.sha256("\x1f".join(conditions).encode()).hexdigest()[:32]


class AnswerCache:
    def __init__(self, cache: Cache, *, lifetime: timedelta = LIFETIME) -> None:
        self._cache = cache
        self._lifetime = lifetime

    async def get(self, sha256: bytes, key: str) -> CachedAnswer | None:
        """The answer to the same bytes under the conditions of ``key``."""
        try:
            raw = await self._cache.get_field(_photo_key(sha256), key)
        except CacheUnavailable:
            return None
        return CachedAnswer.model_validate_json(raw) if raw else None

    async def models(self) -> str | None:
        """The versions of the models that last answered a new photo, for who has none of its own."""
        try:
            found = await self._cache.get(_MODELS)
        except CacheUnavailable:
            return None
        return found.decode() if found else None

    async def put_models(self, versions: str) -> None:
        try:
            await self._cache.set(_MODELS, versions.encode(), self._lifetime)
        except CacheUnavailable as error:
            log.warning("answer_cache.skipped", reason=str(error))

    async def put(self, sha256: bytes, key: str, answer: CachedAnswer) -> None:
        """Without the bins: another person stands somewhere else."""
        anywhere = answer.result.model_copy(update={"nearby_bins": [], "cached": None})
        value = answer.model_copy(update={"result": anywhere}).model_dump_json().encode()
        try:
            await self._cache.set_field(_photo_key(sha256), key, value, self._lifetime, most=MOST)
        except CacheUnavailable as error:
            log.warning("answer_cache.skipped", reason=str(error))


def _photo_key(sha256: bytes) -> str:
    return f"cache:hash:{sha256.hex()}"
