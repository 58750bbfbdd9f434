"""What waste keeps of a person: analyses, what was said of them, and training samples."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from bunri.domains.waste.objects import sample_key, thumbnail_key, upload_key
from bunri.domains.waste.person_location import PersonLocation
from bunri.domains.waste.records import Correction, FieldPhoto, Job, JobObjects, TrainingSample
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.service.training_samples import TrainingSamples
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.clock import Clock
from bunri.kit.user_data import PersonalData
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage

BATCH: Final = 200


class WasteUserData:
    """Implements ``kit.user_data.UserData``."""

    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        statuses: StatusCache,
        person: PersonLocation,
        storage: Storage,
        samples: TrainingSamples,
        clock: Clock,
        *,
        batch: int = BATCH,
    ) -> None:
        self._transaction = transaction
        self._statuses = statuses
        self._person = person
        self._storage = storage
        self._samples = samples
        self._clock = clock
        self._batch = batch

    async def export(self, owner: str) -> PersonalData:
        """Analyses newest first, each with its corrections; pictures by their keys in the object store."""
        jobs: list[dict[str, Any]] = []
        before: UUID | None = None
        while page := await self._page(owner, before):
            jobs += page
            before = UUID(page[-1]["job_id"])
        async with self._transaction() as repository:
            samples = await repository.samples_of(self._samples.pseudonym(owner))
            photos = await repository.field_photos_of(self._samples.pseudonym(owner))
        kept = [_sample(each) for each in samples]
        pictures = [*(job["thumbnail"] for job in jobs if job["thumbnail"]), *(each["picture"] for each in kept)]
        field = [_field_photo(*each) for each in photos]
        data = {"analyses": jobs, "training_samples": kept, "field_photos": field}
        return PersonalData(data, tuple(dict.fromkeys(pictures)))

    async def _page(self, owner: str, before: UUID | None) -> list[dict[str, Any]]:
        async with self._transaction() as repository:
            jobs = await repository.page(owner, before, self._batch)
            corrections = await repository.corrections_of([job.id for job in jobs])
        return [_job(job, [each for each in corrections if each.job_id == job.id]) for job in jobs]

    async def erase(self, owner: str) -> None:
        """Removes everything of ``owner``, with the pictures that nobody else's analysis shows. A worker that is at
        work on one of the jobs finds it cancelled and stops.

        Pictures are removed before rows: when the store is away, it can be tried again. Raises StorageUnavailable.
        """
        async with self._transaction() as repository:
            await repository.cancel_all(owner, self._clock())
        await self._samples.withdraw(owner)
        while jobs := await self._remove_objects(owner):
            ids = [job.id for job in jobs]
            async with self._transaction() as repository:
                await repository.remove_samples(ids)  # of a reply that came in between
                await repository.remove_jobs(ids)
            for job_id in ids:
                await self._statuses.forget(job_id)
                await self._person.forget(job_id)

    async def _remove_objects(self, owner: str) -> Sequence[JobObjects]:
        """Some jobs of ``owner``, whose pictures are gone now."""
        async with self._transaction() as repository:
            jobs = await repository.objects_of(owner, self._batch)
            unused = await repository.unused_thumbnails(jobs)
        for job in jobs:
            await self._storage.close_tickets(upload_key(job.id))
            await self._storage.delete(upload_key(job.id))
            await self._storage.delete(sample_key(job.id))
        for sha256 in unused:
            await self._storage.delete(thumbnail_key(sha256))
        return jobs

    async def upgrade(self, old: str, new: str) -> None:
        """Jobs and training samples of ``old`` become those of ``new``."""
        async with self._transaction() as repository:
            moved = await repository.hand_over_jobs(old, new)
            await repository.hand_over_samples(self._samples.pseudonym(old), self._samples.pseudonym(new))
        for job_id in moved:
            await self._statuses.invalidate(job_id)


def _job(job: Job, corrections: Sequence[Correction]) -> dict[str, Any]:
    return {
        "job_id": str(job.id),
        "status": job.state,
        "created_at": job.created_at.isoformat(),
        "ended_at": job.ended_at.isoformat() if job.ended_at else None,
        "language": job.language,
        "note": job.note,
        "tags": list(job.tags),
        "region": job.region,
        "result": job.result.model_dump(mode="json", exclude={"nearby_bins"}) if job.result else None,
        "code": job.failure.code if job.failure else None,
        "thumbnail": thumbnail_key(job.sha256) if job.has_thumbnail and job.sha256 else None,
        "corrections": [
            {
                "item": each.position,
                "kind": each.kind,
                "was": each.was,
                "user_input": each.user_input,
                "said_by": each.said_by,
                "created_at": each.created_at.isoformat(),
            }
            for each in corrections
        ],
    }


def _field_photo(job_id: UUID, position: int, photo: FieldPhoto) -> dict[str, Any]:
    """The features as base64."""
    features = b64encode(photo.features).decode()
    named = {"network": photo.network, "features": features, "opinions": photo.opinions}
    return {"job_id": str(job_id), "position": position, **named}


def _sample(sample: TrainingSample) -> dict[str, Any]:
    return {
        "job_id": str(sample.job_id),
        "picture": sample_key(sample.job_id),
        "position": sample.position,
        "kind": sample.kind,
        "box": sample.box,
        "item": sample.item,
        "material": sample.material,
        "form": sample.form,
        "tags": sample.tags,
        "seen": sample.seen,
        "models": sample.models,
        "created_at": sample.created_at.isoformat(),
    }
