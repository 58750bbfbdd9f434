"""Schedules and deadlines that no wall clock disturbs."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import redis

from bunri.app.settings import Settings
from bunri.platform.queue.timing import BrokerClock, every


class TestEvery:
    @pytest.mark.parametrize("hours", [-1, 1])
    def test_the_wall_clock_does_not_count(self, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
        timed, steady, wall = every(5), time.monotonic(), time.time()
        monkeypatch.setattr(time, "monotonic", lambda: steady)
        last = timed.now()
        monkeypatch.setattr(time, "time", lambda: wall + hours * 3600)
        assert timed.is_due(last).is_due is False
        monkeypatch.setattr(time, "monotonic", lambda: steady + 5)
        assert timed.is_due(last).is_due is True


class TestBrokerClock:
    @pytest.fixture
    def clock(self, settings: Settings) -> Iterator[BrokerClock]:
        made = BrokerClock(settings.cache_address("broker"))
        with closing(made._valkey):
            yield made

    def test_tells_what_is_over(self, clock: BrokerClock) -> None:
        assert clock.is_past(clock.now() - 1)
        assert not clock.is_past(clock.now() + 60)
        assert not clock.is_past(None)

    def test_is_the_brokers(self, clock: BrokerClock, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(time, "time", lambda: 0.0)
        with closing(redis.Redis.from_url(settings.cache_address("broker"))) as client:
            assert abs(clock.now() - client.time()[0]) < 60

    def test_away_it_calls_nothing_over(self) -> None:
        assert not BrokerClock("redis://127.0.0.1:9").is_past(0.0)
