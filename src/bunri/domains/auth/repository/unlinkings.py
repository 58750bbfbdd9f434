"""Statements about connections with accounts elsewhere that are still to be ended there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from bunri.domains.auth import models, records
from bunri.kit.ids import new_id
from bunri.platform.db import Repository

_Row = models.Unlinking


class UnlinkingRepository(Repository):
    async def add_unlinking(self, person_id: UUID, identity: records.LinkedIdentity, now: datetime) -> None:
        """Due at once."""
        values = {
            "id": new_id(),
            "provider": identity.provider,
            "subject": identity.subject,
            "person_id": person_id,
            "refresh_token": identity.refresh_token,
            "attempts": 0,
            "next_attempt_at": now,
            "created_at": now,
        }
        await self._session.execute(insert(_Row).values(values))

    async def claim_unlinkings(self, now: datetime, lease: timedelta, limit: int) -> Sequence[records.Unlinking]:
        """Those that are due, in the hands of the caller until ``lease`` is over; the longest waiting first."""
        due = select(_Row.id).where(_Row.next_attempt_at <= now).order_by(_Row.next_attempt_at).limit(limit)
        claimed = (
            update(_Row)
            .where(_Row.id.in_(due.with_for_update(skip_locked=True)))
            .values(attempts=_Row.attempts + 1, next_attempt_at=now + lease)
            .returning(_Row.id, _Row.provider, _Row.subject, _Row.person_id, _Row.refresh_token, _Row.attempts)
        )
        return [records.Unlinking(*row) for row in await self._session.execute(claimed)]

    async def put_off_unlinking(self, unlinking_id: UUID, until: datetime) -> None:
        await self._session.execute(update(_Row).where(_Row.id == unlinking_id).values(next_attempt_at=until))

    async def remove_unlinking(self, unlinking_id: UUID) -> None:
        await self._session.execute(delete(_Row).where(_Row.id == unlinking_id))
