"""Makes an archive of everything kept of a person: every domain's document, and the pictures that they name."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from bunri.domains.users.archive import Archive
from bunri.domains.users.public import ExportAsked
from bunri.domains.users.records import Export, ExportState, export_key
from bunri.domains.users.repository import UsersRepository
from bunri.domains.users.settings import UsersSettings
from bunri.kit.clock import Clock
from bunri.kit.errors import NO_ROOM, Full
from bunri.kit.user_data import UserDataOfDomains
from bunri.platform.db import Transaction
from bunri.platform.storage import ObjectMissing, Storage

LARGEST_PICTURE: Final = 32 * 2**20
_DOCUMENTS: Final = 30
_PICTURES: Final = 95
"""Per cent that are done when the documents, and the pictures, are in the archive."""
_REPORTED: Final = 50
"""Pictures between two reports of progress."""


class Exporting:
    """What fails because something is away is tried again by the queue, from the beginning."""

    def __init__(
        self,
        transaction: Transaction[UsersRepository],
        data: UserDataOfDomains,
        storage: Storage,
        settings: UsersSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._data = data
        self._storage = storage
        self._settings = settings
        self._clock = clock

    async def work(self, asked: ExportAsked) -> None:
        """Once more does no harm. Raises what a domain or the store raises when it is away; Full."""
        export_id = UUID(asked.export_id)
        async with self._transaction() as repository:
            export = await repository.export(export_id)
        if export is None or not export.is_open:
            return
        try:
            with tempfile.TemporaryDirectory(prefix="bunri-export-") as folder:
                path = Path(folder) / "export.zip"
                await self._fill(path, export)
                size = path.stat().st_size
                await self._storage.write_file(export_key(export_id), path, "application/zip")
        except OSError as error:
            if error.errno in NO_ROOM:
                raise Full from error
            raise
        until = self._clock() + self._settings.export_ttl
        if not await self._change(export_id, state=ExportState.READY, progress=100, size=size, expires_at=until):
            await self._storage.delete(export_key(export_id))  # it, or its owner, was removed meanwhile

    async def _fill(self, path: Path, export: Export) -> None:
        with Archive(path, self._clock()) as archive:
            pictures = await self._add_documents(archive, export)
            await self._add_pictures(archive, pictures, export)

    async def _add_documents(self, archive: Archive, export: Export) -> Sequence[str]:
        """The keys of the pictures that they name."""
        pictures: list[str] = []
        for number, (name, data) in enumerate(self._data.domains.items(), 1):
            kept = await data.export(export.owner)
            await asyncio.to_thread(archive.add_document, name, kept.document)
            pictures += kept.objects
            await self._report(export, _DOCUMENTS * number // len(self._data.domains))
        return pictures

    async def _add_pictures(self, archive: Archive, keys: Sequence[str], export: Export) -> None:
        missing = []
        for number, key in enumerate(keys, 1):
            try:
                picture = await self._storage.read(key, LARGEST_PICTURE)
            except ObjectMissing:
                missing.append(key)
            else:
                await asyncio.to_thread(archive.add_picture, key, picture)
            if number % _REPORTED == 0:
                await self._report(export, _DOCUMENTS + (_PICTURES - _DOCUMENTS) * number // len(keys))
        archive.add_missing(missing)

    async def _report(self, export: Export, progress: int) -> None:
        await self._change(export.id, state=ExportState.WORKING, progress=progress)

    async def _change(self, export_id: UUID, **values: object) -> bool:
        async with self._transaction() as repository:
            return await repository.change_export(export_id, **values)
