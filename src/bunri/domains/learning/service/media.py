"""Pictures of cards: made anew from their pixels, counted against the deck, removed when no card shows them."""

import asyncio
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.learning.errors import PictureBusy
from bunri.domains.learning.records import Media, media_key
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schemas import MediaOut
from bunri.domains.learning.service.carrying import check_room
from bunri.domains.learning.service.decks import editable
from bunri.domains.learning.service.shown import PICTURES_FOR
from bunri.domains.learning.settings import LearningSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction
from bunri.platform.photos.errors import PhotoTooLarge
from bunri.platform.storage import Storage

if TYPE_CHECKING:
    from bunri.platform.photos.pool import DecoderPool

SIDE: Final = 1024
"""Pixels of what is kept, at most, either way."""
TYPE: Final = "image/webp"
WITHIN_S: Final = 45.0
"""What takes longer is given up."""
WRITTEN_WITHIN: Final = timedelta(minutes=10)
"""Longer than any call of the store goes on: what is removed then was written before, or never will be."""
BATCH: Final = 200


class Pictures:
    """A row comes before its object and goes before it: whatever is in the store is known of."""

    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        storage: Storage,
        decoders: "DecoderPool",
        settings: LearningSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._storage = storage
        self._decoders = decoders
        self._settings = settings
        self._clock = clock

    async def add(self, caller: Caller, deck_id: UUID, picture: bytes, base_url: str) -> MediaOut:
        """Raises DeckMissing, MayNotEdit, DeckMediaFull, PersonMediaFull, PictureBusy, what is wrong with a picture
        (platform.photos.errors), StorageUnavailable, StorageFull."""
        async with self._transaction() as repository:
            await editable(repository, deck_id, caller.id)
        try:
            async with asyncio.timeout(WITHIN_S):
                media = await self.keep(deck_id, caller.id, picture)
        except TimeoutError:
            raise PictureBusy(retry_after=2) from None
        url = await self._storage.url(media_key(media), expires_in=PICTURES_FOR, base_url=base_url)
        return MediaOut(id=media, markdown=f"![](media:{media})", url=url)

    async def keep(self, deck_id: UUID, owner: str, picture: bytes) -> UUID:
        """The id of what was made of ``picture``; the deck has each picture once.

        Raises DeckMissing, DeckMediaFull, PersonMediaFull, what is wrong with the picture, StorageUnavailable,
        StorageFull."""
        if len(picture) > self._settings.picture.max_bytes:
            raise PhotoTooLarge(size=len(picture), limit_mb=self._settings.max_picture_mb)
        async with self._transaction() as repository:
            same = await repository.renew_media(deck_id, hashlib.sha256(picture).digest(), self._clock())
        if same:  # made by us: to make it anew would make it worse, and another one
            return same
        clean = await asyncio.wrap_future(self._decoders.clean(picture, self._settings.picture, side=SIDE))
        digest = hashlib.sha256(clean.webp).digest()
        media = Media(new_id(), deck_id, owner, digest, TYPE, len(clean.webp), self._clock())
        async with self._transaction() as repository:
            await repository.lock_media_of(deck_id)
            await editable(repository, deck_id, owner)
            await check_room(repository, self._settings, deck_id, media.size, owner, media.size)
            kept = await repository.add_media(media)
        await self._storage.write(media_key(kept), clean.webp, TYPE)
        return kept

    # ── removed ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def tidy(self) -> int:
        """Pictures that no card has shown for too long lose their rows, and objects without a row go; returns how many
        objects. What fails is tried again the next time. Raises StorageUnavailable."""
        await self._remove_unused()
        return await self._purge()

    async def _remove_unused(self) -> None:
        before, after = self._clock() - self._settings.unused_ttl, None
        while True:
            async with self._transaction() as repository:
                _, after = await repository.remove_unused_media(before, after, BATCH)
            if after is None:
                return

    async def _purge(self) -> int:
        purged = 0
        while True:
            async with self._transaction() as repository:
                keys = await repository.removed_objects(WRITTEN_WITHIN, BATCH)
            for key in keys:
                await self._storage.close_tickets(key)
                await self._storage.delete(key)
            async with self._transaction() as repository:
                await repository.forget_objects(keys)
            purged += len(keys)
            if len(keys) < BATCH:
                return purged
