"""What people let us keep to teach the eyes: pictures with what the people said is in them.

A picture lies in the store while an example or the job wants it. Where both go, the picture goes first: when the store
is away the rows stay, and whoever asked can ask again. No transaction is open while the store is asked.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

import structlog

from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.models import Example, Job
from bunri.domains.waste.objects import example_key, kept_key
from bunri.domains.waste.repository import WasteRepository
from bunri.kit.clock import Clock
from bunri.kit.errors import Unavailable
from bunri.platform.storage import ObjectMissing, ObjectTooLarge, Storage

log = structlog.get_logger(__name__)

BATCH = 200
MOST_BYTES = 8 * 2**20
"""More than any kept picture has: 1024 × 1024 in WebP."""


class Examples:
    def __init__(
        self,
        begin: Callable[[], AbstractAsyncContextManager[WasteRepository]],
        storage: Storage,
        key: str,
        clock: Clock,
    ) -> None:
        """``key`` is the secret behind the givers' pseudonyms."""
        self._begin = begin
        self._storage = storage
        self._key = key.encode()
        self._clock = clock

    async def prepare(self, job: Job, position: int, before: SeenItem, after: SeenItem, kind: str) -> Example | None:
        """An example to be stored with the reply, its picture kept already.

        None when nobody has said what the item is, or the picture cannot be kept just now: the person waits for
        advice, and that does not depend on it.
        """
        if not (after.answered and after.candidates) or job.sha256 is None:
            return None
        try:
            picture = await self._storage.read(kept_key(job.sha256), MOST_BYTES)
            await self._storage.write(example_key(job.id), picture, "image/webp")
        except (ObjectMissing, ObjectTooLarge, Unavailable) as error:
            log.warning("example.skipped", job_id=str(job.id), reason=str(error))
            return None
        async with self._begin() as repository:
            spoken = before.answered or await repository.spoken_of(job.id, position)
        said = after.candidates[0]
        return Example(
            job_id=job.id,
            position=position,
            giver=self._giver(job.owner),
            kind=kind,
            box=list(after.box) if after.box else None,
            item=said.item,
            material=said.material,
            form=said.form,
            tags=list(after.tags),
            seen=None if spoken else _seen(before),
            models=job.models or {},
            created_at=self._clock(),
        )

    async def discard(self, job_id: UUID) -> None:
        """After a reply that was not stored: the picture stays only while the job or an example wants it."""
        async with self._begin() as repository:
            wanted = await repository.get(job_id) is not None or await repository.with_examples([job_id])
        if not wanted:
            await self._storage.delete(example_key(job_id))

    async def withdraw(self, owner: str, job_id: UUID | None = None) -> bool:
        """Takes back what ``owner`` gave, with one job or at all, whether or not the jobs are still known; False when
        there was nothing. Raises StorageUnavailable, after which it may be tried again."""
        giver, found = self._giver(owner), False
        while given := await self._given_by(giver, job_id):
            found = True
            for each in given:
                await self._storage.delete(example_key(each))
            async with self._begin() as repository:
                await repository.remove_examples(given)
        return found

    async def _given_by(self, giver: bytes, job_id: UUID | None) -> Sequence[UUID]:
        async with self._begin() as repository:
            return await repository.given_by(giver, job_id, BATCH)

    async def count(self, since: datetime | None) -> int:
        async with self._begin() as repository:
            return await repository.count_examples(since)

    async def pages(self, since: datetime | None) -> AsyncIterator[Sequence[Example]]:
        """All examples said at or after ``since``, those of one picture together, a page at a time."""
        after: tuple[UUID, int] | None = None
        while True:
            async with self._begin() as repository:
                page = await repository.examples(since, after, BATCH)
            if not page:
                return
            yield page
            after = page[-1].job_id, page[-1].position

    async def picture(self, job_id: UUID) -> bytes | None:
        """The WebP picture of a job's examples; None when it is gone. Raises StorageUnavailable."""
        try:
            return await self._storage.read(example_key(job_id), MOST_BYTES)
        except ObjectMissing:
            return None

    def _giver(self, owner: str) -> bytes:
        return hmac.digest(self._key, owner.encode(), hashlib.sha256)


def _seen(item: SeenItem) -> dict[str, object]:
    candidates = [
        {"item": c.item, "material": c.material, "form": c.form, "probability": round(c.probability, 4)}
        for c in item.candidates
    ]
    return {"label": item.label, "confidence": round(item.confidence, 4), "candidates": candidates}
