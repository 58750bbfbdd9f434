"""Jobs as they come out of the database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text
from tests.conftest import Sessions
from tests.domains.waste.conftest import job_in

from bunri.domains.waste.records import Failure, JobObjects
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.states import State
from bunri.kit.ids import new_id
from bunri.kit.materials import Material

LEASE = timedelta(minutes=1)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OLD_ITEM: dict[str, Any] = {
    "label": "bottle",
    "box": [0.1, 0.2, 0.5, 0.9],
    "candidates": [{"item": None, "name": "유리", "material": "glass", "form": None, "probability": 0.9}],
    "tags": ["wet"],
    "words": "병",
    "answered": False,
    "sure": 0.9,
}
OLD_RESULT: dict[str, Any] = {
    "items": [
        {
            "box": [0.1, 0.2, 0.5, 0.9],
            "label": "bottle",
            "item": "glass-bottle",
            "name": "유리병",
            "material": "glass",
            "form": None,
            "confidence": 0.9,
            "disposal": {
                "category": "glass",
                "category_name": "유리",
                "steps": ["헹궈요."],
                "why": "유리예요.",
                "rule": {"id": "glass-bottle", "version": "1", "source": "guide", "date": "2026-11-20", "region": None},
            },
        }
    ],
    "feedback": "유리병이에요.",
    "cached": None,
    "models": {"detector": "a@1"},
    "waste_type": "glass",
    "confidence": 0.9,
}
OLD_JOB = text(
    """
    insert into waste.jobs (id, owner, state, language, content_type, size, sha256, tags, attempt, crashes, revision,
        items, eyes, models, result, failure, kept, created_at)
    values (:id, 'guest_1', :state, 'ko', 'image/jpeg', 3, '\\x00', '{wet}', 1, 0, 0,
        cast(:items as jsonb), 'detector=a@1', cast(:models as jsonb), cast(:result as jsonb), cast(:failure as jsonb),
        true, :now)
    """
)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


class TestRowsOfTheFirstVersion:
    async def test_an_answered_job_is_read(self, session_of: Sessions) -> None:
        job_id = new_id()
        values = {"items": _json([OLD_ITEM]), "models": _json({"detector": "a@1"}), "result": _json(OLD_RESULT)}
        async with session_of("waste") as session:
            await session.execute(
                OLD_JOB, {"id": job_id, "state": "done", "now": NOW, "failure": _json(None), **values}
            )
            job = await WasteRepository(session).get(job_id)
        assert job is not None
        assert (job.state, job.language, job.tags, job.failure) == (State.DONE, "ko", ("wet",), None)
        assert (job.model_versions, job.has_thumbnail) == ("detector=a@1", True)
        assert job.items is not None
        assert job.items[0].material is Material.GLASS
        assert job.result is not None
        assert (job.result.items[0].item, job.result.nearby_bins) == ("glass-bottle", [])

    async def test_a_failed_job_is_read(self, session_of: Sessions) -> None:
        job_id = new_id()
        failure = {"code": "gave_up", "data": {}, "retryable": True}
        values = {"items": None, "models": None, "result": None, "failure": _json(failure)}
        async with session_of("waste") as session:
            await session.execute(OLD_JOB, {"id": job_id, "state": "failed", "now": NOW, **values})
            job = await WasteRepository(session).get(job_id)
        assert job is not None
        assert job.failure == Failure("gave_up", {}, True)
        assert (job.items, job.models, job.result) == (None, {}, None)


class TestFencing:
    """Whoever has lost a job changes nothing."""

    async def test_of_an_older_attempt(self, session_of: Sessions) -> None:
        job = job_in(State.CREATED)
        async with session_of("waste") as session:
            repository = WasteRepository(session)
            await repository.add_job(job, LEASE)
            assert await repository.start(job, note=None, tags=(), region=None, lease=LEASE, queued=False)
            first = await repository.claim(job.id, -LEASE)  # it has run out
            second = await repository.claim(job.id, LEASE)
            assert first is not None
            assert second is not None
            assert not await repository.save_failure(first, State.SEEING)
            assert not await repository.extend_lease(job.id, first.attempt, LEASE)
            assert await repository.extend_lease(job.id, second.attempt, LEASE)

    async def test_of_a_revision_that_was_overtaken(self, session_of: Sessions) -> None:
        job_id = new_id()
        values = {"items": _json([OLD_ITEM]), "models": _json({}), "result": _json(OLD_RESULT)}
        async with session_of("waste") as session:
            await session.execute(OLD_JOB, {"id": job_id, "state": "done", "now": NOW, "failure": None, **values})
            repository = WasteRepository(session)
            job = await repository.get(job_id)
            assert job is not None
            assert await repository.save_revision(job)
            assert not await repository.save_revision(job)

    async def test_of_a_job_that_was_handed_over(self, session_of: Sessions) -> None:
        job_id = new_id()
        values = {"items": _json([OLD_ITEM]), "models": _json({}), "result": _json(OLD_RESULT)}
        async with session_of("waste") as session:
            await session.execute(OLD_JOB, {"id": job_id, "state": "done", "now": NOW, "failure": None, **values})
            repository = WasteRepository(session)
            job = await repository.get(job_id)
            assert job is not None
            assert job_id in await repository.hand_over_jobs("guest_1", "guest_2")
            assert not await repository.save_revision(job)


@pytest.mark.parametrize("shown_by_another", [True, False])
async def test_a_thumbnail_is_unused_when_no_other_job_shows_it(session_of: Sessions, shown_by_another: bool) -> None:
    ids: list[UUID] = [new_id(), new_id()]
    async with session_of("waste") as session:
        repository = WasteRepository(session)
        for job_id in ids if shown_by_another else ids[:1]:
            nothing = {"items": None, "models": None, "result": None, "failure": None}
            await session.execute(OLD_JOB, {"id": job_id, "state": "failed", "now": NOW, **nothing})
        unused = await repository.unused_thumbnails([JobObjects(ids[0], b"\x00")])
    assert unused == (set() if shown_by_another else {b"\x00"})
