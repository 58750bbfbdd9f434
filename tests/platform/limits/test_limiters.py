"""What both limiters do alike: in Valkey, and in the memory of one process."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.platform.limits.conftest import SECRET, SETTINGS

from bunri.app.settings import Settings
from bunri.kit.ids import new_id
from bunri.platform.limits import Bucket, RateLimiter, Standing, TooMany
from bunri.platform.limits.memory import MemoryRateLimiter
from bunri.platform.limits.valkey import ValkeyRateLimiter


@pytest.fixture(params=["valkey", "memory"])
async def limiter(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[RateLimiter]:
    if request.param == "memory":
        yield MemoryRateLimiter(SETTINGS)
        return
    patient = 10.0  # a crowd on a busy machine: these tests are about counting, not about a Valkey that is away
    made = ValkeyRateLimiter(settings.cache_address("common"), SETTINGS, SECRET, timeout_s=patient)
    yield made
    await made.close()


@pytest.fixture
def somebody() -> str:
    return f"guest_{new_id()}"


class TestHit:
    async def test_counts_down_and_refuses_the_next(self, limiter: RateLimiter, somebody: str) -> None:
        standings = [await limiter.hit("read", somebody) for _ in range(3)]
        assert [standing and standing.remaining for standing in standings] == [2, 1, 0]
        first = standings[0]
        assert first == Standing("read", limit=3, window_s=60, remaining=2, reset_s=60)
        with pytest.raises(TooMany) as refused:
            await limiter.hit("read", somebody)
        assert 1 <= refused.value.data["retry_after"] <= 61  # type: ignore[operator]  # it is a number
        assert refused.value.standing.remaining == 0

    async def test_a_refused_request_counts_for_nothing(self, limiter: RateLimiter, somebody: str) -> None:
        await limiter.hit("write", somebody, cost=2)
        for _ in range(20):
            with pytest.raises(TooMany):
                await limiter.hit("write", somebody)
        await asyncio.sleep(2.05)  # two windows
        standing = await limiter.hit("write", somebody)
        assert standing is not None
        assert standing.remaining == 1

    async def test_others_and_other_classes_are_not_touched(self, limiter: RateLimiter, somebody: str) -> None:
        await limiter.hit("read", somebody, cost=3)
        assert await limiter.hit("read", f"{somebody}.")
        assert await limiter.hit("write", somebody)

    async def test_more_than_the_limit_at_once_is_never_taken(self, limiter: RateLimiter, somebody: str) -> None:
        with pytest.raises(TooMany) as refused:
            await limiter.hit("read", somebody, cost=4)
        assert refused.value.data["retry_after"] == 120
        assert await limiter.hit("read", somebody, cost=3)

    async def test_what_has_no_limit_is_not_counted(self, limiter: RateLimiter, somebody: str) -> None:
        assert [await limiter.hit("mail", somebody) for _ in range(20)] == [None] * 20

    async def test_each_of_several_rates_holds(self, limiter: RateLimiter, somebody: str) -> None:
        standing = await limiter.hit("costly", somebody, cost=5)
        assert standing is not None
        assert (standing.window_s, standing.remaining) == (60, 0)
        with pytest.raises(TooMany) as refused:
            await limiter.hit("costly", somebody)
        assert refused.value.standing.window_s == 60

    async def test_of_those_who_come_at_once_as_many_are_let_in(self, limiter: RateLimiter, somebody: str) -> None:
        answers = await asyncio.gather(*(limiter.hit("read", somebody) for _ in range(500)), return_exceptions=True)
        assert sum(isinstance(each, Standing) for each in answers) == 3
        assert sum(isinstance(each, TooMany) for each in answers) == 497

    @pytest.mark.parametrize("key", ["", "초록이@example.com", "a\x00b}{", "x" * 100_000, "\udcff"])
    async def test_any_key_will_do(self, limiter: RateLimiter, key: str, somebody: str) -> None:
        assert await limiter.hit("read", key + somebody)


class TestCheck:
    async def test_counts_nothing_and_refuses_what_a_hit_would_be_refused(
        self, limiter: RateLimiter, somebody: str
    ) -> None:
        for _ in range(10):
            await limiter.check("read", somebody)
        await limiter.hit("read", somebody, cost=3)
        with pytest.raises(TooMany) as refused:
            await limiter.check("read", somebody)
        assert 1 <= refused.value.data["retry_after"] <= 61  # type: ignore[operator]  # it is a number
        await limiter.check("read", f"{somebody}.")

    async def test_of_much_at_once(self, limiter: RateLimiter, somebody: str) -> None:
        person, network = Bucket("read", somebody), Bucket("read", somebody, "network")
        await limiter.hit("read", somebody)
        await limiter.check_all(person, network, cost=2)
        with pytest.raises(TooMany):
            await limiter.check_all(person, network, cost=3)
        standing = await limiter.hit_all(person, network, cost=2)
        assert standing is not None
        assert standing.remaining == 0

    async def test_of_what_has_no_limit_refuses_nothing(self, limiter: RateLimiter, somebody: str) -> None:
        await limiter.check("mail", somebody)


class TestHitAll:
    async def test_the_fullest_bucket_is_told(self, limiter: RateLimiter, somebody: str) -> None:
        network = f"net {somebody}"
        await limiter.hit_all(Bucket("read", network, "network"), cost=3)
        standing = await limiter.hit_all(Bucket("read", somebody), Bucket("read", network, "network"))
        assert standing is not None
        assert (standing.limit, standing.remaining) == (4, 0)

    async def test_one_that_refuses_is_enough(self, limiter: RateLimiter, somebody: str) -> None:
        network = f"net {somebody}"
        await limiter.hit_all(Bucket("read", network, "network"), cost=4)
        with pytest.raises(TooMany) as refused:
            await limiter.hit_all(Bucket("read", somebody), Bucket("read", network, "network"))
        assert refused.value.standing.limit == 4

    async def test_a_person_and_a_network_of_the_same_name_are_two(self, limiter: RateLimiter, somebody: str) -> None:
        await limiter.hit("read", somebody, cost=3)
        assert await limiter.hit_all(Bucket("read", somebody, "network"), cost=4)


@pytest.mark.parametrize(
    ("limit_class", "code"),
    [
        ("read", "too_many"),
        ("guest", "too_many_guests"),
        ("sign_in", "too_many_sign_ins"),
        ("register", "too_many_sign_ins"),
    ],
)
async def test_a_refusal_has_the_code_of_its_class(limiter: RateLimiter, limit_class: str, code: str) -> None:
    bucket = Bucket(limit_class, str(new_id()), "network")  # type: ignore[arg-type]  # one of the classes
    answers = await asyncio.gather(*(limiter.hit_all(bucket) for _ in range(5)), return_exceptions=True)
    assert {each.code for each in answers if isinstance(each, TooMany)} == {code}


class TestMemory:
    async def test_remembers_so_many_buckets_and_forgets_who_came_least_recently(self) -> None:
        limiter = MemoryRateLimiter(SETTINGS, most=2)
        for key in ("a", "b", "a", "c"):
            await limiter.hit("read", key)
        standings = [await limiter.hit("read", key) for key in ("a", "b")]
        assert [standing and standing.remaining for standing in standings] == [0, 2]

    async def test_windows_slide(self) -> None:
        now = 100.0
        limiter = MemoryRateLimiter(SETTINGS, clock=lambda: now)
        await limiter.hit("read", "a", cost=3)
        now += 60  # the window is over, and weighs whole yet
        with pytest.raises(TooMany) as refused:
            await limiter.hit("read", "a")
        assert refused.value.data["retry_after"] == 1
        now += 20
        standing = await limiter.hit("read", "a")
        assert standing is not None
        assert standing.remaining == 0
        now += 100  # nothing is left of what was before
        standing = await limiter.hit("read", "a")
        assert standing is not None
        assert standing.remaining == 2
