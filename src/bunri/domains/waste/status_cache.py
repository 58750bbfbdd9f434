"""The status of jobs in Valkey, for polling, and its push to people who watch.

Keys and lives by contract (COACH-6): ``job:{id}:progress`` 1 h, ``job:{id}:result`` 24 h.
A progress value is ``owner "\\n" time "\\n" JSON``, so that a poll compares the owner and passes the rest on unparsed.
A stage that is over at once is not published: people ask every half second, and to tell each of ten stages cost more
than most of them take.
Nothing here is needed to finish a job: when Valkey is away, writing is skipped and reading finds nothing. A write that
was skipped leaves an old status behind, so the status of a running job counts for a few seconds only and is then
compared with its row.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

import orjson
import structlog
from pydantic import TypeAdapter

from bunri.domains.locations.public import NearbyBin
from bunri.domains.waste.records import Job
from bunri.domains.waste.schemas import Result, Status
from bunri.domains.waste.states import ANSWERED, ENDED, Stage
from bunri.domains.waste.status import document_of, status_of
from bunri.kit.clock import Clock, now
from bunri.platform.cache import Cache, CacheUnavailable
from bunri.platform.realtime import Emitter, user_room

log = structlog.get_logger(__name__)

EVENT: Final = "jobStatus"
CLOCKS_DIFFER_S: Final = 3.0
"""Seconds by which the clocks of two machines may differ."""
_bins = TypeAdapter(list[NearbyBin])


@dataclass(frozen=True, slots=True)
class StatusLifetimes:
    """How long a cached status is kept, and for how many seconds it is used without comparing it with the row."""

    progress: timedelta = timedelta(hours=1)
    result: timedelta = timedelta(hours=24)
    fresh_s: float = 3.0
    """Of a running job."""
    stale_s: float = 2.0
    """After those it is sent once more while it is compared with the row (revalidation.py)."""
    stage_s: float = 0.1
    """A stage that is over sooner is not told."""
    fresh_ended_s: float = 60.0
    """Of an ended job."""


class CachedStatus(NamedTuple):
    """What Valkey knows of a job: its owner, the status document as bytes, and whether the job has ended."""

    owner: str
    document: bytes
    ended: bool
    fresh: bool
    """It may be used without comparing it with the row."""
    revalidatable: bool
    """It may be sent while somebody compares it with the row."""

    def has_state(self, state: str) -> bool:
        return self.document.startswith(f'{state}"'.encode(), _STATUS_AT)


class StatusCache:
    def __init__(
        self, cache: Cache, emitter: Emitter, *, clock: Clock = now, lifetimes: StatusLifetimes | None = None
    ) -> None:
        self._cache = cache
        self._emitter = emitter
        self._clock = clock
        self._lifetimes = lifetimes or StatusLifetimes()

    # ── publishing: caches and pushes ─────────────────────────────────────────────────────────────────────────────

    async def publish_status(self, job: Job, stage: Stage | None = None) -> None:
        """Caches where ``job`` is and pushes it to its owner."""
        status = status_of(job, stage)
        await self.store_status(job.owner, status)
        await self._push(job.owner, document_of(status))

    @asynccontextmanager
    async def stage(self, job: Job, stage: Stage) -> AsyncIterator[None]:
        """Publishes that ``job`` is at ``stage`` if the block takes a while, and has done so when it ends: what is
        published afterwards is not overtaken."""
        publishing: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()

        def publish() -> None:
            publishing.append(loop.create_task(self.publish_status(job, stage)))

        timer = loop.call_later(self._lifetimes.stage_s, publish)
        try:
            yield
        finally:
            timer.cancel()
            for task in publishing:
                await task

    async def publish_answer(self, job: Job, result: Result) -> None:
        """Caches the answer to ``job`` and pushes it to its owner."""
        await self._push(job.owner, await self._store_answer(job, result))

    async def publish_row(self, job: Job) -> None:
        """Publishes what the row says, with the bins that are still cached."""
        if job.state in ANSWERED and job.result is not None:
            bins = await self.bins(job.id)
            await self.publish_answer(job, job.result.model_copy(update={"nearby_bins": bins}))
        else:
            await self.publish_status(job)

    async def _push(self, owner: str, document: bytes) -> None:
        """A push may be lost: whoever watches also polls from time to time."""
        try:
            await self._emitter.emit(EVENT, orjson.loads(document), room=user_room(owner))
        except Exception:  # the job must not fail because nobody could be told
            log.exception("status.push_failed")

    # ── storing: what somebody asked for is cached again ──────────────────────────────────────────────────────────

    async def store_status(self, owner: str, status: Status) -> None:
        """Caches a status without its result."""
        document = document_of(status.model_copy(update={"result": None}))
        await self._set(_progress_key(status.job_id), self._timed(owner, document), self._lifetimes.progress)

    async def store_answer(self, job: Job, result: Result) -> None:
        """Caches the answer to ``job``."""
        await self._store_answer(job, result)

    async def _store_answer(self, job: Job, result: Result) -> bytes:
        """The whole status document. The result is stored first, so that nobody sees "done" without it. The bins, whose
        distances would tell where the person stood, live no longer than the person's location."""
        without_bins = result.model_dump_json(exclude={"nearby_bins"}).encode()
        bins = _bins.dump_json(result.nearby_bins)
        await self._set(_result_key(job.id), without_bins, self._lifetimes.result)
        if result.nearby_bins:
            await self._set(_bins_key(job.id), bins, self._lifetimes.progress)
        status = status_of(job)
        await self.store_status(job.owner, status)
        return _with_result(document_of(status), without_bins, bins)

    async def revalidate(self, job_id: UUID, state: str | None) -> None:
        """Makes the status of a running job fresh again if the row is in the same state, and forgets it otherwise: the
        next poll then asks the row. ``state`` is None when there is no row."""
        key = _progress_key(job_id)
        try:
            old = await self._cache.get(key)
            cached = self.parse(old, None, None)
            if old is None or cached is None or cached.fresh:
                return
            same = state is not None and not cached.ended and cached.has_state(state)
            new = self._timed(cached.owner, cached.document) if same else None
            # A worker may have written since: that is newer than the row that was read.
            await self._cache.replace(key, old, new, self._lifetimes.progress)
        except CacheUnavailable as error:
            log.warning("status.skipped", reason=str(error))

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def read(self, job_id: UUID) -> CachedStatus | None:
        """The status in one round trip; None when it is not cached, or not all of it."""
        try:
            return self.parse(*await self._cache.get_many(*map(bytes.decode, keys_of(str(job_id)))))
        except CacheUnavailable:
            return None

    def parse(self, progress: bytes | None, result: bytes | None, bins: bytes | None) -> CachedStatus | None:
        """The status from the values of ``keys_of``; None when they hold none, not all of it, or something else."""
        if progress is None:
            return None
        try:
            owner, written, document = progress.split(b"\n", 2)
            age = self._clock().timestamp() - float(written)
        except ValueError:
            return None
        ended = document.startswith(_ENDED, _STATUS_AT)
        if document.startswith(_ANSWERED, _STATUS_AT):
            if result is None:
                return None
            document = _with_result(document, result, bins or b"[]")
        lifetimes = self._lifetimes
        # One from the future was written by another clock, or before this one was set back: the row knows better.
        known_age = age >= -CLOCKS_DIFFER_S
        return CachedStatus(
            owner.decode(),
            document,
            ended,
            fresh=known_age and age < (lifetimes.fresh_ended_s if ended else lifetimes.fresh_s),
            revalidatable=known_age and not ended and age < lifetimes.fresh_s + lifetimes.stale_s,
        )

    async def bins(self, job_id: UUID) -> list[NearbyBin]:
        """The bins of an answer, while they are cached."""
        try:
            raw = await self._cache.get(_bins_key(job_id))
        except CacheUnavailable:
            return []
        return _bins.validate_json(raw) if raw else []

    # ── forgetting ────────────────────────────────────────────────────────────────────────────────────────────────

    async def invalidate(self, job_id: UUID) -> None:
        """The next poll asks the row; results and bins stay."""
        await self._delete(_progress_key(job_id))

    async def forget(self, job_id: UUID) -> None:
        await self._delete(_progress_key(job_id), _result_key(job_id), _bins_key(job_id))

    async def _set(self, key: str, value: bytes, ttl: timedelta) -> None:
        try:
            await self._cache.set(key, value, ttl)
        except CacheUnavailable as error:
            log.warning("status.skipped", reason=str(error))

    async def _delete(self, *keys: str) -> None:
        try:
            await self._cache.delete(*keys)
        except CacheUnavailable as error:
            log.warning("status.skipped", reason=str(error))

    def _timed(self, owner: str, document: bytes) -> bytes:
        return b"%s\n%.1f\n%s" % (owner.encode(), self._clock().timestamp(), document)


_STATUS_AT: Final = len('{"job_id":"","status":"') + 36
"""Where the state begins in a status document: behind a field of fixed width, so it is read without parsing."""
_ANSWERED: Final = tuple(f'{state}"'.encode() for state in ANSWERED)
_ENDED: Final = tuple(f'{state}"'.encode() for state in ENDED)


def keys_of(job_id: str) -> tuple[bytes, bytes, bytes]:
    """The keys of a job's status: progress, result and bins."""
    key = b"job:" + job_id.encode()
    return key + b":progress", key + b":result", key + b":bins"


def _with_result(document: bytes, result: bytes, bins: bytes) -> bytes:
    """The whole document, joined without parsing its parts."""
    return b'%s,"result":%s,"nearby_bins":%s}}' % (document[:-1], result[:-1], bins)


def _progress_key(job_id: UUID) -> str:
    return f"job:{job_id}:progress"


def _result_key(job_id: UUID) -> str:
    return f"job:{job_id}:result"


def _bins_key(job_id: UUID) -> str:
    return f"job:{job_id}:bins"
