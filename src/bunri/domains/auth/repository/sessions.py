"""Statements about sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from bunri.domains.auth import models, records
from bunri.domains.auth.repository.people import PERSON_COLUMNS, person_of
from bunri.platform.db import Repository

_Row = models.Session


class SessionRepository(Repository):
    async def add_session(self, session: records.Session) -> None:
        values = {
            "id": session.id,
            "person_id": session.person.id,
            "refresh_hash": session.refresh_hash,
            "rotated_at": session.rotated_at,
            "expires_at": session.expires_at,
            "created_at": session.created_at,
            "ends_at": session.ends_at,
            "authenticated_at": session.authenticated_at,
            "factors": list(session.factors),
            "device": session.device.name,
            "network": session.device.network,
        }
        await self._session.execute(insert(_Row).values(values))

    async def lock_session(self, session_id: UUID) -> records.Session | None:
        """The session, which nobody else changes until the transaction ends."""
        statement = _SESSIONS.where(_Row.id == session_id).with_for_update(of=_Row)
        row = (await self._session.execute(statement)).one_or_none()
        return _session_of(row) if row else None

    async def sessions_of(self, person_id: UUID) -> Sequence[records.Session]:
        """The newest last."""
        rows = await self._session.execute(_SESSIONS.where(_Row.person_id == person_id).order_by(_Row.id))
        return [_session_of(row) for row in rows]

    async def rotate(self, session: records.Session, refresh_hash: bytes, now: datetime, expires_at: datetime) -> None:
        """The newest refresh token becomes the previous one."""
        values = {
            "previous_hash": session.refresh_hash,
            "refresh_hash": refresh_hash,
            "rotated_at": now,
            "expires_at": expires_at,
        }
        await self._session.execute(update(_Row).where(_Row.id == session.id).values(values))

    async def end_session(self, session_id: UUID, now: datetime) -> None:
        await self._session.execute(update(_Row).where(_Row.id == session_id).values(revoked_at=now))

    async def set_authenticated(self, session_id: UUID, now: datetime, factors: Sequence[str]) -> None:
        """Its person has shown anew who they are."""
        values = {"authenticated_at": now, "factors": list(factors)}
        await self._session.execute(update(_Row).where(_Row.id == session_id).values(values))

    async def forget_factor(self, person_id: UUID, factor: str) -> None:
        """The person's sessions rest on it no more."""
        left = func.array_remove(_Row.factors, factor)
        await self._session.execute(update(_Row).where(_Row.person_id == person_id).values(factors=left))

    async def remove_old_sessions(self, ended_before: datetime) -> None:
        """Those that nobody can use any more, and whose reuse need not be noticed any more."""
        over = (_Row.revoked_at < ended_before) | (_Row.expires_at < ended_before) | (_Row.ends_at < ended_before)
        await self._session.execute(delete(_Row).where(over))


_SESSIONS: Final = select(
    _Row.id,
    _Row.refresh_hash,
    _Row.previous_hash,
    _Row.rotated_at,
    _Row.expires_at,
    _Row.revoked_at,
    _Row.created_at,
    _Row.ends_at,
    _Row.authenticated_at,
    _Row.factors,
    _Row.device,
    _Row.network,
    *(column.label(f"person_{column.key}") for column in PERSON_COLUMNS),
).join(models.Person, models.Person.id == _Row.person_id)


def _session_of(row: Any) -> records.Session:
    return records.Session(
        id=row.id,
        person=person_of(row[-len(PERSON_COLUMNS) :]),
        refresh_hash=row.refresh_hash,
        previous_hash=row.previous_hash,
        rotated_at=row.rotated_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        created_at=row.created_at,
        ends_at=row.ends_at,
        authenticated_at=row.authenticated_at,
        factors=tuple(row.factors),
        device=records.Device(row.device, row.network),
    )
