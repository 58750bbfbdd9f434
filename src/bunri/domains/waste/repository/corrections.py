"""Statements about what people said of items."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

from sqlalchemy import exists, insert, select

from bunri.domains.waste.models import CorrectionRow
from bunri.domains.waste.records import Correction
from bunri.platform.db import Repository


class CorrectionRepository(Repository):
    async def add_correction(self, correction: Correction) -> None:
        await self._session.execute(insert(CorrectionRow).values(asdict(correction)))

    async def has_user_input(self, job_id: UUID, position: int) -> bool:
        """Whether the person has said anything about an item."""
        said = exists().where(CorrectionRow.job_id == job_id, CorrectionRow.position == position)
        return bool((await self._session.execute(select(said))).scalar())

    async def corrections_of(self, job_ids: Sequence[UUID]) -> list[Correction]:
        """In the order in which they were made."""
        statement = select(*_CORRECTION).where(CorrectionRow.job_id.in_(job_ids)).order_by(CorrectionRow.id)
        return [Correction(**row._mapping) for row in await self._session.execute(statement)]


_CORRECTION: Final = (
    CorrectionRow.id,
    CorrectionRow.job_id,
    CorrectionRow.position,
    CorrectionRow.kind,
    CorrectionRow.was,
    CorrectionRow.user_input.label("user_input"),
    CorrectionRow.said_by,
    CorrectionRow.created_at,
)
