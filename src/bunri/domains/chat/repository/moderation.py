"""Statements about what moderators do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bunri.domains.chat import models, records
from bunri.kit.ids import new_id
from bunri.platform.db import Repository

_Ban = models.BanRow


class ModerationRepository(Repository):
    async def ban(self, room_id: UUID, ban: records.Ban) -> None:
        """A second one replaces the first, but for the name of who is no member any more."""
        statement = upsert(_Ban).values(room_id=room_id, person=ban.person, until=ban.until, name=ban.name)
        changes = {"until": ban.until} | ({"name": ban.name} if ban.name else {})
        key = [_Ban.room_id, _Ban.person]
        await self._session.execute(statement.on_conflict_do_update(index_elements=key, set_=changes))

    async def bans_of(self, room_id: UUID, now: datetime, *, after: str, limit: int) -> list[records.Ban]:
        """Those that are not over, by person; ``after``: the last person of the page before."""
        where = (_Ban.room_id == room_id, _Ban.until > now, _Ban.person > after)
        statement = select(_Ban.person, _Ban.name, _Ban.until).where(*where).order_by(_Ban.person).limit(limit)
        return [records.Ban(*row) for row in await self._session.execute(statement)]

    async def remove_old_bans(self, now: datetime) -> None:
        await self._session.execute(delete(_Ban).where(_Ban.until <= now))

    async def lift_ban(self, room_id: UUID, person: str) -> None:
        await self._session.execute(delete(_Ban).where(_Ban.room_id == room_id, _Ban.person == person))

    async def note_action(
        self,
        room_id: UUID,
        actor: str,
        kind: str,
        target: str | None,
        until: datetime | None,
        now: datetime,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        values = {
            "id": new_id(),
            "room_id": room_id,
            "actor": actor,
            "kind": kind,
            "target": target,
            "until": until,
            "created_at": now,
            "details": dict(details or {}),
        }
        await self._session.execute(insert(models.ActionRow).values(values))
