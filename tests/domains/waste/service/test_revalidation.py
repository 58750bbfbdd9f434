"""Old cached statuses against their rows."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from tests.domains.waste.conftest import Pipeline, job_in
from tests.support.pictures import jpeg

from bunri.domains.waste.records import Job
from bunri.domains.waste.service.revalidation import StatusRevalidator
from bunri.domains.waste.states import State
from bunri.domains.waste.status_cache import StatusCache


async def settled() -> None:
    """Waits for the revalidator, which nobody else waits for."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait([task for task in others if "StatusRevalidator" in str(task.get_coro())], timeout=5)


async def test_what_the_rows_say_decides(pipeline: Pipeline) -> None:
    same, contradicted = await pipeline.begin(jpeg(9300)), await pipeline.begin(jpeg(9301))
    lost = job_in(State.SEEING, pipeline.owner)
    statuses = pipeline.container.get(StatusCache)
    pipeline.ahead = timedelta(minutes=-10)
    for job in (same, lost):
        await statuses.publish_status(job)
    await statuses.publish_status(replace(contradicted, state=State.SEEING))
    pipeline.ahead = timedelta()
    before = await written(pipeline, same)
    revalidator = pipeline.container.get(StatusRevalidator)
    for job in (same, contradicted, lost, same):
        revalidator.request(job.id)
    await settled()
    after = await written(pipeline, same)
    assert before is not None
    assert after is not None
    assert after[1] - before[1] > 500
    assert after[0] == before[0]
    assert await written(pipeline, contradicted) is None
    assert await written(pipeline, lost) is None


async def written(pipeline: Pipeline, job: Job) -> tuple[bytes, float] | None:
    """The cached document, and when it was written."""
    value = await pipeline.container.cache("jobs").get(f"job:{job.id}:progress")
    if value is None:
        return None
    _, moment, document = value.split(b"\n", 2)
    return document, float(moment)
