"""Statements about the log of security events."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from bunri.domains.auth import models, records
from bunri.kit.ids import new_id
from bunri.platform.db import Repository

_Row = models.SecurityEvent


class SecurityEventRepository(Repository):
    async def log_event(self, kind: str, person_id: UUID | None, device: records.Device, now: datetime) -> None:
        values = {
            "id": new_id(),
            "person_id": person_id,
            "kind": kind,
            "device": device.name,
            "network": device.network,
            "created_at": now,
        }
        await self._session.execute(insert(_Row).values(values))

    async def events_of(self, person_id: UUID, limit: int) -> Sequence[records.SecurityEvent]:
        """The newest first."""
        some = select(_Row.kind, _Row.device, _Row.network, _Row.created_at).where(_Row.person_id == person_id)
        rows = await self._session.execute(some.order_by(_Row.created_at.desc(), _Row.id.desc()).limit(limit))
        return [
            records.SecurityEvent(kind, records.Device(device, network), created_at)
            for kind, device, network, created_at in rows
        ]

    async def forget_names_of_events(self, person_id: UUID) -> None:
        """What happened stays known; to whom does not."""
        await self._session.execute(update(_Row).where(_Row.person_id == person_id).values(person_id=None))

    async def remove_old_events(self, before: datetime) -> None:
        await self._session.execute(delete(_Row).where(_Row.created_at < before))
