"""The cached status of jobs: quick, never used for long, and pushed to whoever watches."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from tests.domains.waste.conftest import Pipeline, job_in, result_of
from tests.support.pictures import jpeg

from bunri.app.settings import Settings
from bunri.domains.locations.errors import BinMissing
from bunri.domains.locations.public import BinKind, LocationsPublic, NamedBin, NearbyBin, Vote
from bunri.domains.waste.records import Job
from bunri.domains.waste.service.completion import Completion
from bunri.domains.waste.states import Stage, State
from bunri.domains.waste.status import document_of
from bunri.domains.waste.status_cache import StatusCache, StatusLifetimes
from bunri.kit.ids import new_id
from bunri.platform.cache import Cache
from bunri.platform.realtime import RecordingEmitter

HOUR = timedelta(hours=1)
CITY_HALL = {"lat": 37.5663, "lng": 126.9779}


@dataclass
class Statuses:
    """The cache of statuses with a clock that a test moves."""

    cache: Cache
    ahead: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.emitter = RecordingEmitter()
        self.statuses = StatusCache(self.cache, self.emitter, clock=self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class OneBin:
    """Another domain, which knows one bin."""

    async def nearby(self, lat: float, lng: float, kinds: Sequence[BinKind], limit: int) -> list[NearbyBin]:
        found = NearbyBin(
            id=new_id(),
            kind=kinds[0],
            name="수거함",
            lat=lat,
            lng=lng,
            distance_m=1.5,
            source="test",
            route_url="https://example.org",
        )
        return [found][:limit]

    async def saw(self, bin_id: UUID, person: str, vote: Vote) -> NamedBin:
        raise BinMissing


@pytest.fixture
async def at(settings: Settings) -> AsyncIterator[Statuses]:
    cache = Cache(settings.cache_address("jobs"))
    yield Statuses(cache)
    await cache.close()


class TestRead:
    async def test_gives_owner_and_document(self, at: Statuses) -> None:
        job = job_in(State.SEEING)
        await at.statuses.publish_status(job, Stage.VISION)
        cached = await at.statuses.read(job.id)
        assert cached is not None
        assert (cached.owner, cached.fresh) == ("guest_1", True)
        assert b'"progress":50' in cached.document

    async def test_what_is_not_there_is_none(self, at: Statuses) -> None:
        assert await at.statuses.read(new_id()) is None

    async def test_an_answer_without_its_result_is_none(self, at: Statuses) -> None:
        job = job_in(State.DONE)
        await at.statuses.publish_status(job)
        assert await at.statuses.read(job.id) is None

    async def test_a_running_job_is_fresh_for_seconds_and_an_ended_one_for_a_minute(self, at: Statuses) -> None:
        running, failed = job_in(State.SEEING), job_in(State.FAILED)
        await at.statuses.publish_status(running)
        await at.statuses.publish_status(failed)
        for seconds, fresh in ((2, (True, True)), (4, (False, True)), (61, (False, False))):
            at.ahead = timedelta(seconds=seconds)
            found = [await at.statuses.read(job.id) for job in (running, failed)]
            assert tuple(cached.fresh for cached in found if cached) == fresh

    async def test_a_stage_that_is_over_at_once_is_not_told(self, at: Statuses) -> None:
        job = job_in(State.SEEING)
        async with at.statuses.stage(job, Stage.HASH):
            pass
        assert (await at.statuses.read(job.id), at.emitter.emitted) == (None, [])

    async def test_one_that_takes_a_while_is_told_before_it_is_over(self, at: Statuses) -> None:
        job = job_in(State.SEEING)
        told = StatusCache(at.cache, at.emitter, lifetimes=StatusLifetimes(stage_s=0))
        async with told.stage(job, Stage.VISION):
            await asyncio.sleep(0.01)  # what it publishes may still be on its way when the stage is over
        assert [document["stage"] for _, document, _ in at.emitter.emitted] == ["vision"]

    async def test_the_lifetimes_are_arguments(self, at: Statuses) -> None:
        short = StatusCache(at.cache, at.emitter, lifetimes=StatusLifetimes(fresh_s=-1, stale_s=60))
        job = job_in(State.SEEING)
        await short.publish_status(job)
        cached = await short.read(job.id)
        assert cached is not None
        assert (cached.fresh, cached.revalidatable) == (False, True)

    async def test_other_values_are_no_status(self, at: Statuses) -> None:
        job = job_in(State.SEEING)
        for junk in (b"junk", b"a\nb\nc"):
            await at.cache.set(f"job:{job.id}:progress", junk, HOUR)
            assert await at.statuses.read(job.id) is None

    async def test_a_dead_valkey_is_no_status_and_no_error(self) -> None:
        cache, emitter = Cache("redis://127.0.0.1:9/0"), RecordingEmitter()
        statuses = StatusCache(cache, emitter)
        await statuses.publish_status(job_in(State.SEEING))
        assert await statuses.read(new_id()) is None
        assert [document["status"] for _, document, _ in emitter.emitted] == ["seeing"]
        await cache.close()


class TestRevalidation:
    async def test_makes_a_status_fresh_while_the_row_is_in_the_same_state(self, at: Statuses) -> None:
        job = job_in(State.SEEING)
        await at.statuses.publish_status(job, Stage.VISION)
        at.ahead = timedelta(seconds=10)
        await at.statuses.revalidate(job.id, State.SEEING)
        cached = await at.statuses.read(job.id)
        assert cached is not None
        assert cached.fresh
        assert b'"progress":50' in cached.document

    @pytest.mark.parametrize("state", [State.EXPLAINING, State.DONE, None])
    async def test_forgets_a_status_that_the_row_contradicts(self, at: Statuses, state: State | None) -> None:
        job = job_in(State.SEEING)
        await at.statuses.publish_status(job)
        at.ahead = timedelta(seconds=10)
        await at.statuses.revalidate(job.id, state)
        assert await at.statuses.read(job.id) is None

    async def test_never_overtakes_a_worker(self, at: Statuses) -> None:
        job = job_in(State.SEEING)
        await at.statuses.publish_status(job)
        key = f"job:{job.id}:progress"
        seen = await at.cache.get(key)
        assert seen is not None
        await at.statuses.publish_status(replace(job, state=State.CANCELLED))
        for new in (b"older", None):
            await at.cache.replace(key, seen, new, HOUR)
        cached = await at.statuses.read(job.id)
        assert cached is not None
        assert cached.has_state(State.CANCELLED)


class TestStale:
    async def test_an_old_status_of_an_ended_job_gives_way_to_its_row(self, pipeline: Pipeline, at: Statuses) -> None:
        job = await pipeline.begin(jpeg(9200))
        await pipeline.complete(job)
        await pipeline.container.work()
        # As a Valkey that came back from an older file would have it.
        await at.statuses.publish_status(replace(job, state=State.EXPLAINING))
        assert (await pipeline.status(job)).status in ("done", "asked")

    async def test_a_long_stage_does_not_fall_back(self, pipeline: Pipeline, at: Statuses) -> None:
        job = await pipeline.begin(jpeg(9201))
        await at.statuses.publish_status(job, Stage.VISION)
        assert (await pipeline.status(job)).progress == 50


class TestPushing:
    async def test_every_stage_is_pushed_as_a_poll_would_get_it(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9210))
        progress = [document["progress"] for document in pipeline.pushed]
        assert progress == sorted(progress)
        assert progress[0] == 0
        assert progress[-1] == 100
        assert {document["job_id"] for document in pipeline.pushed} == {str(status.job_id)}

    async def test_an_answer_is_pushed_with_its_result_and_bins(self, pipeline: Pipeline) -> None:
        pipeline.container.provide(LocationsPublic, OneBin)
        status = await pipeline.analyze(jpeg(9211), location=CITY_HALL)
        assert pipeline.pushed[-1] == orjson.loads(document_of(status))
        cached = await pipeline.container.get(StatusCache).read(status.job_id)
        assert cached is not None
        assert pipeline.pushed[-1] == orjson.loads(cached.document)
        assert [bin_["name"] for bin_ in pipeline.pushed[-1]["result"]["nearby_bins"]] == ["수거함"]

    async def test_what_the_row_says_is_pushed_with_the_bins(self, pipeline: Pipeline) -> None:
        pipeline.container.provide(LocationsPublic, OneBin)
        status = await pipeline.analyze(jpeg(9215), location=CITY_HALL)
        await pipeline.container.get(Completion).publish_row(status.job_id)
        assert pipeline.pushed[-1] == orjson.loads(document_of(status))

    async def test_feedback_and_cancelling_are_pushed(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9212))
        replied = await pipeline.reply(status, confirm=True)
        assert pipeline.pushed[-1] == orjson.loads(document_of(replied))
        job = await pipeline.begin(jpeg(9213))
        await pipeline.drop(job)
        assert pipeline.pushed[-1]["status"] == "cancelled"

    async def test_a_poll_pushes_nothing(self, pipeline: Pipeline) -> None:
        status = await pipeline.analyze(jpeg(9214))
        before = len(pipeline.pushed)
        job = await pipeline.row(status)
        assert job is not None
        await pipeline.status(job)
        assert len(pipeline.pushed) == before

    async def test_a_failing_push_is_no_error(self, settings: Settings) -> None:
        class Failing:
            async def emit(self, event: str, data: Mapping[str, Any], *, room: str) -> None:
                raise RuntimeError(room)

            async def expel(self, person: str, room: str) -> None: ...

        cache = Cache(settings.cache_address("jobs"))
        statuses = StatusCache(cache, Failing())
        job = job_in(State.SEEING)
        await statuses.publish_status(job)
        assert await statuses.read(job.id) is not None
        await cache.close()


async def test_without_a_status_its_result_and_bins_stay(pipeline: Pipeline) -> None:
    status = await pipeline.analyze(jpeg(9220))
    statuses = pipeline.container.get(StatusCache)
    await statuses.invalidate(status.job_id)
    assert await statuses.read(status.job_id) is None
    job = await pipeline.row(status)
    assert isinstance(job, Job)
    assert result_of(await pipeline.status(job)).items == result_of(status).items
    assert await statuses.read(status.job_id) is not None
