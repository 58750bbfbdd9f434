"""Finds the earlier photo of which a new one is a copy, a crop or a screenshot (COACH-7)."""

import asyncio
from collections.abc import Sequence

from bunri.domains.waste.near import as_seen_in
from bunri.domains.waste.objects import thumbnail_key
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.repository.fingerprints import KnownPhoto
from bunri.domains.waste.service.verdicts import MOST_BYTES
from bunri.platform.db import Transaction
from bunri.platform.photos.fingerprint import Fingerprint
from bunri.platform.photos.picture import Fractions, Photo, Pixels
from bunri.platform.photos.repeats import place_in_thumbnail
from bunri.platform.storage import ObjectMissing, Storage
from bunri.platform.vision.protocol import VisionResult
from bunri.platform.vision.stored import from_stored


class NearPhotos:
    """Photos are found by hash and landmarks, and then compared by their pixels: an earlier one that has no thumbnail
    any more is not used."""

    def __init__(self, transaction: Transaction[WasteRepository], storage: Storage, near_bits: int) -> None:
        self._transaction = transaction
        self._storage = storage
        self._near_bits = near_bits

    async def seen(self, photo: Photo, fingerprint: Fingerprint, model_versions: str) -> VisionResult | None:
        """What these models saw in an earlier photo of which this is all or a part, as it is seen in this one."""
        async with self._transaction() as repository:
            known = await repository.with_near_hash(fingerprint.phashes, model_versions, self._near_bits)
        if found := await self._first(photo, known):
            return found
        compared = {each.sha256 for each in known}
        async with self._transaction() as repository:
            known = await repository.with_landmarks(fingerprint.sought, model_versions)
        return await self._first(photo, [each for each in known if each.sha256 not in compared])

    async def _first(self, photo: Photo, known: Sequence[KnownPhoto]) -> VisionResult | None:
        for each in known:
            place = await self._place(photo.pixels, each.sha256)
            if place and (seen := as_seen_in(from_stored(each.vision), place)):
                return seen
        return None

    async def _place(self, pixels: Pixels, earlier: bytes) -> Fractions | None:
        try:
            thumbnail = await self._storage.read(thumbnail_key(earlier), MOST_BYTES)
        except ObjectMissing:
            return None
        return await asyncio.to_thread(place_in_thumbnail, pixels, thumbnail)
