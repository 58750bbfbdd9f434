"""Decks that people take away as files: asked for, fetched, forgotten. ``deck_exporting`` makes them."""

from typing import Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.learning.errors import DeckExportMissing, ImportGivenUp, TooManyDeckExports
from bunri.domains.learning.public import DeckExportAsked
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.service.decks import known
from bunri.domains.learning.settings import LearningSettings
from bunri.domains.learning.transfer_schemas import DeckExportIn, DeckExportOut, export_out
from bunri.domains.learning.transfers import DeckExport, TransferState, export_key
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage

MOST_ATTEMPTS: Final = 12
"""How often a worker begins one, whatever ended the ones before."""
MOST_OPEN: Final = 3
BATCH: Final = 100


class DeckExports:
    def __init__(
        self, transaction: Transaction[LearningRepository], storage: Storage, settings: LearningSettings, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._storage = storage
        self._settings = settings
        self._clock = clock

    async def ask(self, caller: Caller, said: DeckExportIn, base_url: str, language: Language) -> DeckExportOut:
        """Raises DeckMissing, TooManyDeckExports."""
        now = self._clock()
        asked = DeckExport(
            new_id(), caller.id, said.deck_id, said.format, now, lease_until=now + self._settings.import_lease
        )
        async with self._transaction() as repository:
            await known(repository, said.deck_id, caller.id)
            await repository.lock_person(caller.id)
            if await repository.count_open_deck_exports(caller.id) >= MOST_OPEN:
                raise TooManyDeckExports(most=MOST_OPEN)
            await repository.add_deck_export(asked)
            await repository.add_event(DeckExportAsked(export_id=str(asked.id)))
        return await self._shown(asked, base_url, language)

    async def get(self, caller: Caller, export_id: UUID, base_url: str, language: Language) -> DeckExportOut:
        """Raises DeckExportMissing."""
        async with self._transaction() as repository:
            export = await repository.deck_export(export_id)
        if export is None or export.owner != caller.id or self._is_over(export):
            raise DeckExportMissing
        return await self._shown(export, base_url, language)

    async def listed(self, caller: Caller, base_url: str, language: Language) -> list[DeckExportOut]:
        """The newest first."""
        async with self._transaction() as repository:
            found = await repository.deck_exports_of(caller.id)
        return [await self._shown(each, base_url, language) for each in found if not self._is_over(each)]

    def _is_over(self, export: DeckExport) -> bool:
        return export.expires_at is not None and export.expires_at <= self._clock()

    async def _shown(self, export: DeckExport, base_url: str, language: Language) -> DeckExportOut:
        url = None
        if export.state == TransferState.DONE and export.expires_at:
            left = export.expires_at - self._clock()
            url = await self._storage.url(export_key(export), expires_in=left, base_url=base_url)
        return export_out(export, url, language)

    async def look_after(self) -> None:
        """What a worker left behind is begun again; what nobody may fetch any more is removed."""
        now, settings = self._clock(), self._settings
        async with self._transaction() as repository:
            for one in await repository.silent_deck_exports(now, BATCH):
                if one.attempt >= MOST_ATTEMPTS or one.created_at < now - settings.import_patience:
                    failed = {"state": TransferState.FAILED, "error": ImportGivenUp.code}
                    await repository.set_deck_export(one.id, **failed, expires_at=now + settings.export_ttl)
                    continue
                until = now + settings.import_lease
                await repository.set_deck_export(one.id, state=TransferState.WAITING, lease_until=until)
                await repository.add_event(DeckExportAsked(export_id=str(one.id)))
        async with self._transaction() as repository:
            gone = await repository.forget_deck_exports(now, BATCH)
            await repository.remove_objects([export_key(each) for each in gone])
