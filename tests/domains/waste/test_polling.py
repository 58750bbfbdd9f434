"""The status poll's express way."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.support.tokens import access_token

from bunri.app.settings import Settings
from bunri.domains.auth import tokens
from bunri.domains.waste import board as boards
from bunri.domains.waste.board import Board
from bunri.domains.waste.models import Job
from bunri.domains.waste.polling import PREFIX, StatusPoll
from bunri.domains.waste.states import Stage, State
from bunri.kit.clock import now
from bunri.kit.ids import new_id
from bunri.platform.cache import Cache
from bunri.platform.cache.pipelined import PipelinedReader

KEY = tokens.signing_key("a seed for tests only")


def authorization(owner: str = "guest_1") -> tuple[bytes, bytes]:
    token = access_token(KEY, owner, "초록이", now(), timedelta(minutes=5))
    return b"authorization", f"Bearer {token}".encode()


@pytest.fixture
async def board(settings: Settings) -> AsyncIterator[Board]:
    cache = Cache(settings.cache_address("jobs"))
    yield Board(cache)
    await cache.close()


@pytest.fixture
def renewed() -> list[UUID]:
    """The jobs whose mirrors were to be renewed."""
    return []


@pytest.fixture
async def poll(settings: Settings, renewed: list[UUID]) -> AsyncIterator[StatusPoll]:
    pipe = PipelinedReader(settings.cache_address("jobs"))
    yield StatusPoll(pipe, tokens.Verifier(KEY, now), renewed.append)
    pipe.close()


@pytest.fixture
async def job(board: Board) -> Job:
    made = Job(id=new_id(), owner="guest_1", state=State.SEEING, language="en", created_at=datetime.now(UTC))
    await board.show(made, Stage.VISION)
    return made


async def ask(poll: StatusPoll, job: Job, headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """The response; None for "go the ordinary way", at once or later."""
    answered: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
    if not poll(PREFIX + str(job.id).encode(), headers, answered.set_result):
        return None
    return await asyncio.wait_for(answered, 5)


class TestAPlainHit:
    async def test_is_the_mirror_with_what_a_client_needs(self, poll: StatusPoll, job: Job) -> None:
        response = await ask(poll, job, [authorization()])
        assert response is not None
        head, _, body = response.partition(b"\r\n\r\n")
        assert head.startswith(b"200 OK\r\n")
        assert b"content-length: %d\r\n" % len(body) in head
        assert b"retry-after: 1" in head
        assert b'"progress":50' in body

    async def test_that_changed_nothing_is_not_sent_again(self, poll: StatusPoll, job: Job) -> None:
        first = await ask(poll, job, [authorization()])
        assert first is not None
        etag = first.split(b"etag: ")[1].split(b"\r\n")[0]
        again = await ask(poll, job, [authorization(), (b"if-none-match", etag)])
        assert again is not None
        assert again.startswith(b"304 Not Modified\r\n")
        assert again.endswith(b"\r\n\r\n")


class TestAnythingElse:
    async def test_goes_the_ordinary_way(self, poll: StatusPoll, job: Job) -> None:
        assert await ask(poll, job, []) is None
        assert await ask(poll, job, [(b"authorization", b"Bearer nonsense")]) is None
        assert await ask(poll, job, [(b"authorization", b"Basic nonsense")]) is None

    async def test_a_strangers_job_is_not_told_of(self, poll: StatusPoll, job: Job) -> None:
        assert await ask(poll, job, [authorization("guest_2")]) is None

    async def test_an_unknown_job_is_not_told_of(self, poll: StatusPoll) -> None:
        assert await ask(poll, Job(id=new_id()), [authorization()]) is None

    async def test_a_mirror_that_is_growing_old_is_told_once_more_and_renewed(
        self, poll: StatusPoll, job: Job, renewed: list[UUID], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert await ask(poll, job, [authorization()]) is not None
        assert renewed == []
        monkeypatch.setattr(boards, "FRESH", -1.0)
        monkeypatch.setattr(boards, "GRACE", 60.0)
        assert await ask(poll, job, [authorization()]) is not None
        assert renewed == [job.id]

    async def test_an_old_mirror_is_not_believed(
        self, poll: StatusPoll, job: Job, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(boards, "FRESH", -10.0)
        assert await ask(poll, job, [authorization()]) is None

    @pytest.mark.parametrize("path", [b"/api/v1/waste/jobs", PREFIX + b"x" * 36, PREFIX + b"x" * 37, b"\xff" * 57])
    async def test_other_paths_are_left_alone(self, poll: StatusPoll, path: bytes) -> None:
        assert poll(path, [authorization()], lambda _: pytest.fail("asked")) is False
