"""Statements about pictures that people let us keep to train on."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, true, tuple_, update
from sqlalchemy.dialects import postgresql

from bunri.domains.waste.models import TrainingSampleRow
from bunri.domains.waste.records import TrainingSample
from bunri.platform.db import Repository


class TrainingSampleRepository(Repository):
    async def put_sample(self, sample: TrainingSample) -> None:
        """The last statement on an item replaces the one before; what the models had seen stays as it first was."""
        values = asdict(sample)
        newer = {name: values[name] for name in ("kind", "item", "material", "form", "tags", "created_at")}
        statement = postgresql.insert(TrainingSampleRow).values(values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=_SAMPLE_KEY, set_=newer))

    async def remove_sample(self, job_id: UUID, position: int) -> None:
        one = and_(TrainingSampleRow.job_id == job_id, TrainingSampleRow.position == position)
        await self._session.execute(delete(TrainingSampleRow).where(one))

    async def remove_samples(self, job_ids: Sequence[UUID]) -> None:
        await self._session.execute(delete(TrainingSampleRow).where(TrainingSampleRow.job_id.in_(job_ids)))

    async def contributed_by(self, contributor: bytes, job_id: UUID | None, limit: int) -> Sequence[UUID]:
        """Jobs with training samples of ``contributor``, or the one job if it has some."""
        mine = select(TrainingSampleRow.job_id).where(TrainingSampleRow.contributor == contributor)
        if job_id:
            mine = mine.where(TrainingSampleRow.job_id == job_id)
        return (await self._session.execute(mine.distinct().limit(limit))).scalars().all()

    async def samples_of(self, contributor: bytes) -> list[TrainingSample]:
        statement = select(*_SAMPLE).where(TrainingSampleRow.contributor == contributor).order_by(*_SAMPLE_KEY)
        return [TrainingSample(**row._mapping) for row in await self._session.execute(statement)]

    async def hand_over_samples(self, old: bytes, new: bytes) -> None:
        """The training samples of the pseudonym ``old`` become those of ``new``."""
        mine = TrainingSampleRow.contributor == old
        await self._session.execute(update(TrainingSampleRow).where(mine).values(contributor=new))

    async def with_samples(self, job_ids: Sequence[UUID]) -> set[UUID]:
        """Which of the jobs have training samples."""
        found = select(TrainingSampleRow.job_id).where(TrainingSampleRow.job_id.in_(job_ids))
        return set((await self._session.execute(found)).scalars())

    async def count_samples(self, since: datetime | None) -> int:
        counted = select(func.count()).select_from(TrainingSampleRow).where(_since(since))
        return (await self._session.execute(counted)).scalar_one()

    async def samples(
        self, since: datetime | None, after: tuple[UUID, int] | None, limit: int
    ) -> Sequence[TrainingSample]:
        """A page by job and item, behind ``after``: the samples of one picture follow each other."""
        statement = select(*_SAMPLE).where(_since(since)).order_by(*_SAMPLE_KEY).limit(limit)
        if after:
            statement = statement.where(tuple_(*_SAMPLE_KEY) > after)
        return [TrainingSample(**row._mapping) for row in await self._session.execute(statement)]


_SAMPLE: Final = (
    TrainingSampleRow.job_id,
    TrainingSampleRow.position,
    TrainingSampleRow.contributor.label("contributor"),
    TrainingSampleRow.kind,
    TrainingSampleRow.box,
    TrainingSampleRow.item,
    TrainingSampleRow.material,
    TrainingSampleRow.form,
    TrainingSampleRow.tags,
    TrainingSampleRow.seen,
    TrainingSampleRow.models,
    TrainingSampleRow.created_at,
)
_SAMPLE_KEY: Final = (TrainingSampleRow.job_id, TrainingSampleRow.position)


def _since(moment: datetime | None) -> ColumnElement[bool]:
    return TrainingSampleRow.created_at >= moment if moment else true()
