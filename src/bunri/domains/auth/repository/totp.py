"""Statements about authenticator apps."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.auth import models, records
from bunri.platform.db import Repository

_Row = models.Totp


class TotpRepository(Repository):
    async def put_totp(self, totp: records.Totp) -> None:
        """In place of one that was never confirmed."""
        values = {"secret": totp.secret, "created_at": totp.created_at, "confirmed_at": None, "last_step": None}
        statement = insert(_Row).values(person_id=totp.person_id, **values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=[_Row.person_id], set_=values))

    async def lock_totp(self, person_id: UUID) -> records.Totp | None:
        """The person's app, whose codes nobody else uses until the transaction ends."""
        columns = (_Row.person_id, _Row.secret, _Row.created_at, _Row.confirmed_at, _Row.last_step)
        found = select(*columns).where(_Row.person_id == person_id).with_for_update()
        row = (await self._session.execute(found)).one_or_none()
        return records.Totp(*row) if row else None

    async def confirm_totp(self, person_id: UUID, now: datetime) -> None:
        await self._session.execute(update(_Row).where(_Row.person_id == person_id).values(confirmed_at=now))

    async def use_step(self, person_id: UUID, step: int) -> None:
        """No code of this step or before is good any more."""
        await self._session.execute(update(_Row).where(_Row.person_id == person_id).values(last_step=step))

    async def remove_totp(self, person_id: UUID) -> None:
        await self._session.execute(delete(_Row).where(_Row.person_id == person_id))
