"""Statements about jobs.

Leases and ages are counted by the database's clock: processes on several machines have no other that is the same for
all, and a machine's own may be set back an hour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Integer,
    Interval,
    Table,
    Text,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    update,
)

from bunri.domains.waste.models import JobRow
from bunri.domains.waste.records import Job, JobObjects, OpenBound
from bunri.domains.waste.repository.job_rows import JOB_COLUMNS, items_json, job_of, result_json, values_of_new
from bunri.domains.waste.states import ANSWERED, ENDED, OPEN, State
from bunri.platform.db import Repository


class JobRepository(Repository):
    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    async def get(self, job_id: UUID) -> Job | None:
        return await self._job(JobRow.id == job_id)

    async def get_owned(self, job_id: UUID, owner: str) -> Job | None:
        return await self._job(JobRow.id == job_id, JobRow.owner == owner)

    async def _job(self, *where: ColumnElement[bool]) -> Job | None:
        row = (await self._session.execute(select(*JOB_COLUMNS).where(*where))).one_or_none()
        return job_of(row) if row else None

    async def page(self, owner: str, before: UUID | None, limit: int) -> list[Job]:
        """A person's jobs, newest first, older than ``before``."""
        statement = select(*JOB_COLUMNS).where(JobRow.owner == owner).order_by(JobRow.id.desc()).limit(limit)
        if before:
            statement = statement.where(JobRow.id < before)
        return [job_of(row) for row in await self._session.execute(statement)]

    async def states_of(self, job_ids: Sequence[UUID]) -> dict[UUID, str]:
        rows = await self._session.execute(select(JobRow.id, JobRow.state).where(JobRow.id.in_(job_ids)))
        return {row.id: row.state for row in rows}

    async def thumbnail_in_use(self, sha256: bytes) -> bool:
        """Whether any job still shows this photo."""
        shown = exists().where(JobRow.sha256 == sha256, JobRow.has_thumbnail)
        return bool((await self._session.execute(select(shown))).scalar())

    async def lock_answer_to(self, owner: str, sha256: bytes) -> bool:
        """Whether ``owner`` has an answer to this photo, with its thumbnail, which nobody removes until the
        transaction ends."""
        same = (JobRow.sha256 == sha256, JobRow.owner == owner, JobRow.state.in_(ANSWERED), JobRow.has_thumbnail)
        found = await self._session.execute(select(JobRow.id).where(*same).limit(1).with_for_update(read=True))
        return found.scalar_one_or_none() is not None

    async def objects_of(self, owner: str, limit: int) -> list[JobObjects]:
        """Some jobs of ``owner``."""
        some = select(JobRow.id, JobRow.sha256).where(JobRow.owner == owner).limit(limit)
        return [JobObjects(row.id, row.sha256) for row in await self._session.execute(some)]

    async def unused_thumbnails(self, jobs: Sequence[JobObjects]) -> set[bytes]:
        """The SHA-256 of photos of ``jobs`` that no other job shows."""
        photos = {job.sha256 for job in jobs if job.sha256}
        others = select(JobRow.sha256).where(
            JobRow.sha256.in_(photos), JobRow.has_thumbnail, JobRow.id.not_in([job.id for job in jobs])
        )
        return photos - set((await self._session.execute(others)).scalars())

    # ── locking ─────────────────────────────────────────────────────────────────────────────────────────────

    async def lock_owned(self, job_id: UUID, owner: str) -> Job | None:
        """A person's job, which nobody else changes until the transaction ends."""
        statement = select(*JOB_COLUMNS).where(JobRow.id == job_id, JobRow.owner == owner).with_for_update()
        row = (await self._session.execute(statement)).one_or_none()
        return job_of(row) if row else None

    async def count_queued(self) -> int:
        """Uploaded jobs that wait for any worker."""
        return (await self._session.execute(select(func.count()).select_from(JobRow).where(_QUEUED))).scalar_one()

    async def count_explaining(self) -> int:
        explaining = select(func.count()).select_from(JobRow).where(JobRow.state == State.EXPLAINING)
        return (await self._session.execute(explaining.where(JobRow.lease_until.is_not(None)))).scalar_one()

    async def lock_silent(
        self,
        states: Sequence[State],
        limit: int,
        *,
        older_than: timedelta | None = None,
        queued: bool | None = None,
    ) -> list[Job]:
        """Jobs in one of ``states`` whose lease has run out, longest ago first; what another process has locked is
        skipped. ``older_than``: only those that are so old. ``queued``: only those with a turn, or without."""
        where = [JobRow.state.in_(states), JobRow.lease_until < func.now()]
        if older_than is not None:
            where.append(JobRow.created_at < func.now() - older_than)
        if queued is not None:
            where.append(JobRow.turn.is_not(None) if queued else JobRow.turn.is_(None))
        statement = select(*JOB_COLUMNS).where(*where).order_by(JobRow.lease_until).limit(limit)
        return [job_of(row) for row in await self._session.execute(statement.with_for_update(skip_locked=True))]

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────

    async def add_job(self, job: Job, lease: timedelta, bound: OpenBound | None = None) -> Job | None:
        """``job`` as it is now: created at the database's time, waiting for its photo for ``lease``. None when its
        owner has as much open as ``bound`` allows; requests at the very same time may go beyond it by one each."""
        values = {**values_of_new(job), "lease": lease}
        if bound is None:
            row = (await self._session.execute(_ADD_JOB, values)).one_or_none()
        else:
            values |= {"most_jobs": bound.jobs, "most_bytes": bound.size}
            row = (await self._session.execute(_ADD_JOB_WITHIN, values)).one_or_none()
        return replace(job, created_at=row.created_at, lease_until=row.lease_until) if row else None

    async def cut_leases(self, longest: Mapping[State, timedelta]) -> None:
        """Lets no job of a state have a longer lease than any that is given there. Where the clock was set back, leases
        given before reach far into the future; their holders renew them, unless they have died."""
        for state, lease in longest.items():
            far = (JobRow.state == state, JobRow.lease_until > func.now() + lease)
            await self._session.execute(update(JobRow).where(*far).values(lease_until=func.now() + lease))

    async def claim_next(self, lease: timedelta) -> Job | None:
        """Takes the job whose turn it is; None when none waits."""
        waiting = select(JobRow.id).where(_QUEUED).order_by(JobRow.turn, JobRow.id).limit(1)
        return await self._claim(lease, JobRow.id == waiting.with_for_update(skip_locked=True).scalar_subquery())

    async def claim(self, job_id: UUID, lease: timedelta) -> Job | None:
        """Takes an uploaded job, or one whose worker has gone silent; None when it is not to be had."""
        silent = and_(JobRow.state == State.SEEING, JobRow.lease_until < func.now())
        return await self._claim(lease, JobRow.id == job_id, or_(JobRow.state == State.UPLOADED, silent))

    async def _claim(self, lease: timedelta, *where: ColumnElement[bool]) -> Job | None:
        statement = (
            update(JobRow)
            .where(*where)
            .values(
                state=State.SEEING,
                attempt=JobRow.attempt + 1,
                # A worker that leaves a job in this state without a word has died over it.
                crashes=JobRow.crashes + case((JobRow.state == State.SEEING, 1), else_=0),
                lease_until=func.now() + lease,
            )
            .returning(*JOB_COLUMNS)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return job_of(row) if row else None

    async def extend_lease(self, job_id: UUID, attempt: int, lease: timedelta) -> bool:
        """Keeps a claim alive; False when it has been lost."""
        return await self._advance(job_id, State.SEEING, attempt, lease_until=func.now() + lease)

    async def give_back(self, job_id: UUID, attempt: int, lease: timedelta) -> bool:
        """Ends a claim so that the next worker can take the job at once, after one of everybody else's: what fails
        again and again holds up no other. False when it has been lost."""
        values = {"state": State.UPLOADED, "lease_until": func.now() + lease, "turn": JobRow.turn + 1}
        return await self._advance(job_id, State.SEEING, attempt, **values)

    async def start(
        self,
        job: Job,
        *,
        note: str | None,
        tags: Sequence[str],
        region: str | None,
        lease: timedelta,
        queued: bool,
    ) -> bool:
        """A created job becomes an uploaded one, ``queued`` behind its owner's other jobs; False when somebody else was
        first."""
        details = {"note": note, "tags": list(tags), "region": region}
        turn = await self._next_turn(job.owner) if queued else None
        return await self._change(
            {"state": State.UPLOADED, **details, "lease_until": func.now() + lease, "turn": turn},
            JobRow.id == job.id,
            JobRow.state == State.CREATED,
        )

    async def _next_turn(self, owner: str) -> ColumnElement[int]:
        """The turn of the next job of ``owner``, for whom nobody else takes one until the transaction ends."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(owner, 0))))
        others = select(func.min(JobRow.turn)).where(_QUEUED).scalar_subquery()
        own = select(func.max(JobRow.turn) + 1).where(JobRow.owner == owner, _OPEN).scalar_subquery()
        return func.coalesce(func.greatest(others, own), 0)

    async def queue_again(self, job: Job, lease: timedelta) -> None:
        """A locked job is in the queue, at its own turn or at the first one."""
        first = func.coalesce(select(func.min(JobRow.turn)).where(_QUEUED).scalar_subquery(), 0)
        values = {"state": State.UPLOADED, "crashes": job.crashes, "turn": func.coalesce(JobRow.turn, first)}
        await self._session.execute(
            update(JobRow).where(JobRow.id == job.id).values(**values, lease_until=func.now() + lease)
        )

    async def save_vision(self, job: Job, lease: timedelta) -> bool:
        """What the vision stage found, in a job that is now explaining; False when the claim has been lost."""
        return await self._advance(
            job.id,
            State.SEEING,
            job.attempt,
            state=job.state,
            lease_until=func.now() + lease,
            items=items_json(job.items),
            models=job.models,
            cached=job.cached,
            model_versions=job.model_versions,
            sha256=job.sha256,
            has_thumbnail=job.has_thumbnail,
        )

    async def save_answer(self, job: Job, before: State) -> bool:
        """The first answer to a job that was in the state ``before``; False when it was lost to somebody else."""
        return await self._advance(
            job.id,
            before,
            job.attempt,
            state=job.state,
            ended_at=job.ended_at,
            lease_until=None,
            items=items_json(job.items),
            models=job.models,
            cached=job.cached,
            model_versions=job.model_versions,
            has_thumbnail=job.has_thumbnail,
            sha256=job.sha256,
            result=result_json(job.result),
        )

    async def save_failure(self, job: Job, before: State) -> bool:
        """Why a job that was in the state ``before`` failed; False when it was lost to somebody else."""
        return await self._advance(
            job.id,
            before,
            job.attempt,
            state=job.state,
            failure=asdict(job.failure) if job.failure else None,
            ended_at=job.ended_at,
            lease_until=None,
        )

    async def save_cancelled(self, job: Job) -> None:
        """A locked job that its owner has cancelled."""
        values = {"state": job.state, "ended_at": job.ended_at, "lease_until": None}
        await self._session.execute(update(JobRow).where(JobRow.id == job.id).values(values))

    async def cancel_all(self, owner: str, now: datetime) -> None:
        """Cancels every job of ``owner`` that has not ended."""
        running = (JobRow.owner == owner, JobRow.state.not_in(ENDED))
        values = {"state": State.CANCELLED, "ended_at": now, "lease_until": None}
        await self._session.execute(update(JobRow).where(*running).values(values))

    async def save_revision(self, job: Job) -> bool:
        """A changed answer, unless somebody has changed the job or its owner since it was read."""
        return await self._change(
            {
                "state": job.state,
                "items": items_json(job.items),
                "result": result_json(job.result),
                "revision": job.revision + 1,
            },
            JobRow.id == job.id,
            JobRow.owner == job.owner,
            JobRow.state.in_(ANSWERED),
            JobRow.revision == job.revision,
        )

    async def renew(self, job: Job, lease: timedelta) -> None:
        """A locked job stays as it is, with a new lease."""
        await self._session.execute(update(JobRow).where(JobRow.id == job.id).values(lease_until=func.now() + lease))

    async def _advance(self, job_id: UUID, state: State, attempt: int, /, **values: Any) -> bool:
        """Changes a job while it is in ``state`` under this attempt: a worker that lost its job changes nothing."""
        return await self._change(values, JobRow.id == job_id, JobRow.state == state, JobRow.attempt == attempt)

    async def _change(self, values: dict[str, Any], *where: ColumnElement[bool]) -> bool:
        statement = update(JobRow).where(*where).values(**values).returning(JobRow.id)
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    # ── forgetting ──────────────────────────────────────────────────────────────────────────────────────────

    async def remove_jobs(self, job_ids: Sequence[UUID]) -> None:
        await self._session.execute(delete(JobRow).where(JobRow.id.in_(job_ids)))

    async def remove_older_than(self, age: timedelta, limit: int) -> list[JobObjects]:
        """Removes jobs, but for those that another process has locked."""
        aged = JobRow.created_at < func.now() - age
        old = select(JobRow.id).where(aged).limit(limit).with_for_update(skip_locked=True)
        statement = delete(JobRow).where(JobRow.id.in_(old)).returning(JobRow.id, JobRow.sha256)
        rows = await self._session.execute(statement.execution_options(synchronize_session=False))
        return [JobObjects(row.id, row.sha256) for row in rows]

    async def hand_over_jobs(self, old: str, new: str) -> list[UUID]:
        """The jobs of ``old`` become those of ``new``."""
        moved = update(JobRow).where(JobRow.owner == old).values(owner=new).returning(JobRow.id)
        return list((await self._session.execute(moved)).scalars())


_JOBS: Final = cast("Table", JobRow.__table__)
_QUEUED: Final = and_(JobRow.state == literal_column(f"'{State.UPLOADED}'"), JobRow.turn.is_not(None))
"""Literal, as in the index's own condition, so that a prepared statement can use the index."""
_OPEN: Final = JobRow.state.in_([literal_column(f"'{state}'") for state in OPEN])
"""Literal for the same reason, and since values in a list are written into the statement's text each time it is run."""

_OF_NEW: Final = (
    *("id", "owner", "state", "language", "content_type", "size", "sha256", "tags"),
    *("attempt", "crashes", "revision", "kept"),
)


def _add_job(*, bounded: bool) -> Executable:
    values = [bindparam(name, type_=_JOBS.c[name].type) for name in _OF_NEW]
    row = select(*values, func.now() + bindparam("lease", type_=Interval), func.now())
    if bounded:
        expired = and_(JobRow.state == State.CREATED, JobRow.lease_until < func.now())
        of_owner = (JobRow.owner == bindparam("owner", type_=Text), _OPEN, not_(expired))
        some = select(JobRow.size).where(*of_owner).limit(bindparam("most_jobs", type_=BigInteger)).subquery()
        fits = and_(
            func.count() < bindparam("most_jobs", type_=BigInteger),
            func.coalesce(func.sum(some.c.size), 0) + bindparam("size", type_=Integer)
            <= bindparam("most_bytes", type_=BigInteger),
        )
        row = row.where(select(fits).select_from(some).scalar_subquery())
    insertion = insert(_JOBS).from_select([*_OF_NEW, "lease_until", "created_at"], row)
    return insertion.returning(_JOBS.c.created_at, _JOBS.c.lease_until)


_ADD_JOB: Final = _add_job(bounded=False)
_ADD_JOB_WITHIN: Final = _add_job(bounded=True)
"""Made once and by column: a person waits for it, and to build it anew costs as much as to run it."""
