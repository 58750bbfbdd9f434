"""Nothing is stuck for ever: silent jobs are tried again, hopeless ones end."""

from datetime import timedelta

import pytest
from tests.domains.waste.conftest import Pipeline
from tests.support.pictures import jpeg

from bunri.domains.waste.objects import upload_key
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.service.vision_stage import VisionStage
from bunri.domains.waste.states import State
from bunri.domains.waste.status_cache import StatusCache


class TestRetried:
    async def test_a_lost_message_is_sent_again(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9100))
        await pipeline.complete(job)
        pipeline.lose_messages()
        await pipeline.later(job, timedelta(minutes=2))
        assert await pipeline.recover() >= 1
        await pipeline.container.work()
        assert (await pipeline.status(job)).status in ("done", "asked")

    async def test_a_dead_workers_job_is_taken_over(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9101))
        await pipeline.complete(job)
        pipeline.lose_messages()
        await pipeline.change(job.id, state=State.SEEING, attempt=1, lease_until=pipeline.now())
        await pipeline.later(job, timedelta(seconds=5))
        await pipeline.recover()
        await pipeline.container.work()
        row = await pipeline.row(job)
        assert row is not None
        assert (row.state in (State.DONE, State.ASKED), row.attempt) == (True, 2)

    async def test_a_living_workers_job_is_left_alone(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9102))
        await pipeline.complete(job)
        pipeline.lose_messages()
        alive = pipeline.now() + timedelta(seconds=20)
        await pipeline.change(job.id, state=State.SEEING, attempt=1, lease_until=alive)
        assert await pipeline.recover() == 0
        await pipeline.container.get(VisionStage).run(Uploaded(job_id=job.id))
        assert pipeline.local.runs == 0

    async def test_lost_advice_is_asked_for_again(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9103))
        await pipeline.complete(job)
        pipeline.lose_messages()
        await pipeline.container.get(VisionStage).run(Uploaded(job_id=job.id))
        pipeline.lose_messages()
        await pipeline.later(job, timedelta(minutes=3))
        await pipeline.recover()
        await pipeline.container.work()
        row = await pipeline.row(job)
        assert row is not None
        assert (row.state in (State.DONE, State.ASKED), row.attempt) == (True, 1)


class TestAClockSetBack:
    """The database's own clock, an hour: what was given before lies an hour in the future."""

    async def test_keeps_no_job_of_a_dead_worker(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9130))
        await pipeline.complete(job)
        pipeline.lose_messages()
        await pipeline.change(job.id, state=State.SEEING, attempt=1)
        await pipeline.later(job, timedelta(hours=-1))
        await pipeline.recover()
        row = await pipeline.row(job)
        assert row is not None
        assert row.lease_until is not None
        assert row.lease_until - pipeline.now() <= pipeline.container.settings.waste.lease
        await pipeline.later(job, timedelta(seconds=21))
        await pipeline.recover()
        await pipeline.container.work()
        assert (await pipeline.status(job)).status in ("done", "asked")

    async def test_of_a_process_changes_nothing(self, pipeline: Pipeline) -> None:
        pipeline.ahead = timedelta(hours=-1)
        job = await pipeline.begin(jpeg(9131))
        await pipeline.complete(job)
        row = await pipeline.row(job)
        pipeline.ahead = timedelta()
        assert row is not None
        assert row.lease_until is not None
        assert abs(row.created_at - pipeline.now()) < timedelta(minutes=1)
        assert timedelta() < row.lease_until - pipeline.now() <= timedelta(minutes=1)

    async def test_shows_nobody_an_old_status(self, pipeline: Pipeline) -> None:
        pipeline.ahead = timedelta(hours=1)
        job = await pipeline.begin(jpeg(9132))
        pipeline.ahead = timedelta()
        cached = await pipeline.container.get(StatusCache).read(job.id)
        assert cached is not None
        assert (cached.fresh, cached.revalidatable) == (False, False)


class TestEnded:
    async def test_an_upload_that_never_comes_fails_with_a_sentence(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9110), uploaded=False)
        await pipeline.later(job, timedelta(minutes=11))
        await pipeline.recover()
        status = await pipeline.status(job)
        assert (status.status, status.code, status.progress) == ("failed", "upload_never_came", -1)
        assert "제시간" in status.message

    async def test_a_photo_that_kills_every_worker_is_given_up(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9111))
        await pipeline.complete(job)
        most = pipeline.container.settings.waste.max_crashes
        await pipeline.change(job.id, crashes=most)
        await pipeline.container.work()
        status = await pipeline.status(job)
        assert (status.status, status.code, status.retryable) == ("failed", "gave_up", True)

    @pytest.mark.parametrize(("attempt", "code"), [(0, "waited_too_long"), (1, "gave_up")])
    async def test_an_hour_is_the_end_and_why_is_told(self, pipeline: Pipeline, attempt: int, code: str) -> None:
        job = await pipeline.begin(jpeg(9112 + 1000 * attempt))
        await pipeline.complete(job)
        pipeline.lose_messages()
        await pipeline.change(job.id, attempt=attempt)
        await pipeline.later(job, timedelta(hours=2))
        await pipeline.recover()
        assert (await pipeline.status(job)).code == code

    async def test_a_lost_upload_fails_the_job(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9113))
        await pipeline.complete(job)
        await pipeline.container.storage.delete(upload_key(job.id))
        await pipeline.container.work()
        assert (await pipeline.status(job)).code == "upload_lost"


class TestFencing:
    async def test_a_cancelled_job_stays_cancelled_whatever_its_worker_does(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9120))
        await pipeline.complete(job)
        await pipeline.change(job.id, state=State.CANCELLED, lease_until=None)
        await pipeline.container.work()
        assert (await pipeline.status(job)).status == "cancelled"
        assert pipeline.local.runs == 0

    async def test_a_message_twice_is_work_once(self, pipeline: Pipeline) -> None:
        job = await pipeline.begin(jpeg(9121))
        await pipeline.complete(job)
        await pipeline.container.work()
        for _ in range(2):
            await pipeline.container.get(VisionStage).run(Uploaded(job_id=job.id))
        await pipeline.container.work()
        row = await pipeline.row(job)
        assert row is not None
        assert (row.attempt, pipeline.local.runs) == (1, 1)
