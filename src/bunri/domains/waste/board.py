"""The job's mirror in Valkey for polling, and what may be forgotten: results by photo, and where the person stands.

Keys and lives by contract (COACH-6): ``job:{id}:progress`` 1 h, ``job:{id}:result`` 24 h,
``cache:hash:{sha256}`` 7 days.
A progress value is ``owner "\\n" JSON``, so that a poll compares the owner and passes the rest on unparsed.
Nothing here is needed to finish a job: when Valkey is away, writing is skipped and reading finds nothing.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from pydantic import BaseModel

from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.models import Job
from bunri.domains.waste.schemas import Place, Result, Status
from bunri.domains.waste.states import FIRST_STAGE, Stage, State
from bunri.kit.languages import Language, text
from bunri.kit.sentences import sentence_of
from bunri.platform.cache import Cache, CacheUnavailable

log = structlog.get_logger(__name__)

PROGRESS_TTL: Final = timedelta(hours=1)
RESULT_TTL: Final = timedelta(hours=24)
HASH_TTL: Final = timedelta(days=7)


def language_of(job: Job) -> Language:
    return "en" if job.language == "en" else "ko"


def status_of(job: Job, stage: Stage | None = None) -> Status:
    """What a poll is told of ``job``; the row alone knows the stage only roughly."""
    stage = stage or FIRST_STAGE[State(job.state)]
    language = language_of(job)
    status = Status(
        job_id=job.id,
        status=State(job.state),
        progress=stage.progress,
        stage=stage,
        message=text(f"waste.stage.{stage}", language),
    )
    if job.failure:
        status.code = job.failure["code"]
        status.retryable = job.failure["retryable"]
        status.message = sentence_of((job.failure["code"],), job.failure["data"], language)
    return status


class Answered(BaseModel):
    """A finished look at a photo: what was seen and what was answered."""

    items: list[SeenItem]
    result: Result


class Board:
    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def show(self, job: Job, stage: Stage | None = None) -> None:
        """Mirrors where ``job`` is."""
        value = _progress_value(job.owner, status_of(job, stage))
        await self._set(_progress_key(job.id), value, PROGRESS_TTL)

    async def show_result(self, job: Job, result: Result) -> None:
        """Mirrors an answered job: the result first, so that nobody sees "done" without it."""
        await self._set(_result_key(job.id), result.model_dump_json(exclude_none=True).encode(), RESULT_TTL)
        await self.show(job)

    async def read(self, job_id: UUID) -> tuple[str, bytes] | None:
        """(owner, status document) in one round trip; None when it is not (wholly) mirrored."""
        try:
            progress, result = await self._cache.get_many(_progress_key(job_id), _result_key(job_id))
        except CacheUnavailable:
            return None
        if progress is None:
            return None
        owner, _, document = progress.partition(b"\n")
        if document.startswith((b'done"', b'asked"'), _STATUS_AT):
            if result is None:
                return None
            document = document[:-1] + b',"result":' + result + b"}"
        return owner.decode(), document

    async def forget(self, job_id: UUID) -> None:
        await self._quietly(_progress_key(job_id), _result_key(job_id), _place_key(job_id))

    async def put_place(self, job_id: UUID, place: Place) -> None:
        """Where the person stands: here for an hour and nowhere else (facts.md, "Kakao": location act)."""
        await self._set(_place_key(job_id), place.model_dump_json().encode(), PROGRESS_TTL)

    async def place(self, job_id: UUID) -> Place | None:
        try:
            raw = await self._cache.get(_place_key(job_id))
        except CacheUnavailable:
            return None
        return Place.model_validate_json(raw) if raw else None

    async def cached_answer(self, sha256: bytes, variant: str) -> Answered | None:
        """The answer to the same bytes under the same conditions."""
        try:
            raw = await self._cache.get_field(_hash_key(sha256), variant)
        except CacheUnavailable:
            return None
        return Answered.model_validate_json(raw) if raw else None

    async def cache_answer(self, sha256: bytes, variant: str, answered: Answered) -> None:
        anywhere = answered.result.model_copy(update={"nearby_bins": [], "cached": None})
        value = answered.model_copy(update={"result": anywhere}).model_dump_json().encode()
        try:
            await self._cache.set_field(_hash_key(sha256), variant, value, HASH_TTL)
        except CacheUnavailable as error:
            log.warning("board.skipped", reason=str(error))

    async def _set(self, key: str, value: bytes, ttl: timedelta) -> None:
        try:
            await self._cache.set(key, value, ttl)
        except CacheUnavailable as error:
            log.warning("board.skipped", reason=str(error))

    async def _quietly(self, *keys: str) -> None:
        try:
            await self._cache.delete(*keys)
        except CacheUnavailable as error:
            log.warning("board.skipped", reason=str(error))


def _progress_value(owner: str, status: Status) -> bytes:
    return owner.encode() + b"\n" + status.model_dump_json(exclude_none=True).encode()


_STATUS_AT: Final = len('{"job_id":"","status":"') + 36
"""Where the status stands in a status document: behind a field of fixed width, so it is read without parsing."""


def _progress_key(job_id: UUID) -> str:
    return f"job:{job_id}:progress"


def _result_key(job_id: UUID) -> str:
    return f"job:{job_id}:result"


def _place_key(job_id: UUID) -> str:
    return f"job:{job_id}:place"


def _hash_key(sha256: bytes) -> str:
    return f"cache:hash:{sha256.hex()}"
