"""The fast path of status polls."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from tests.domains.waste.conftest import job_in
from tests.support.tokens import access_token

from bunri.app.settings import Settings
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Verifier
from bunri.domains.waste.polling import PREFIX, StatusPoll
from bunri.domains.waste.records import Job
from bunri.domains.waste.states import Stage, State
from bunri.domains.waste.status_cache import StatusCache, StatusLifetimes
from bunri.kit.clock import now
from bunri.platform.cache import Cache
from bunri.platform.cache.pipelined import PipelinedReader
from bunri.platform.realtime import RecordingEmitter

PollWith = Callable[..., StatusPoll]
KEY = SigningKeys("a seed for tests only")


def authorization(owner: str = "guest_1") -> tuple[bytes, bytes]:
    token = access_token(KEY, owner, "초록이", now(), timedelta(minutes=5))
    return b"authorization", f"Bearer {token}".encode()


@pytest.fixture
async def statuses(settings: Settings) -> AsyncIterator[StatusCache]:
    cache = Cache(settings.cache_address("jobs"))
    yield StatusCache(cache, RecordingEmitter())
    await cache.close()


@pytest.fixture
def revalidated() -> list[UUID]:
    """The jobs whose cached statuses were to be compared with their rows."""
    return []


@pytest.fixture
async def poll_with(settings: Settings, revalidated: list[UUID]) -> AsyncIterator[PollWith]:
    cache = Cache(settings.cache_address("jobs"))
    pipe = PipelinedReader(settings.cache_address("jobs"))

    def made(lifetimes: StatusLifetimes | None = None) -> StatusPoll:
        statuses = StatusCache(cache, RecordingEmitter(), lifetimes=lifetimes)
        return StatusPoll(pipe, statuses, Verifier(KEY, now), revalidated.append)

    yield made
    pipe.close()
    await cache.close()


@pytest.fixture
def poll(poll_with: PollWith) -> StatusPoll:
    return poll_with()


@pytest.fixture
async def job(statuses: StatusCache) -> Job:
    made = job_in(State.SEEING)
    await statuses.publish_status(made, Stage.VISION)
    return made


async def ask(poll: StatusPoll, job: Job, headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """The response; None for "go the ordinary way", at once or later."""
    answered: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
    if not poll(PREFIX + str(job.id).encode(), headers, answered.set_result):
        return None
    return await asyncio.wait_for(answered, 5)


class TestAPlainHit:
    async def test_is_the_cached_status_with_what_a_client_needs(self, poll: StatusPoll, job: Job) -> None:
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
        weakly = await ask(poll, job, [authorization(), (b"if-none-match", b"W/" + etag)])  # as a proxy that compresses
        assert weakly is not None
        assert weakly.split(b"\r\n")[0].endswith(b"304 Not Modified")
        assert again is not None
        assert again.startswith(b"304 Not Modified\r\n")
        assert again.endswith(b"\r\n\r\n")


class TestAnythingElse:
    async def test_goes_the_ordinary_way(self, poll: StatusPoll, job: Job) -> None:
        assert await ask(poll, job, []) is None
        assert await ask(poll, job, [(b"authorization", b"Bearer nonsense")]) is None
        assert await ask(poll, job, [(b"authorization", b"Basic nonsense")]) is None

    async def test_a_strangers_job_is_not_shown(self, poll: StatusPoll, job: Job) -> None:
        assert await ask(poll, job, [authorization("guest_2")]) is None

    async def test_an_unknown_job_is_not_shown(self, poll: StatusPoll) -> None:
        assert await ask(poll, job_in(State.SEEING), [authorization()]) is None

    async def test_a_stale_status_is_sent_once_more_and_revalidated(
        self, poll_with: PollWith, job: Job, revalidated: list[UUID]
    ) -> None:
        assert await ask(poll_with(), job, [authorization()]) is not None
        assert revalidated == []
        stale = poll_with(StatusLifetimes(fresh_s=-1, stale_s=60))
        assert await ask(stale, job, [authorization()]) is not None
        assert revalidated == [job.id]

    async def test_an_old_status_is_not_used(self, poll_with: PollWith, job: Job) -> None:
        assert await ask(poll_with(StatusLifetimes(fresh_s=-10)), job, [authorization()]) is None

    @pytest.mark.parametrize("path", [b"/api/v1/waste/jobs", PREFIX + b"x" * 36, PREFIX + b"x" * 37, b"\xff" * 57])
    async def test_other_paths_are_left_alone(self, poll: StatusPoll, path: bytes) -> None:
        assert poll(path, [authorization()], lambda _: pytest.fail("asked")) is False
