"""A worker's claim on a job."""

import asyncio
from datetime import timedelta

import pytest
from tests.domains.waste.conftest import Pipeline
from tests.support.pictures import jpeg

from bunri.domains.waste.records import Job
from bunri.domains.waste.service.job_lease import JobLease
from bunri.domains.waste.service.job_queue import JobQueue
from bunri.domains.waste.states import State

LEASE = timedelta(seconds=20)


async def _uploaded(pipeline: Pipeline, seed: int) -> Job:
    job = await pipeline.begin(jpeg(seed))
    await pipeline.complete(job)
    pipeline.lose_messages()
    return job


async def _claim(pipeline: Pipeline, job: Job, duration: timedelta = LEASE) -> JobLease | None:
    return await JobLease.claim(JobQueue(shared=False), job.id, pipeline.transaction, duration)


class TestClaiming:
    async def test_is_for_one_worker(self, pipeline: Pipeline) -> None:
        job = await _uploaded(pipeline, 9920)
        lease = await _claim(pipeline, job)
        assert lease is not None
        assert (lease.job.state, lease.job.attempt, lease.job.crashes) == (State.SEEING, 1, 0)
        assert await _claim(pipeline, job) is None

    async def test_takes_over_from_a_silent_worker(self, pipeline: Pipeline) -> None:
        job = await _uploaded(pipeline, 9921)
        assert await _claim(pipeline, job) is not None
        await pipeline.later(job, timedelta(seconds=21))
        lease = await _claim(pipeline, job)
        assert lease is not None
        assert (lease.job.attempt, lease.job.crashes) == (2, 1)

    async def test_waits_for_the_upload(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9922))
        assert await _claim(pipeline, job) is None


async def test_given_back_it_can_be_claimed_at_once(pipeline: Pipeline) -> None:
    job = await _uploaded(pipeline, 9923)
    lease = await _claim(pipeline, job)
    assert lease is not None
    await lease.give_back()
    again = await _claim(pipeline, job)
    assert again is not None
    assert (again.job.attempt, again.job.crashes) == (2, 0)


async def test_is_renewed_while_the_work_goes_on(pipeline: Pipeline) -> None:
    job = await _uploaded(pipeline, 9924)
    lease = await _claim(pipeline, job, timedelta(seconds=0.2))
    assert lease is not None
    first = lease.job.lease_until
    assert first is not None
    async with lease.renewed():
        for _ in range(100):
            row = await pipeline.row(job)
            if row and row.lease_until and row.lease_until > first:
                return
            await asyncio.sleep(0.02)
    pytest.fail("the lease was not renewed")
