"""Statements about recovery codes, of which only hashes are kept."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from bunri.domains.auth import models
from bunri.platform.db import Repository

_Row = models.RecoveryCode


class RecoveryCodeRepository(Repository):
    async def replace_codes(self, person_id: UUID, kind: str, hashes: Sequence[bytes], now: datetime) -> None:
        """New codes; the older ones of this kind are good no more."""
        await self._session.execute(delete(_Row).where(_Row.person_id == person_id, _Row.kind == kind))
        if hashes:
            rows = [{"hash": each, "person_id": person_id, "kind": kind, "created_at": now} for each in hashes]
            await self._session.execute(insert(_Row), rows)

    async def owner_of_code(self, kind: str, code_hash: bytes) -> UUID | None:
        """Whose code it is, which stays good."""
        found = select(_Row.person_id).where(_Row.hash == code_hash, _Row.kind == kind)
        return (await self._session.execute(found)).scalar_one_or_none()

    async def use_code(self, kind: str, code_hash: bytes) -> UUID | None:
        """Whose code it was: it is good no more, and of two who use it at once one gets None."""
        used = delete(_Row).where(_Row.hash == code_hash, _Row.kind == kind).returning(_Row.person_id)
        return (await self._session.execute(used)).scalar_one_or_none()

    async def count_codes(self, person_id: UUID, kind: str) -> int:
        counted = select(func.count()).select_from(_Row).where(_Row.person_id == person_id, _Row.kind == kind)
        return (await self._session.execute(counted)).scalar_one()
