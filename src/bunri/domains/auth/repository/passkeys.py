"""Statements about passkeys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.auth import models, records
from bunri.platform.db import Repository

_Row = models.Passkey


class PasskeyRepository(Repository):
    async def add_passkey(self, passkey: records.Passkey) -> bool:
        """False where somebody has it already."""
        values = {
            "id": passkey.id,
            "person_id": passkey.person_id,
            "credential_id": passkey.credential_id,
            "public_key": passkey.public_key,
            "sign_count": passkey.sign_count,
            "name": passkey.name,
            "created_at": passkey.created_at,
        }
        added = insert(_Row).values(values).on_conflict_do_nothing(index_elements=[_Row.credential_id])
        return (await self._session.execute(added.returning(_Row.id))).scalar_one_or_none() is not None

    async def passkeys_of(self, person_id: UUID) -> Sequence[records.Passkey]:
        """The oldest first."""
        rows = await self._session.execute(_PASSKEYS.where(_Row.person_id == person_id).order_by(_Row.id))
        return [records.Passkey(*row) for row in rows]

    async def passkey_by_credential(self, credential_id: bytes) -> records.Passkey | None:
        return await self._passkey(_PASSKEYS.where(_Row.credential_id == credential_id))

    async def lock_passkey(self, passkey_id: UUID) -> records.Passkey | None:
        """The passkey, which nobody else uses until the transaction ends."""
        return await self._passkey(_PASSKEYS.where(_Row.id == passkey_id).with_for_update())

    async def _passkey(self, statement: Any) -> records.Passkey | None:
        row = (await self._session.execute(statement)).one_or_none()
        return records.Passkey(*row) if row else None

    async def use_passkey(self, passkey_id: UUID, sign_count: int, now: datetime) -> None:
        values = {"sign_count": sign_count, "last_used_at": now}
        await self._session.execute(update(_Row).where(_Row.id == passkey_id).values(values))

    async def remove_passkeys_of(self, person_id: UUID) -> None:
        await self._session.execute(delete(_Row).where(_Row.person_id == person_id))

    async def remove_passkey(self, passkey_id: UUID) -> None:
        await self._session.execute(delete(_Row).where(_Row.id == passkey_id))


_PASSKEYS: Final = select(
    _Row.id,
    _Row.person_id,
    _Row.credential_id,
    _Row.public_key,
    _Row.sign_count,
    _Row.name,
    _Row.created_at,
    _Row.last_used_at,
)
