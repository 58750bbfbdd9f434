"""Statements about classes that are being handed over."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.learning import models
from bunri.domains.learning.classes import ClassHandover
from bunri.platform.db import Repository

_Handover = models.ClassHandoverRow
_Media = models.MediaRow
HANDOVER: Final = tuple(_Handover.__table__.columns)


class ClassHandoverRepository(Repository):
    async def put_handover(self, made: ClassHandover) -> None:
        """In place of the one before."""
        values = asdict(made)
        statement = insert(_Handover).values(values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["class_id"], set_=values))

    async def handover(self, class_id: UUID, now: datetime) -> ClassHandover | None:
        """That is not over yet."""
        return await self._open_handover(_Handover.class_id == class_id, _Handover.expires_at > now)

    async def handover_of_token(self, token_hash: bytes, now: datetime) -> ClassHandover | None:
        return await self._open_handover(_Handover.token_hash == token_hash, _Handover.expires_at > now)

    async def _open_handover(self, *where: Any) -> ClassHandover | None:
        row = (await self._session.execute(select(*HANDOVER).where(*where))).mappings().one_or_none()
        return ClassHandover(**row) if row else None

    async def accept_handover(self, token_hash: bytes, person: str, name: str, now: datetime) -> bool:
        """False where the link is over, or somebody else was quicker."""
        free = or_(_Handover.person.is_(None), _Handover.person == person)
        where = (_Handover.token_hash == token_hash, _Handover.expires_at > now, free)
        values = {"person": person, "name": name, "accepted_at": now}
        changed = update(_Handover).where(*where).values(values).returning(_Handover.class_id)
        return (await self._session.execute(changed)).first() is not None

    async def remove_handover(self, class_id: UUID) -> None:
        await self._session.execute(delete(_Handover).where(_Handover.class_id == class_id))

    async def remove_handovers_over(self, now: datetime) -> None:
        await self._session.execute(delete(_Handover).where(_Handover.expires_at <= now))

    async def handovers_accepted_by(self, person: str) -> list[ClassHandover]:
        statement = select(*HANDOVER).where(_Handover.person == person).order_by(_Handover.class_id)
        return [ClassHandover(**row) for row in (await self._session.execute(statement)).mappings()]

    async def hand_over_pictures(self, deck_id: UUID, old: str, new: str) -> None:
        """Those that ``old`` put into the deck count as ``new``'s."""
        where = (_Media.deck_id == deck_id, _Media.owner == old)
        await self._session.execute(update(_Media).where(*where).values(owner=new))
