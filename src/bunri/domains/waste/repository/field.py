"""Statements about the field bank: features of photos that people confirmed, and its versions."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql

from bunri.domains.waste.models import FieldPhotoRow, FieldVersionRow, TrainingSampleRow
from bunri.domains.waste.records import ConfirmedRow, FieldPhoto, FieldVersion
from bunri.platform.db import Repository

MOST: Final = 20_000
"""Rows that are read for one bank, which itself takes fewer: those of one person are bounded."""


class FieldRepository(Repository):
    async def put_field_photos(self, job_id: UUID, position: int, photos: Sequence[FieldPhoto]) -> None:
        """Of a sample that is stored already; what is known stays, since a photo does not change."""
        for photo in photos:
            values = {"job_id": job_id, "position": position, **asdict(photo)}
            await self._session.execute(postgresql.insert(FieldPhotoRow).values(values).on_conflict_do_nothing())

    async def confirmed(self, network: str, until: datetime) -> list[ConfirmedRow]:
        """What was said until then and was not rolled back, newest first."""
        statement = (
            select(*_CONFIRMED)
            .join(TrainingSampleRow, _SAMPLE)
            .where(FieldPhotoRow.network == network, *_heard(until))
            .order_by(TrainingSampleRow.created_at.desc(), FieldPhotoRow.job_id)
            .limit(MOST)
        )
        return [ConfirmedRow(**row._mapping) for row in await self._session.execute(statement)]

    async def count_confirmed(self, network: str, until: datetime) -> int:
        """How many ``confirmed`` would be, without their bound."""
        statement = (
            select(func.count())
            .select_from(FieldPhotoRow)
            .join(TrainingSampleRow, _SAMPLE)
            .where(FieldPhotoRow.network == network, *_heard(until))
        )
        return (await self._session.execute(statement)).scalar_one()

    async def field_networks(self) -> dict[str, int]:
        """Networks of which there are rows, with their number."""
        counted = select(FieldPhotoRow.network, func.count()).group_by(FieldPhotoRow.network)
        return {row[0]: row[1] for row in await self._session.execute(counted)}

    async def field_photos_of(self, contributor: bytes) -> list[tuple[UUID, int, FieldPhoto]]:
        """With job and position, in their order."""
        statement = (
            select(FieldPhotoRow)
            .join(TrainingSampleRow, _SAMPLE)
            .where(TrainingSampleRow.contributor == contributor)
            .order_by(FieldPhotoRow.job_id, FieldPhotoRow.position, FieldPhotoRow.network)
        )
        return [
            (row.job_id, row.position, FieldPhoto(network=row.network, features=row.features, opinions=row.opinions))
            for row in (await self._session.execute(statement)).scalars()
        ]

    async def field_version(self, network: str) -> FieldVersion | None:
        """The one that is heard."""
        newest = (
            select(*_VERSION)
            .where(FieldVersionRow.network == network, FieldVersionRow.state == "taken")
            .order_by(FieldVersionRow.number.desc())
            .limit(1)
        )
        row = (await self._session.execute(newest)).one_or_none()
        return FieldVersion(**row._mapping) if row else None

    async def field_versions(self, limit: int) -> list[FieldVersion]:
        """The newest first, whatever became of them."""
        newest = select(*_VERSION).order_by(FieldVersionRow.number.desc()).limit(limit)
        return [FieldVersion(**row._mapping) for row in await self._session.execute(newest)]

    async def add_field_version(self, values: dict[str, Any]) -> FieldVersion:
        """``values``: as FieldVersion, but for the number. Of those that were refused the newest is kept."""
        await self._session.execute(delete(FieldVersionRow).where(FieldVersionRow.state == "refused"))
        made = await self._session.execute(insert(FieldVersionRow).values(values).returning(*_VERSION))
        return FieldVersion(**made.one()._mapping)

    async def roll_back_field(self, network: str) -> FieldVersion | None:
        """The version that is heard becomes one that was rolled back; None when there is none."""
        heard = await self.field_version(network)
        if heard is None:
            return None
        one = FieldVersionRow.number == heard.number
        await self._session.execute(update(FieldVersionRow).where(one).values(state="rolled_back"))
        return heard


_SAMPLE: Final = (TrainingSampleRow.job_id == FieldPhotoRow.job_id) & (
    TrainingSampleRow.position == FieldPhotoRow.position
)
_CONFIRMED: Final = (
    FieldPhotoRow.job_id,
    TrainingSampleRow.contributor.label("contributor"),
    TrainingSampleRow.item,
    TrainingSampleRow.material,
    FieldPhotoRow.features,
    FieldPhotoRow.opinions,
    TrainingSampleRow.created_at,
)
_VERSION: Final = tuple(FieldVersionRow.__table__.columns)


def _heard(until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Said until then, and not with a version that was rolled back."""
    said = TrainingSampleRow.created_at
    rolled_back = exists().where(
        FieldVersionRow.state == "rolled_back",
        FieldVersionRow.until >= said,
        or_(FieldVersionRow.since.is_(None), FieldVersionRow.since < said),
    )
    return said <= until, ~rolled_back
