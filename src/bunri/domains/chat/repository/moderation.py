"""Statements about what is reported and what moderators do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from bunri.domains.chat import models
from bunri.kit.ids import new_id
from bunri.platform.db import Repository


class ModerationRepository(Repository):
    async def ban(self, room_id: UUID, person: str, until: datetime) -> None:
        statement = upsert(models.BanRow).values(room_id=room_id, person=person, until=until)
        key = [models.BanRow.room_id, models.BanRow.person]
        await self._session.execute(statement.on_conflict_do_update(index_elements=key, set_={"until": until}))

    async def lift_ban(self, room_id: UUID, person: str) -> None:
        row = models.BanRow
        await self._session.execute(delete(row).where(row.room_id == room_id, row.person == person))

    async def report(self, message_id: UUID, person: str, reason: str, now: datetime) -> None:
        """A second one of the same person says nothing new."""
        values = {"message_id": message_id, "person": person, "reason": reason, "created_at": now}
        await self._session.execute(upsert(models.ReportRow).values(values).on_conflict_do_nothing())

    async def note_action(
        self, room_id: UUID, actor: str, kind: str, target: str | None, until: datetime | None, now: datetime
    ) -> None:
        values = {
            "id": new_id(),
            "room_id": room_id,
            "actor": actor,
            "kind": kind,
            "target": target,
            "until": until,
            "created_at": now,
        }
        await self._session.execute(insert(models.ActionRow).values(values))
