"""What people let us keep for training: pictures with what the people said is in them.

A picture stays in the store while a sample or the job needs it. Where both are removed, the picture goes first: when
the store is away the rows stay, and the removal can be tried again. No transaction is open while the store is asked.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.objects import sample_key, thumbnail_key
from bunri.domains.waste.records import FieldPhoto, Job, TrainingSample
from bunri.domains.waste.repository import WasteRepository
from bunri.kit.clock import Clock
from bunri.kit.errors import Unavailable
from bunri.platform.db import Transaction
from bunri.platform.storage import ObjectMissing, ObjectTooLarge, Storage
from bunri.platform.vision.stored import from_stored

log = structlog.get_logger(__name__)

BATCH: Final = 200
MOST_BYTES: Final = 8 * 2**20
"""More than any thumbnail has: 1024 × 1024 in WebP."""


class TrainingSamples:
    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        storage: Storage,
        key: str,
        clock: Clock,
        *,
        batch: int = BATCH,
    ) -> None:
        """``key`` is the secret behind the contributors' pseudonyms."""
        self._transaction = transaction
        self._storage = storage
        self._key = key.encode()
        self._clock = clock
        self._batch = batch

    async def prepare(
        self, job: Job, position: int, before: SeenItem, after: SeenItem, kind: str
    ) -> TrainingSample | None:
        """A sample to be stored with the reply; its picture is stored already.

        None when nobody has said what the item is, or the picture cannot be stored just now: the person waits for
        advice, and that does not depend on it.
        """
        if not (after.answered and after.candidates) or job.sha256 is None:
            return None
        try:
            picture = await self._storage.read(thumbnail_key(job.sha256), MOST_BYTES)
            await self._storage.write(sample_key(job.id), picture, "image/webp")
        except (ObjectMissing, ObjectTooLarge, Unavailable) as error:
            log.warning("training_sample.skipped", job_id=str(job.id), reason=str(error))
            return None
        async with self._transaction() as repository:
            replaced = before.answered or await repository.has_user_input(job.id, position)
        stated = after.candidates[0]
        return TrainingSample(
            job_id=job.id,
            position=position,
            contributor=self.pseudonym(job.owner),
            kind=kind,
            box=list(after.box) if after.box else None,
            item=stated.item,
            material=stated.material,
            form=stated.form,
            tags=list(after.tags),
            seen=None if replaced else _seen(before),
            models=job.models,
            created_at=self._clock(),
        )

    async def field_photos(self, job: Job) -> list[FieldPhoto]:
        """What the field bank of this installation may keep of a sample's photo, by each network. Nothing where the
        photo shows several things, since features are of the whole picture, or where it was answered from another one.
        """
        if len(job.items or ()) != 1 or job.sha256 is None or job.model_versions is None:
            return []
        async with self._transaction() as repository:
            stored = await repository.seen_exactly(job.sha256, job.model_versions)
        result = from_stored(stored) if stored else None
        if result is None or not result.image_probabilities:
            return []
        first, second = (
            {material.value: round(share, 4) for material, share in shares.items()}
            for shares in (result.image_probabilities, result.second_opinion)
        )
        opinions = {"first": first, "second": second}
        return [
            FieldPhoto(network=network, features=features, opinions=opinions)
            for network, features in result.features.items()
        ]

    async def discard(self, job_id: UUID) -> None:
        """After a reply that was not stored: the picture stays only while the job or a sample needs it."""
        async with self._transaction() as repository:
            needed = await repository.get(job_id) is not None or await repository.with_samples([job_id])
        if not needed:
            await self._storage.delete(sample_key(job_id))

    async def withdraw(self, owner: str, job_id: UUID | None = None) -> bool:
        """Removes what ``owner`` contributed, with one job or at all, whether or not the jobs are still known; False
        when there was nothing. Raises StorageUnavailable, after which it may be tried again."""
        contributor, found = self.pseudonym(owner), False
        while batch := await self._contributed_by(contributor, job_id):
            found = True
            for each in batch:
                await self._storage.delete(sample_key(each))
            async with self._transaction() as repository:
                await repository.remove_samples(batch)
        return found

    async def _contributed_by(self, contributor: bytes, job_id: UUID | None) -> Sequence[UUID]:
        async with self._transaction() as repository:
            return await repository.contributed_by(contributor, job_id, self._batch)

    async def count(self, since: datetime | None) -> int:
        async with self._transaction() as repository:
            return await repository.count_samples(since)

    async def pages(self, since: datetime | None) -> AsyncIterator[Sequence[TrainingSample]]:
        """All samples made at or after ``since``, those of one picture together, a page at a time."""
        after: tuple[UUID, int] | None = None
        while True:
            async with self._transaction() as repository:
                page = await repository.samples(since, after, self._batch)
            if not page:
                return
            yield page
            after = page[-1].job_id, page[-1].position

    async def picture(self, job_id: UUID) -> bytes | None:
        """The WebP picture of a job's samples; None when it is gone. Raises StorageUnavailable."""
        try:
            return await self._storage.read(sample_key(job_id), MOST_BYTES)
        except ObjectMissing:
            return None

    def pseudonym(self, owner: str) -> bytes:
        """By which the samples of ``owner`` are found. It leads to nobody without the key."""
        return hmac.digest(self._key, owner.encode(), hashlib.sha256)


def _seen(item: SeenItem) -> dict[str, object]:
    candidates = [
        {"item": c.item, "material": c.material, "form": c.form, "probability": round(c.probability, 4)}
        for c in item.candidates
    ]
    return {"label": item.label, "confidence": round(item.confidence, 4), "candidates": candidates}
