"""The job's mirror in Valkey for polling, and what may be forgotten: results by photo, and where the person stands.

Keys and lives by contract (COACH-6): ``job:{id}:progress`` 1 h, ``job:{id}:result`` 24 h,
``cache:hash:{sha256}`` 7 days.
A progress value is ``owner "\\n" time "\\n" JSON``, so that a poll compares the owner and passes the rest on unparsed.
Nothing here is needed to finish a job: when Valkey is away, writing is skipped and reading finds nothing. A write that
was skipped leaves an old mirror behind, so a mirror of a running job counts for FRESH only and is then compared with
the row.
"""

import time
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

import structlog
from pydantic import BaseModel, TypeAdapter

from bunri.domains.locations.public import NearbyBin
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.models import Job
from bunri.domains.waste.schemas import Place, Result, Status
from bunri.domains.waste.states import ANSWERED, ENDED, FIRST_STAGE, Stage, State
from bunri.kit.languages import Language, text
from bunri.kit.sentences import sentence_of
from bunri.platform.cache import Cache, CacheUnavailable

log = structlog.get_logger(__name__)

PROGRESS_TTL: Final = timedelta(hours=1)
RESULT_TTL: Final = timedelta(hours=24)
HASH_TTL: Final = timedelta(days=7)
FRESH: Final = 3.0
"""Seconds for which the mirror of a running job is believed without a look at its row."""
GRACE: Final = 2.0
"""Seconds after those in which it is told once more while somebody looks at the row (renewal.py)."""
FRESH_ENDED: Final = 60.0
"""The same for an ended one."""


_bins = TypeAdapter(list[NearbyBin])


class Mirror(NamedTuple):
    """What Valkey says of a job: its owner, the status document as bytes, whether it has ended, and how many seconds
    ago that was so."""

    owner: str
    document: bytes
    ended: bool
    age: float

    @property
    def fresh(self) -> bool:
        """Whether it can be believed without a look at the row."""
        return self.age < (FRESH_ENDED if self.ended else FRESH)

    @property
    def renewable(self) -> bool:
        """Whether it may be told while somebody looks at the row."""
        return not self.ended and self.age < FRESH + GRACE

    def says(self, state: str) -> bool:
        return self.document.startswith(f'{state}"'.encode(), _STATUS_AT)


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


def document_of(status: Status) -> bytes:
    """The status document of the contract: what does not apply is left out, and the result, when there is one, is last
    and whole."""
    absent = {name for name in ("code", "retryable", "result") if getattr(status, name) is None}
    return status.model_dump_json(exclude=absent).encode()


class Answered(BaseModel):
    """A finished look at a photo: what was seen and what was answered."""

    items: list[SeenItem]
    result: Result


class Board:
    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def show(self, job: Job, stage: Stage | None = None) -> None:
        """Mirrors where ``job`` is."""
        await self.show_status(job.owner, status_of(job, stage))

    async def show_status(self, owner: str, status: Status) -> None:
        document = document_of(status.model_copy(update={"result": None}))
        await self._set(_progress_key(status.job_id), _mirrored(owner, document), PROGRESS_TTL)

    async def renew(self, job_id: UUID, state: str | None) -> None:
        """Believes the mirror of a running job anew if it says what the row says, and forgets it otherwise: the next
        poll then asks the row. ``state`` is None when there is no row."""
        key = _progress_key(job_id)
        try:
            old = await self._cache.get(key)
            mirror = mirror_of(old, None, None)
            if old is None or mirror is None or mirror.fresh:
                return
            true = state is not None and not mirror.ended and mirror.says(state)
            new = _mirrored(mirror.owner, mirror.document) if true else None
            # A worker may have written since: its word is newer than the row that was looked at.
            await self._cache.replace(key, old, new, PROGRESS_TTL)
        except CacheUnavailable as error:
            log.warning("board.skipped", reason=str(error))

    async def show_result(self, job: Job, result: Result) -> None:
        """Mirrors an answered job: the result first, so that nobody sees "done" without it. The bins, whose distances
        would tell where the person stood, live no longer than the place itself."""
        await self._set(_result_key(job.id), result.model_dump_json(exclude={"nearby_bins"}).encode(), RESULT_TTL)
        if result.nearby_bins:
            await self._set(_bins_key(job.id), _bins.dump_json(result.nearby_bins), PROGRESS_TTL)
        await self.show(job)

    async def bins(self, job_id: UUID) -> list[NearbyBin]:
        """The bins of an answer, while they are remembered."""
        try:
            raw = await self._cache.get(_bins_key(job_id))
        except CacheUnavailable:
            return []
        return _bins.validate_json(raw) if raw else []

    async def read(self, job_id: UUID) -> Mirror | None:
        """The mirror in one round trip; None when there is none, or not all of it."""
        try:
            return mirror_of(*await self._cache.get_many(*map(bytes.decode, keys_of(str(job_id)))))
        except CacheUnavailable:
            return None

    async def forget(self, job_id: UUID) -> None:
        await self._quietly(_progress_key(job_id), _result_key(job_id), _bins_key(job_id), _place_key(job_id))

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


_STATUS_AT: Final = len('{"job_id":"","status":"') + 36
"""Where the status stands in a status document: behind a field of fixed width, so it is read without parsing."""
_ANSWERED: Final = tuple(f'{state}"'.encode() for state in ANSWERED)
_ENDED: Final = tuple(f'{state}"'.encode() for state in ENDED)


def _mirrored(owner: str, document: bytes) -> bytes:
    return b"%s\n%.1f\n%s" % (owner.encode(), time.time(), document)


def keys_of(job_id: str) -> tuple[bytes, bytes, bytes]:
    """The keys of a job's mirror."""
    key = b"job:" + job_id.encode()
    return key + b":progress", key + b":result", key + b":bins"


def mirror_of(progress: bytes | None, result: bytes | None, bins: bytes | None) -> Mirror | None:
    """What the values of ``keys_of`` say; None when there is no mirror, not all of it, or none of ours."""
    if progress is None:
        return None
    try:
        owner, written, document = progress.split(b"\n", 2)
        age = time.time() - float(written)
    except ValueError:
        return None
    ended = document.startswith(_ENDED, _STATUS_AT)
    if document.startswith(_ANSWERED, _STATUS_AT):
        if result is None:
            return None
        document = b'%s,"result":%s,"nearby_bins":%s}}' % (document[:-1], result[:-1], bins or b"[]")
    return Mirror(owner.decode(), document, ended, age)


def _progress_key(job_id: UUID) -> str:
    return f"job:{job_id}:progress"


def _result_key(job_id: UUID) -> str:
    return f"job:{job_id}:result"


def _bins_key(job_id: UUID) -> str:
    return f"job:{job_id}:bins"


def _place_key(job_id: UUID) -> str:
    return f"job:{job_id}:place"


def _hash_key(sha256: bytes) -> str:
    return f"cache:hash:{sha256.hex()}"
