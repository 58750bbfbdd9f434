"""Limits in Valkey: one round trip, digests for keys, and what is done while it is away."""

import asyncio
import signal
from collections.abc import Callable

import pytest
from redis.asyncio import Redis
from tests.platform.limits.conftest import SECRET, SETTINGS, Valkey

from bunri.platform.limits import Bucket, LimitsUnavailable, Standing, TooMany
from bunri.platform.limits.valkey import ValkeyRateLimiter

NETWORK = "192.0.2.1"


async def commands(valkey: Valkey, name: str) -> int:
    """How often a command was called so far."""
    async with Redis.from_url(valkey.url) as client:
        stats = await client.info("commandstats")
    return int(stats.get(f"cmdstat_{name}", {}).get("calls", 0))


class TestCounting:
    async def test_processes_share_it(self, valkey: Valkey, limiter: ValkeyRateLimiter) -> None:
        other = ValkeyRateLimiter(valkey.url, SETTINGS, SECRET)
        for each in (limiter, other, limiter):
            await each.hit("read", "guest_1")
        with pytest.raises(TooMany):
            await other.hit("read", "guest_1")
        await other.close()

    async def test_keys_tell_nobodys_address_and_run_out_by_themselves(
        self, valkey: Valkey, limiter: ValkeyRateLimiter
    ) -> None:
        await limiter.hit("sign_in", "somebody@example.com")
        await limiter.hit_all(Bucket("read", NETWORK, "network"))
        async with Redis.from_url(valkey.url) as client:
            keys = [key.decode() async for key in client.scan_iter("*")]
            lives = [await client.pttl(key) for key in keys]
        assert len(keys) == 2
        assert not any(word in key for key in keys for word in ("somebody", "example", NETWORK))
        assert all(0 < life <= 120_000 for life in lives)

    async def test_who_has_another_secret_counts_elsewhere(self, valkey: Valkey, limiter: ValkeyRateLimiter) -> None:
        other = ValkeyRateLimiter(valkey.url, SETTINGS, SECRET + "!")
        await limiter.hit("read", "guest_1", cost=3)
        assert await other.hit("read", "guest_1")
        await other.close()

    async def test_only_the_first_request_has_to_bring_the_scripts(
        self, valkey: Valkey, limiter: ValkeyRateLimiter
    ) -> None:
        await limiter.hit("read", "guest_1")
        loaded, ran = await commands(valkey, "script|load"), await commands(valkey, "evalsha")
        await limiter.hit_all(Bucket("read", "guest_1"), Bucket("read", NETWORK, "network"))
        assert await commands(valkey, "script|load") == loaded == 2
        assert await commands(valkey, "evalsha") == ran + 4

    async def test_scripts_that_were_forgotten_are_brought_again(
        self, valkey: Valkey, limiter: ValkeyRateLimiter
    ) -> None:
        await limiter.hit("read", "guest_1")
        async with Redis.from_url(valkey.url) as client:
            await client.script_flush()
        standing = await limiter.hit("read", "guest_1")
        assert standing is not None
        assert standing.remaining == 1


async def counts_again(limiter: ValkeyRateLimiter) -> Standing:
    async with asyncio.timeout(20):
        while (standing := await limiter.hit("read", "somebody else")) is None:  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.05)
    return standing


class TestAway:
    """Killed, it refuses connections; stopped, it takes them and says nothing."""

    @pytest.fixture(params=["killed", "hanging"])
    def faults(self, request: pytest.FixtureRequest, valkey: Valkey) -> tuple[Callable[[], None], Callable[[], None]]:
        """How Valkey goes, and how it comes back."""
        if request.param == "killed":
            return valkey.kill, valkey.restart
        return lambda: valkey.signal(signal.SIGSTOP), lambda: valkey.signal(signal.SIGCONT)

    async def test_signing_in_and_registering_pause_and_all_else_goes_on(
        self, limiter: ValkeyRateLimiter, faults: tuple[Callable[[], None], Callable[[], None]]
    ) -> None:
        go, come_back = faults
        assert await limiter.hit("read", "guest_1")
        go()
        try:
            assert [await limiter.hit("read", "guest_1") for _ in range(20)] == [None] * 20
            assert await asyncio.gather(*(limiter.hit("read", "guest_1") for _ in range(200))) == [None] * 200
            for bucket in (Bucket("sign_in", "a@example.com"), Bucket("register", NETWORK, "network")):
                with pytest.raises(LimitsUnavailable):
                    await limiter.hit_all(bucket)
        finally:
            come_back()
        assert (await counts_again(limiter)).limit == 3
        assert await limiter.hit("sign_in", "a@example.com")

    async def test_one_request_at_a_time_asks_whether_it_is_back(self, valkey: Valkey) -> None:
        now = 0.0
        limiter = ValkeyRateLimiter(valkey.url, SETTINGS, SECRET, timeout_s=0.2, rest_s=1.0, clock=lambda: now)
        await limiter.hit("read", "guest_1")
        valkey.signal(signal.SIGSTOP)
        try:
            assert await limiter.hit("read", "guest_1") is None
            now += 1.5
            asking = asyncio.create_task(limiter.hit("read", "guest_1"))
            await asyncio.sleep(0)
            others = [await limiter.hit("read", "guest_1") for _ in range(5)]
            assert not asking.done()
            assert others == [None] * 5
            assert await asking is None
        finally:
            valkey.signal(signal.SIGCONT)
        await limiter.close()

    async def test_garbage_is_not_a_count(self) -> None:
        async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(babble, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        limiter = ValkeyRateLimiter(f"redis://127.0.0.1:{port}/0", SETTINGS, SECRET)
        assert await limiter.hit("read", "guest_1") is None
        with pytest.raises(LimitsUnavailable):
            await limiter.hit("sign_in", "a@example.com")
        await limiter.close()
        server.close()
