"""Archives that people ask for: begun, looked at, fetched, forgotten. ``exporting`` makes them."""

from typing import Final
from uuid import UUID

from bunri.domains.auth.public import AuthPublic, Caller
from bunri.domains.users.errors import ExportMissing
from bunri.domains.users.public import ExportAsked
from bunri.domains.users.records import Export, ExportState, export_key
from bunri.domains.users.repository import UsersRepository
from bunri.domains.users.schemas import ExportOut
from bunri.domains.users.settings import UsersSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage

BATCH: Final = 100


class Exports:
    def __init__(
        self,
        transaction: Transaction[UsersRepository],
        auth: AuthPublic,
        storage: Storage,
        settings: UsersSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._auth = auth
        self._storage = storage
        self._settings = settings
        self._clock = clock

    async def ask(self, caller: Caller, base_url: str) -> ExportOut:
        """A new archive, or the one that is being made. It takes the place of older ones.

        Raises ReauthenticationNeeded, RefreshInvalid.
        """
        await self._auth.begin_export(caller)
        async with self._transaction() as repository:
            await repository.lock_owner(caller.id)
            before = await repository.exports_of(caller.id)
            begun = next((each for each in before if each.is_open), None)
            if begun is None:
                begun = Export(new_id(), caller.id, ExportState.WAITING, 0, None, self._clock(), None)
                await repository.add_export(begun)
                await repository.add_event(ExportAsked(export_id=str(begun.id)))
        for each in before:
            if not each.is_open:
                await self._remove(each)
        return await self._shown(begun, base_url)

    async def of(self, caller: Caller, base_url: str) -> list[ExportOut]:
        async with self._transaction() as repository:
            exports = await repository.exports_of(caller.id)
        return [await self._shown(each, base_url) for each in exports if not self._is_over(each)]

    async def get(self, caller: Caller, export_id: UUID, base_url: str) -> ExportOut:
        """Raises ExportMissing."""
        return await self._shown(await self._mine(caller, export_id), base_url)

    async def remove(self, caller: Caller, export_id: UUID) -> None:
        """The archive, or what has been done for it. Raises ExportMissing, StorageUnavailable."""
        await self._remove(await self._mine(caller, export_id))

    async def forget(self) -> None:
        """Removes the archives whose time is over; those that came to no end have failed."""
        now = self._clock()
        async with self._transaction() as repository:
            found = await repository.over(now, now - self._settings.export_patience, BATCH)
        for each in found:
            if each.is_open:
                await self._fail(each)
            else:
                await self._remove(each)

    async def _mine(self, caller: Caller, export_id: UUID) -> Export:
        async with self._transaction() as repository:
            export = await repository.export(export_id)
        if export is None or export.owner != caller.id or self._is_over(export):
            raise ExportMissing
        return export

    def _is_over(self, export: Export) -> bool:
        return export.expires_at is not None and export.expires_at <= self._clock()

    async def _fail(self, export: Export) -> None:
        """It is shown as failed for as long as it would have been there."""
        until = self._clock() + self._settings.export_ttl
        async with self._transaction() as repository:
            await repository.change_export(export.id, state=ExportState.FAILED, expires_at=until)

    async def _remove(self, export: Export) -> None:
        await self._storage.delete(export_key(export.id))
        async with self._transaction() as repository:
            await repository.remove_export(export.id)

    async def _shown(self, export: Export, base_url: str) -> ExportOut:
        url = None
        if export.state == ExportState.READY and export.expires_at:
            left = export.expires_at - self._clock()
            url = await self._storage.url(export_key(export.id), expires_in=left, base_url=base_url)
        return ExportOut(
            id=export.id,
            state=export.state,
            progress=export.progress,
            created_at=export.created_at,
            size=export.size,
            expires_at=export.expires_at,
            download_url=url,
        )
