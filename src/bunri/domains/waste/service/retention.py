"""What is forgotten after some time (COACH-9)."""

from bunri.domains.waste.objects import THUMBNAILS, UPLOADS, sample_key, thumbnail_key
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.settings import WasteSettings
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage

BATCH = 200


class Retention:
    def __init__(self, transaction: Transaction[WasteRepository], storage: Storage, settings: WasteSettings) -> None:
        self._transaction = transaction
        self._storage = storage
        self._settings = settings

    async def expire(self) -> int:
        """Forgets jobs, pictures and fingerprints past their time, and uploads that outlived their job; returns how
        many jobs. Training samples stay until their contributor withdraws them."""
        forgotten = 0
        while batch := await self._expire():
            forgotten += batch
        async with self._transaction() as repository:
            await repository.forget_fingerprints(self._settings.photo_age)
        await self._storage.sweep(older_than=self._settings.upload_age, prefix=UPLOADS)
        await self._storage.sweep(older_than=self._settings.photo_age, prefix=THUMBNAILS)
        return forgotten

    async def _expire(self) -> int:
        async with self._transaction() as repository:
            jobs = await repository.remove_older_than(self._settings.photo_age, BATCH)
            unused = await repository.unused_thumbnails(jobs)
            with_samples = await repository.with_samples([job.id for job in jobs])
        for sha256 in unused:
            await self._storage.delete(thumbnail_key(sha256))
        for job in jobs:
            if job.id not in with_samples:  # a reply that was not stored may have left a picture
                await self._storage.delete(sample_key(job.id))
        return len(jobs)
