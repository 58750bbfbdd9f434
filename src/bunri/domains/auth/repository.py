"""Every SQL statement of auth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from bunri.domains.auth import models
from bunri.domains.auth.models import Guest, Session
from bunri.platform.db import Repository


@dataclass(frozen=True, slots=True)
class GuestRecord:
    """Somebody with only a name."""

    id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A signed-in device and whose it is."""

    id: UUID
    guest_id: UUID
    guest_name: str
    refresh_hash: bytes
    previous_hash: bytes | None
    rotated_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class AuthRepository(Repository):
    outbox = models.outbox

    async def add_guest(self, guest: GuestRecord) -> None:
        values = {"id": guest.id, "name": guest.name, "created_at": guest.created_at}
        await self._session.execute(insert(Guest).values(values))

    async def add_session(
        self, session_id: UUID, guest_id: UUID, refresh_hash: bytes, now: datetime, expires_at: datetime
    ) -> None:
        values = {
            "id": session_id,
            "guest_id": guest_id,
            "refresh_hash": refresh_hash,
            "rotated_at": now,
            "expires_at": expires_at,
        }
        await self._session.execute(insert(Session).values(values))

    async def guest_by_id(self, guest_id: UUID) -> GuestRecord | None:
        row = (await self._session.execute(select(*_GUEST).where(Guest.id == guest_id))).one_or_none()
        return GuestRecord(*row) if row else None

    async def lock_session(self, session_id: UUID) -> SessionRecord | None:
        """The session, which nobody else changes until the transaction ends."""
        statement = _SESSIONS.where(Session.id == session_id).with_for_update(of=Session)
        row = (await self._session.execute(statement)).one_or_none()
        return SessionRecord(*row) if row else None

    async def sessions_of(self, guest_id: UUID) -> Sequence[SessionRecord]:
        rows = await self._session.execute(_SESSIONS.where(Session.guest_id == guest_id).order_by(Session.id))
        return [SessionRecord(*row) for row in rows]

    async def rotate(self, session: SessionRecord, refresh_hash: bytes, now: datetime, expires_at: datetime) -> None:
        """The newest refresh token becomes the previous one."""
        values = {
            "previous_hash": session.refresh_hash,
            "refresh_hash": refresh_hash,
            "rotated_at": now,
            "expires_at": expires_at,
        }
        await self._session.execute(update(Session).where(Session.id == session.id).values(values))

    async def end_session(self, session_id: UUID, now: datetime) -> None:
        await self._session.execute(update(Session).where(Session.id == session_id).values(revoked_at=now))

    async def remove_guest(self, guest_id: UUID) -> None:
        """With all sessions."""
        await self._session.execute(delete(Guest).where(Guest.id == guest_id))


_GUEST = (Guest.id, Guest.name, Guest.created_at)
_SESSIONS = select(
    Session.id,
    Session.guest_id,
    Guest.name,
    Session.refresh_hash,
    Session.previous_hash,
    Session.rotated_at,
    Session.expires_at,
    Session.revoked_at,
).join(Guest, Guest.id == Session.guest_id)
