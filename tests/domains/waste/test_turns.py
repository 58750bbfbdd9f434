"""Whose photo is next, and how many one person may have open."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession
from tests.conftest import Sessions
from tests.domains.waste.conftest import job_in

from bunri.domains.waste.models import JobRow
from bunri.domains.waste.records import Job, OpenBound
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.states import State
from bunri.kit.ids import new_id

LEASE: Final = timedelta(minutes=1)


@pytest.fixture
async def repository(session_of: Sessions):  # type: ignore[no-untyped-def]  # an async generator of a repository
    async with session_of("waste") as session:
        await session.execute(update(JobRow).values(turn=None))  # of other tests
        yield WasteRepository(session)


async def queued(repository: WasteRepository, owner: str, count: int = 1) -> list[Job]:
    jobs = []
    for _ in range(count):
        job = await repository.add_job(job_in(State.CREATED, owner), LEASE)
        assert job is not None
        assert await repository.start(job, note=None, tags=(), region=None, lease=LEASE, queued=True)
        jobs.append(job)
    return jobs


async def taken(repository: WasteRepository, count: int) -> str:
    """The owners of the next jobs."""
    jobs = [await repository.claim_next(LEASE) for _ in range(count)]
    return "".join(job.owner if job else "-" for job in jobs)


class TestTurns:
    async def test_a_persons_photos_come_in_their_order(self, repository: WasteRepository) -> None:
        jobs = await queued(repository, "a", 3)
        found = [await repository.claim_next(LEASE) for _ in range(4)]
        assert [job.id if job else None for job in found] == [*(job.id for job in jobs), None]

    async def test_many_photos_of_one_delay_another_by_one(self, repository: WasteRepository) -> None:
        await queued(repository, "a", 300)
        assert await taken(repository, 50) == "a" * 50
        await queued(repository, "b", 3)
        await queued(repository, "c")
        assert await taken(repository, 8) == "abcababa"
        assert await taken(repository, 3) == "aaa"

    async def test_whoever_sends_one_after_the_other_gets_no_more_turns(self, repository: WasteRepository) -> None:
        await queued(repository, "a", 10)
        await queued(repository, "b")
        order = ""
        for _ in range(6):
            order += await taken(repository, 1)
            if order.endswith("b"):
                await queued(repository, "b")
        assert order == "ababab"

    async def test_an_empty_queue_remembers_nothing(self, repository: WasteRepository) -> None:
        for job in await queued(repository, "a", 5):
            assert await repository.claim_next(LEASE)
            await repository.save_failure(replace(job, state=State.FAILED, attempt=1), State.SEEING)
        await queued(repository, "a")
        await queued(repository, "b")
        assert await taken(repository, 2) == "ab"

    async def test_what_is_given_back_holds_up_nobody(self, repository: WasteRepository) -> None:
        await queued(repository, "a")
        await queued(repository, "b")
        order = ""
        for _ in range(4):
            job = await repository.claim_next(LEASE)
            assert job is not None
            order += job.owner
            if job.owner == "a":
                assert await repository.give_back(job.id, job.attempt, LEASE)
        assert order[:2] == "ab"
        assert order == "abaa"

    async def test_another_process_own_job_is_left_to_it(self, repository: WasteRepository) -> None:
        job = await repository.add_job(job_in(State.CREATED, "terminal"), LEASE)
        assert job is not None
        assert await repository.start(job, note=None, tags=(), region=None, lease=LEASE, queued=False)
        assert await repository.claim_next(LEASE) is None
        assert await repository.claim(job.id, LEASE) is not None

    async def test_the_next_one_is_found_by_the_index(self, session_of: Sessions) -> None:
        async with session_of("waste") as session:
            await _fill(session, 10_000)
            # What the statistics say of a table that others have just filled is chance; that the index will do is not.
            await session.execute(text("set local enable_sort = off"))
            plan = (await session.execute(text("explain " + NEXT))).scalars().all()
            assert "jobs_turn_idx" in "\n".join(plan)
            assert "Sort" not in "\n".join(plan)


NEXT: Final = """select id from waste.jobs where state = 'uploaded' and turn is not null
    order by turn, id limit 1 for update skip locked"""


async def _fill(session: AsyncSession, count: int) -> None:
    await session.execute(
        text(
            """
            insert into waste.jobs (id, owner, state, language, content_type, size, tags, attempt, crashes, revision,
                turn, lease_until, kept, created_at)
            select gen_random_uuid(), 'a', 'uploaded', 'ko', 'image/jpeg', 3, '{}', 0, 0, 0, n, now(), false, now()
            from generate_series(1, :count) n
            """
        ),
        {"count": count},
    )


class TestBound:
    """How much one person may have open."""

    async def test_of_photos(self, repository: WasteRepository) -> None:
        owner, bound = f"guest_{new_id()}", OpenBound(3, 2**30)
        added = [await repository.add_job(job_in(State.CREATED, owner), LEASE, bound) for _ in range(4)]
        assert [job is not None for job in added] == [True, True, True, False]
        assert await repository.add_job(job_in(State.CREATED, "another"), LEASE, bound) is not None

    async def test_of_bytes(self, repository: WasteRepository) -> None:
        owner, bound = f"guest_{new_id()}", OpenBound(30, 250)
        large = replace(job_in(State.CREATED, owner), size=100)
        for fits in (True, True, False):
            job = replace(large, id=new_id())
            assert (await repository.add_job(job, LEASE, bound) is not None) is fits
        assert await repository.add_job(replace(large, id=new_id(), size=50), LEASE, bound) is not None

    async def test_a_ticket_counts_until_it_has_run_out(self, repository: WasteRepository) -> None:
        owner, bound = f"guest_{new_id()}", OpenBound(1, 2**30)
        assert await repository.add_job(job_in(State.CREATED, owner), -LEASE, bound) is not None
        assert await repository.add_job(job_in(State.CREATED, owner), LEASE, bound) is not None
        assert await repository.add_job(job_in(State.CREATED, owner), LEASE, bound) is None

    async def test_what_has_ended_does_not_count(self, repository: WasteRepository) -> None:
        owner, bound = f"guest_{new_id()}", OpenBound(1, 2**30)
        job = await repository.add_job(job_in(State.CREATED, owner), LEASE, bound)
        assert job is not None
        await repository.save_cancelled(replace(job, state=State.CANCELLED))
        assert await repository.add_job(job_in(State.CREATED, owner), LEASE, bound) is not None
