"""Nothing is stuck for ever: silent jobs are driven again, hopeless ones end."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from tests.domains.waste.conftest import Workplace
from tests.support.pictures import jpeg

from bunri.domains.waste.models import Job
from bunri.domains.waste.objects import kept_key, upload_key
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.service.seeing import Seeing
from bunri.domains.waste.service.sweeping import Sweeping
from bunri.domains.waste.states import State


async def _change(workplace: Workplace, job_id: UUID, **values: object) -> None:
    async with workplace.container.database.transaction("waste") as session:
        await session.execute(update(Job).where(Job.id == job_id).values(**values))


async def _row(workplace: Workplace, job_id: UUID) -> Job | None:
    async with workplace.container.transactions("waste", WasteRepository)() as repository:
        found: Job | None = await repository.get(job_id)
        return found


class TestDriven:
    async def test_a_lost_message_is_told_again(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9100))
        await workplace.completes(job)
        workplace.loses_messages()
        workplace.ahead = timedelta(minutes=2)
        assert await workplace.sweeps() >= 1
        await workplace.container.work()
        assert (await workplace.status(job)).status in ("done", "asked")

    async def test_a_dead_workers_job_is_taken_over(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9101))
        await workplace.completes(job)
        workplace.loses_messages()
        await _change(workplace, job.id, state=State.SEEING, attempt=1, lease_until=workplace.now())
        workplace.ahead = timedelta(seconds=5)
        await workplace.sweeps()
        await workplace.container.work()
        row = await _row(workplace, job.id)
        assert row is not None
        assert (row.state in (State.DONE, State.ASKED), row.attempt) == (True, 2)

    async def test_a_living_workers_job_is_left_alone(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9102))
        await workplace.completes(job)
        workplace.loses_messages()
        alive = workplace.now() + timedelta(seconds=20)
        await _change(workplace, job.id, state=State.SEEING, attempt=1, lease_until=alive)
        assert await workplace.sweeps() == 0
        seeing = workplace.container.get(Seeing)
        await seeing.see(Uploaded(job_id=job.id))
        assert workplace.own.looks == 0

    async def test_lost_advice_is_asked_for_again(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9103))
        await workplace.completes(job)
        workplace.loses_messages()
        seeing = workplace.container.get(Seeing)
        await seeing.see(Uploaded(job_id=job.id))
        workplace.loses_messages()
        workplace.ahead = timedelta(minutes=3)
        await workplace.sweeps()
        await workplace.container.work()
        row = await _row(workplace, job.id)
        assert row is not None
        assert (row.state in (State.DONE, State.ASKED), row.attempt) == (True, 1)


class TestEnded:
    async def test_an_upload_that_never_comes_fails_with_a_sentence(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9110), uploaded=False)
        workplace.ahead = timedelta(minutes=11)
        await workplace.sweeps()
        status = await workplace.status(job)
        assert (status.status, status.code, status.progress) == ("failed", "upload_never_came", -1)
        assert "제시간" in status.message

    async def test_a_photo_that_kills_every_worker_is_given_up(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9111))
        await workplace.completes(job)
        most = workplace.container.settings.waste.max_crashes
        await _change(workplace, job.id, crashes=most)
        await workplace.container.work()
        status = await workplace.status(job)
        assert (status.status, status.code, status.retryable) == ("failed", "gave_up", True)

    async def test_an_hour_is_the_end(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9112))
        await workplace.completes(job)
        workplace.loses_messages()
        workplace.ahead = timedelta(hours=2)
        await workplace.sweeps()
        assert (await workplace.status(job)).code == "gave_up"

    async def test_a_lost_upload_fails_the_job(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9113))
        await workplace.completes(job)
        await workplace.container.storage.delete(upload_key(job.id))
        await workplace.container.work()
        assert (await workplace.status(job)).code == "upload_lost"


class TestFencing:
    async def test_a_cancelled_job_stays_cancelled_whatever_its_worker_does(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9120))
        await workplace.completes(job)
        await _change(workplace, job.id, state=State.CANCELLED, lease_until=None)
        await workplace.container.work()
        assert (await workplace.status(job)).status == "cancelled"
        assert workplace.own.looks == 0

    async def test_a_message_twice_is_work_once(self, workplace: Workplace) -> None:
        job = await workplace.begins(jpeg(9121))
        await workplace.completes(job)
        await workplace.container.work()
        for _ in range(2):
            seeing = workplace.container.get(Seeing)
            await seeing.see(Uploaded(job_id=job.id))
        await workplace.container.work()
        row = await _row(workplace, job.id)
        assert row is not None
        assert (row.attempt, workplace.own.looks) == (1, 1)


async def test_photos_and_jobs_are_forgotten_after_their_days(workplace: Workplace) -> None:
    job = await workplace.begins(jpeg(9130))
    await workplace.completes(job)
    await workplace.container.work()
    row = await _row(workplace, job.id)
    assert row is not None
    assert row.sha256 is not None
    assert await workplace.container.storage.stat(kept_key(row.sha256)) is not None
    workplace.ahead = timedelta(days=31)
    sweeping = workplace.container.get(Sweeping)
    await sweeping.expire()
    assert await _row(workplace, job.id) is None
    assert await workplace.container.storage.stat(kept_key(row.sha256)) is None
