"""Objects of files that nobody sees any more are removed for sure: a row tells of each until it is gone."""

from typing import Final

from bunri.domains.chat.files import UPLOADS, object_keys, upload_key
from bunri.domains.chat.records import RoomFile
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.settings import ChatSettings
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage

BATCH: Final = 100


class FileRemoval:
    def __init__(
        self, transaction: Transaction[ChatRepository], storage: Storage, settings: ChatSettings, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._storage = storage
        self._settings = settings
        self._clock = clock

    async def purge(self) -> int:
        """Removes objects, and then the rows that tell of them; returns how many files. What fails is tried again the
        next time. Raises StorageUnavailable."""
        purged = 0
        while True:
            async with self._transaction() as repository:
                files = await repository.removed_files(self._clock(), BATCH)
            for file in files:
                await self._remove_objects(file)
                async with self._transaction() as repository:
                    await repository.forget_file(file.id)
            purged += len(files)
            if len(files) < BATCH:
                return purged

    async def _remove_objects(self, file: RoomFile) -> None:
        await self._storage.close_tickets(upload_key(file.id))
        for key in object_keys(file.id):
            await self._storage.delete(key)

    async def expire(self) -> int:
        """Files that no message has had for too long are removed; returns how many. Raises StorageUnavailable."""
        now, age = self._clock(), self._settings.unused_ttl
        async with self._transaction() as repository:
            removed = await repository.remove_unused_files(now - age, now, BATCH)
        await self._storage.sweep(older_than=age, prefix=UPLOADS)
        return removed
