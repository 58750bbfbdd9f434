"""The mirror for polling: quick, and never believed for long."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from tests.domains.waste.conftest import Workplace
from tests.support.pictures import jpeg

from bunri.app.settings import Settings
from bunri.domains.waste import board as boards
from bunri.domains.waste.board import Board
from bunri.domains.waste.models import Job
from bunri.domains.waste.states import Stage, State
from bunri.kit.ids import new_id
from bunri.platform.cache import Cache


@pytest.fixture
async def board(settings: Settings) -> AsyncIterator[Board]:
    cache = Cache(settings.cache_address("jobs"))
    yield Board(cache)
    await cache.close()


def _job(state: State) -> Job:
    return Job(id=new_id(), owner="guest_1", state=state, language="en", created_at=datetime.now(UTC))


class TestRead:
    async def test_says_whose_it_is_and_where(self, board: Board) -> None:
        job = _job(State.SEEING)
        await board.show(job, Stage.VISION)
        mirror = await board.read(job.id)
        assert mirror is not None
        assert (mirror.owner, mirror.fresh) == ("guest_1", True)
        assert b'"progress":50' in mirror.document

    async def test_what_is_not_there_is_none(self, board: Board) -> None:
        assert await board.read(new_id()) is None

    async def test_an_answer_without_its_result_is_none(self, board: Board) -> None:
        job = _job(State.DONE)
        await board.show(job)
        assert await board.read(job.id) is None

    async def test_a_running_job_is_not_believed_for_long(self, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
        running, failed = _job(State.SEEING), _job(State.FAILED)
        await board.show(running)
        await board.show(failed)
        monkeypatch.setattr(boards, "FRESH", -1.0)
        for job, fresh in ((running, False), (failed, True)):
            mirror = await board.read(job.id)
            assert mirror is not None
            assert mirror.fresh is fresh

    async def test_a_mirror_is_believed_anew_while_the_row_says_the_same(
        self, board: Board, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = _job(State.SEEING)
        await board.show(job, Stage.VISION)
        with monkeypatch.context() as old:
            old.setattr(boards, "FRESH", -1.0)
            await board.renew(job.id, State.SEEING)
        mirror = await board.read(job.id)
        assert mirror is not None
        assert b'"progress":50' in mirror.document

    @pytest.mark.parametrize("state", [State.EXPLAINING, State.DONE, None])
    async def test_a_mirror_that_the_row_contradicts_is_forgotten(
        self, board: Board, state: State | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = _job(State.SEEING)
        await board.show(job)
        monkeypatch.setattr(boards, "FRESH", -1.0)
        await board.renew(job.id, state)
        assert await board.read(job.id) is None

    async def test_a_renewal_never_overtakes_a_worker(self, board: Board, settings: Settings) -> None:
        job, cache = _job(State.SEEING), Cache(settings.cache_address("jobs"))
        await board.show(job)
        key = f"job:{job.id}:progress"
        seen = await cache.get(key)
        assert seen is not None
        await board.show(_like(job, State.CANCELLED))
        for new in (b"older", None):
            await cache.replace(key, seen, new, boards.PROGRESS_TTL)
        mirror = await board.read(job.id)
        assert mirror is not None
        assert mirror.says(State.CANCELLED)
        await cache.close()

    async def test_what_is_none_of_ours_is_no_mirror(self, board: Board, settings: Settings) -> None:
        job, cache = _job(State.SEEING), Cache(settings.cache_address("jobs"))
        for junk in (b"junk", b"a\nb\nc"):
            await cache.set(f"job:{job.id}:progress", junk, boards.PROGRESS_TTL)
            assert await board.read(job.id) is None
        await cache.close()

    async def test_a_dead_valkey_is_no_mirror_and_no_error(self) -> None:
        cache = Cache("redis://127.0.0.1:9/0")
        board = Board(cache)
        await board.show(_job(State.SEEING))
        assert await board.read(new_id()) is None
        await cache.close()


class TestStale:
    async def test_an_old_mirror_of_an_ended_job_gives_way_to_its_row(
        self, workplace: Workplace, board: Board, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = await workplace.begins(jpeg(9200))
        await workplace.completes(job)
        await workplace.container.work()
        await board.show(_like(job, State.EXPLAINING))  # as a Valkey that came back from an older file would say
        monkeypatch.setattr(boards, "FRESH", -1.0)
        assert (await workplace.status(job)).status in ("done", "asked")

    async def test_a_long_stage_does_not_fall_back(self, workplace: Workplace, board: Board) -> None:
        job = await workplace.begins(jpeg(9201))
        await board.show(_like(job, State.CREATED), Stage.VISION)
        assert (await workplace.status(job)).progress == 50


def _like(job: Job, state: State) -> Job:
    return Job(id=job.id, owner=job.owner, state=state, language="ko", created_at=job.created_at)
