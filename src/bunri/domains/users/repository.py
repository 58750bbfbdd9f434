"""Every SQL statement of users. What they return are frozen values; ORM rows stay inside."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.users import models, records
from bunri.domains.users.public import MailKind
from bunri.platform.db import Repository

_Profile = models.Profile
_Export = models.Export


class UsersRepository(Repository):
    outbox = models.outbox

    # ── profiles ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def profile(self, owner: str, *, lock: bool = False) -> records.ProfileRecord:
        """An empty one for who has said nothing."""
        statement = select(*_Profile.__table__.columns).where(_Profile.owner == owner)
        row = (await self._session.execute(statement.with_for_update() if lock else statement)).mappings().one_or_none()
        if row is None:
            return records.ProfileRecord(owner)
        return records.ProfileRecord(**{**row, "mails": tuple(MailKind(each) for each in row["mails"])})

    async def save(self, profile: records.ProfileRecord) -> None:
        values = {**asdict(profile), "mails": [str(each) for each in profile.mails]}
        await self._session.execute(
            insert(_Profile).values(values).on_conflict_do_update(index_elements=[_Profile.owner], set_=values)
        )

    async def lock_owner(self, owner: str) -> None:
        """Nobody else changes what is kept of ``owner`` until the transaction ends, a first row included."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(owner, 0))))

    async def remove_profile(self, owner: str) -> None:
        await self._session.execute(delete(_Profile).where(_Profile.owner == owner))

    # ── exports ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def add_export(self, export: records.Export) -> None:
        await self._session.execute(insert(_Export).values(asdict(export)))

    async def exports_of(self, owner: str) -> list[records.Export]:
        """The newest first."""
        return await self._exports(_Export.owner == owner)

    async def export(self, export_id: UUID) -> records.Export | None:
        return next(iter(await self._exports(_Export.id == export_id)), None)

    async def over(self, now: datetime, begun_before: datetime, limit: int) -> list[records.Export]:
        """Those that are over at ``now``, and those that have not got ready since ``begun_before``."""
        stuck = _Export.state.in_(["waiting", "working"]) & (_Export.created_at < begun_before)
        return (await self._exports(or_(_Export.expires_at <= now, stuck)))[:limit]

    async def _exports(self, where: Any) -> list[records.Export]:
        statement = select(*_Export.__table__.columns).where(where).order_by(_Export.id.desc())
        rows: Sequence[Any] = (await self._session.execute(statement)).mappings().all()
        return [records.Export(**{**row, "state": records.ExportState(row["state"])}) for row in rows]

    async def change_export(self, export_id: UUID, **values: Any) -> bool:
        """Whether there still is such an export."""
        statement = update(_Export).where(_Export.id == export_id).values(values).returning(_Export.id)
        return (await self._session.execute(statement)).first() is not None

    async def remove_export(self, export_id: UUID) -> None:
        await self._session.execute(delete(_Export).where(_Export.id == export_id))

    async def hand_over_exports(self, old: str, new: str) -> None:
        await self._session.execute(update(_Export).where(_Export.owner == old).values(owner=new))
