"""Every SQL statement of auth."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bunri.domains.auth.models import Guest, Session


class AuthRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_guest(self, guest_id: UUID, name: str, now: datetime) -> Guest:
        guest = Guest(id=guest_id, name=name, created_at=now)
        self._session.add(guest)
        await self._session.flush()
        return guest

    async def add_session(self, session: Session) -> None:
        self._session.add(session)
        await self._session.flush()

    async def session_by_id(self, session_id: UUID) -> tuple[Session, Guest] | None:
        """The session, locked until the transaction ends, and whose it is."""
        statement = (
            select(Session, Guest)
            .join(Guest, Guest.id == Session.guest_id)
            .where(Session.id == session_id)
            .with_for_update(of=Session)
        )
        row = (await self._session.execute(statement)).first()
        return (row[0], row[1]) if row else None

    async def flush(self) -> None:
        await self._session.flush()
