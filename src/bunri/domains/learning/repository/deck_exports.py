"""Statements about decks that are taken away as files."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.learning import models
from bunri.domains.learning.transfers import DeckExport, ExportFormat, TransferState
from bunri.platform.db import Repository

_Export = models.ExportRow
EXPORT: Final = tuple(_Export.__table__.columns)
_OPEN: Final = (TransferState.WAITING, TransferState.WORKING)


def export_of(row: Any) -> DeckExport:
    """From a mapping of EXPORT."""
    return DeckExport(**{**row, "format": ExportFormat(row["format"]), "state": TransferState(row["state"])})


class DeckExportRepository(Repository):
    async def add_deck_export(self, export: DeckExport) -> None:
        await self._session.execute(insert(_Export).values(asdict(export)))

    async def deck_export(self, export_id: UUID) -> DeckExport | None:
        row = (await self._session.execute(select(*EXPORT).where(_Export.id == export_id))).mappings().one_or_none()
        return export_of(row) if row else None

    async def deck_exports_of(self, owner: str) -> list[DeckExport]:
        """The newest first."""
        statement = select(*EXPORT).where(_Export.owner == owner).order_by(_Export.created_at.desc(), _Export.id)
        return [export_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def claim_deck_export(self, export_id: UUID, now: datetime, until: datetime) -> DeckExport | None:
        """For one worker, until it is silent for too long; None where there is nothing to do, or somebody is at it."""
        free = or_(_Export.state == TransferState.WAITING, _Export.lease_until <= now)
        where = (_Export.id == export_id, _Export.state.in_(_OPEN), free)
        values = {"state": TransferState.WORKING, "attempt": _Export.attempt + 1, "lease_until": until}
        found = await self._session.execute(update(_Export).where(*where).values(values).returning(*EXPORT))
        row = found.mappings().one_or_none()
        return export_of(row) if row else None

    async def change_deck_export(self, held: DeckExport, **values: Any) -> bool:
        """Whether ``held`` is still its worker's: nobody has taken it over, and it was not removed."""
        where = (
            _Export.id == held.id,
            _Export.owner == held.owner,
            _Export.attempt == held.attempt,
            _Export.state == TransferState.WORKING,
        )
        changed = update(_Export).where(*where).values(values).returning(_Export.id)
        return (await self._session.execute(changed)).first() is not None

    async def silent_deck_exports(self, now: datetime, limit: int) -> list[DeckExport]:
        """Those that nobody works at, locked; what another process has locked is left out."""
        statement = (
            select(*EXPORT)
            .where(_Export.state.in_(_OPEN), _Export.expires_at.is_(None), _Export.lease_until <= now)
            .order_by(_Export.lease_until)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [export_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def set_deck_export(self, export_id: UUID, **values: Any) -> None:
        """Of one that is locked."""
        await self._session.execute(update(_Export).where(_Export.id == export_id).values(values))

    async def forget_deck_exports(self, now: datetime, limit: int) -> list[DeckExport]:
        """Removes those whose time is over."""
        found = select(_Export.id).where(_Export.expires_at <= now).limit(limit)
        statement = delete(_Export).where(_Export.id.in_(found)).returning(*EXPORT)
        return [export_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def remove_deck_exports_of(self, owner: str) -> list[DeckExport]:
        statement = delete(_Export).where(_Export.owner == owner).returning(*EXPORT)
        return [export_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def hand_over_deck_exports(self, old: str, new: str) -> None:
        await self._session.execute(update(_Export).where(_Export.owner == old).values(owner=new))

    async def count_open_deck_exports(self, owner: str) -> int:
        where = (_Export.owner == owner, _Export.state.in_(_OPEN))
        return (await self._session.execute(select(func.count()).select_from(_Export).where(*where))).scalar_one()
