"""Statements about accounts elsewhere by which people sign in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.auth import models, records
from bunri.domains.auth.repository.people import PERSON_COLUMNS, person_of
from bunri.platform.db import Repository

_Row = models.Identity


class IdentityRepository(Repository):
    async def add_identity(self, person_id: UUID, provider: str, subject: str, now: datetime) -> bool:
        """False where somebody has it, or the person has another one of this provider."""
        values = {"provider": provider, "subject": subject, "person_id": person_id, "created_at": now}
        added = insert(_Row).values(values).on_conflict_do_nothing().returning(_Row.subject)
        return (await self._session.execute(added)).scalar_one_or_none() is not None

    async def person_by_identity(self, provider: str, subject: str) -> records.Person | None:
        """Whose it is, whom nobody else changes until the transaction ends."""
        found = (
            select(*PERSON_COLUMNS)
            .join(_Row, _Row.person_id == models.Person.id)
            .where(_Row.provider == provider, _Row.subject == subject)
            .with_for_update(of=models.Person)
        )
        row = (await self._session.execute(found)).one_or_none()
        return person_of(row) if row else None

    async def identities_of(self, person_id: UUID) -> Sequence[tuple[str, str]]:
        """Provider and subject."""
        rows = await self._session.execute(select(_Row.provider, _Row.subject).where(_Row.person_id == person_id))
        return [(provider, subject) for provider, subject in rows]

    async def linked_identities(self, person_id: UUID) -> Sequence[records.LinkedIdentity]:
        """The oldest first."""
        columns = (_Row.provider, _Row.subject, _Row.refresh_token, _Row.created_at)
        found = select(*columns).where(_Row.person_id == person_id).order_by(_Row.created_at, _Row.provider)
        return [records.LinkedIdentity(*row) for row in await self._session.execute(found)]

    async def set_refresh_token(self, provider: str, subject: str, refresh_token: bytes) -> None:
        mine = (_Row.provider == provider, _Row.subject == subject)
        await self._session.execute(update(_Row).where(*mine).values(refresh_token=refresh_token))

    async def remove_identity(self, person_id: UUID, provider: str) -> None:
        await self._session.execute(delete(_Row).where(_Row.person_id == person_id, _Row.provider == provider))
