"""Every SQL statement of waste."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from asyncpg import BitString
from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, text, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.waste.models import Band, Correction, Example, Fingerprint, Job, outbox
from bunri.domains.waste.states import ANSWERED, RUNNING, State
from bunri.platform.db import Repository


class Fingerprinted(Protocol):
    """A photo, as far as the database cares."""

    @property
    def sha256(self) -> bytes: ...
    @property
    def phash(self) -> bytes: ...


class WasteRepository(Repository):
    outbox = outbox

    async def add(self, row: Job | Correction) -> None:
        self._session.add(row)
        await self._session.flush()

    async def flush(self) -> None:
        await self._session.flush()

    # ── jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def get(self, job_id: UUID) -> Job | None:
        return await self._session.get(Job, job_id)

    async def get_owned(self, job_id: UUID, owner: str, *, lock: bool = False) -> Job | None:
        statement = select(Job).where(Job.id == job_id, Job.owner == owner)
        if lock:
            statement = statement.with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def page(self, owner: str, before: UUID | None, limit: int) -> Sequence[Job]:
        """A person's jobs, newest first, older than ``before``."""
        statement = select(Job).where(Job.owner == owner).order_by(Job.id.desc()).limit(limit)
        if before:
            statement = statement.where(Job.id < before)
        return (await self._session.execute(statement)).scalars().all()

    async def claim(self, job_id: UUID, now: datetime, lease: timedelta) -> Job | None:
        """Takes an uploaded job, or one whose worker has gone silent; None when it is not to be had."""
        free = or_(Job.state == State.UPLOADED, and_(Job.state == State.SEEING, Job.lease_until < now))
        statement = (
            update(Job)
            .where(Job.id == job_id, free)
            .values(
                state=State.SEEING,
                attempt=Job.attempt + 1,
                # Whoever left it "seeing" without a word has died over it.
                crashes=Job.crashes + case((Job.state == State.SEEING, 1), else_=0),
                lease_until=now + lease,
            )
            .returning(Job)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def renew(self, job_id: UUID, attempt: int, until: datetime) -> bool:
        """Keeps a claim alive; False when it has been lost."""
        return await self.advance(job_id, State.SEEING, attempt, lease_until=until)

    async def advance(self, job_id: UUID, state: State, attempt: int, /, **values: Any) -> bool:
        """Changes a job while it is in ``state`` under this attempt: a worker that lost its job changes nothing."""
        return await self._change(values, Job.id == job_id, Job.state == state, Job.attempt == attempt)

    async def start(self, job_id: UUID, **values: Any) -> bool:
        """A created job becomes an uploaded one; False when somebody else was first."""
        return await self._change({"state": State.UPLOADED, **values}, Job.id == job_id, Job.state == State.CREATED)

    async def answer_again(self, job: Job, **values: Any) -> bool:
        """Changes an answered job unless somebody else has since ``job`` was read."""
        changed = {**values, "revision": job.revision + 1}
        return await self._change(changed, Job.id == job.id, Job.state.in_(ANSWERED), Job.revision == job.revision)

    async def _change(self, values: dict[str, Any], *where: ColumnElement[bool]) -> bool:
        statement = update(Job).where(*where).values(**values).returning(Job.id)
        unsynced = statement.execution_options(synchronize_session=False)
        return (await self._session.execute(unsynced)).scalar_one_or_none() is not None

    async def silent(self, now: datetime, limit: int) -> Sequence[Job]:
        """Running jobs nobody seems to work at, locked; those another sweeper holds are skipped."""
        statement = (
            select(Job)
            .where(Job.state.in_(RUNNING), Job.lease_until < now)
            .order_by(Job.lease_until)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self._session.execute(statement)).scalars().all()

    async def never_uploaded(self, now: datetime, limit: int) -> Sequence[Job]:
        statement = (
            select(Job)
            .where(Job.state == State.CREATED, Job.lease_until < now)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self._session.execute(statement)).scalars().all()

    async def remove(self, job: Job) -> None:
        await self._session.delete(job)
        await self._session.flush()

    async def photo_in_use(self, sha256: bytes) -> bool:
        """Whether any job still shows this photo."""
        return bool((await self._session.execute(select(exists().where(Job.sha256 == sha256, Job.kept)))).scalar())

    async def older_than(self, moment: datetime, limit: int) -> Sequence[Job]:
        statement = select(Job).where(Job.created_at < moment).limit(limit).with_for_update(skip_locked=True)
        return (await self._session.execute(statement)).scalars().all()

    async def spoken_of(self, job_id: UUID, position: int) -> bool:
        """Whether the person has said anything about an item."""
        said = exists().where(Correction.job_id == job_id, Correction.position == position)
        return bool((await self._session.execute(select(said))).scalar())

    async def states_of(self, job_ids: Sequence[UUID]) -> dict[UUID, str]:
        rows = await self._session.execute(select(Job.id, Job.state).where(Job.id.in_(job_ids)))
        return {row.id: row.state for row in rows}

    # ── examples ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def put_example(self, example: Example) -> None:
        """The last word on an item takes the place of the one before; what had been seen stays as it first was."""
        values = {column.name: getattr(example, column.name) for column in Example.__table__.columns}
        said = {name: values[name] for name in ("kind", "item", "material", "form", "tags", "created_at")}
        statement = insert(Example).values(values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=_EXAMPLE_KEY, set_=said))

    async def remove_example(self, job_id: UUID, position: int) -> None:
        await self._session.execute(delete(Example).where(Example.job_id == job_id, Example.position == position))

    async def remove_examples(self, job_ids: Sequence[UUID]) -> None:
        await self._session.execute(delete(Example).where(Example.job_id.in_(job_ids)))

    async def given_by(self, giver: bytes, job_id: UUID | None, limit: int) -> Sequence[UUID]:
        """Jobs of ``giver`` that have examples, or the one job if it has."""
        statement = select(Example.job_id).where(Example.giver == giver).distinct().limit(limit)
        if job_id:
            statement = statement.where(Example.job_id == job_id)
        return (await self._session.execute(statement)).scalars().all()

    async def with_examples(self, job_ids: Sequence[UUID]) -> set[UUID]:
        """Which of the jobs have examples."""
        found = await self._session.execute(select(Example.job_id).where(Example.job_id.in_(job_ids)))
        return set(found.scalars())

    async def count_examples(self, since: datetime | None) -> int:
        counted = select(func.count()).select_from(Example).where(_since(since))
        return (await self._session.execute(counted)).scalar_one()

    async def examples(self, since: datetime | None, after: tuple[UUID, int] | None, limit: int) -> Sequence[Example]:
        """A page by job and item, behind ``after``: the examples of one picture lie together."""
        statement = select(Example).where(_since(since)).order_by(*_EXAMPLE_KEY).limit(limit)
        if after:
            statement = statement.where(tuple_(*_EXAMPLE_KEY) > after)
        return (await self._session.execute(statement)).scalars().all()

    # ── fingerprints ──────────────────────────────────────────────────────────────────────────────────────────────

    async def seen_exactly(self, sha256: bytes, eyes: str) -> dict[str, Any] | None:
        """What these eyes saw in these bytes before."""
        statement = select(Fingerprint.sight).where(Fingerprint.sha256 == sha256, Fingerprint.eyes == eyes)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def seen_nearly(self, phash: bytes, eyes: str, own: tuple[str, ...], most_bits: int) -> dict[str, Any] | None:
        """What these eyes saw in the nearest picture whose pHash differs in at most ``most_bits`` ≤ 15 bits, and in
        which our own eyes saw ``own``."""
        found = await self._session.execute(
            text(
                """
                select f.sight
                from (
                    select distinct fingerprint_id, bit_count(phash # cast(cast(:bits as text) as bit(256))) as distance
                    from waste.bands
                    where band = any(:bands) and bit_count(phash # cast(cast(:bits as text) as bit(256))) <= :most
                ) b
                join waste.fingerprints f on f.id = b.fingerprint_id
                where f.eyes = :eyes and f.own = :own
                order by b.distance limit 1
                """
            ),
            {"bits": _bits(phash), "bands": bands_of(phash), "eyes": eyes, "own": list(own), "most": most_bits},
        )
        return found.scalar_one_or_none()

    async def remember(
        self, photo: Fingerprinted, eyes: str, own: tuple[str, ...], sight: dict[str, Any], now: datetime
    ) -> None:
        """Stores what was seen; a photo that is known already stays as it is."""
        bits = BitString.frombytes(photo.phash, 256)
        statement = (
            insert(Fingerprint)
            .values(
                sha256=photo.sha256,
                phash=bits,
                eyes=eyes,
                own=list(own),
                sight=sight,
                created_at=now,
            )
            .on_conflict_do_nothing()
            .returning(Fingerprint.id)
        )
        made = (await self._session.execute(statement)).scalar_one_or_none()
        if made is not None:
            bands = [{"band": band, "fingerprint_id": made, "phash": bits} for band in bands_of(photo.phash)]
            await self._session.execute(insert(Band).values(bands))

    async def forget_fingerprints(self, moment: datetime) -> None:
        await self._session.execute(delete(Fingerprint).where(Fingerprint.created_at < moment))


_EXAMPLE_KEY = (Example.job_id, Example.position)


def _since(moment: datetime | None) -> ColumnElement[bool]:
    return Example.created_at >= moment if moment else true()


def bands_of(phash: bytes) -> list[int]:
    """The sixteen band values of a 32-byte hash: ``j << 16 | bits``."""
    return [j << 16 | int.from_bytes(phash[2 * j : 2 * j + 2], "big") for j in range(16)]


def _bits(phash: bytes) -> str:
    return f"{int.from_bytes(phash, 'big'):0256b}"
