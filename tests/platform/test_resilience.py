import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest
from tests.support.collector import Collector

from bunri.platform.external_settings import ExternalSettings
from bunri.platform.resilience import ExternalFailed, Guard, failed_status
from bunri.platform.telemetry.traces import span, stop_traces

QUICK = {"first_wait_s": 0.0, "longest_wait_s": 0.05, "timeout_s": 30.0}


def guard(**settings: float) -> Guard:
    return Guard("test", ExternalSettings.model_validate(QUICK | settings))


class Service:
    """Fails as told, then answers 'ok'; counts how often it was asked."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "ok"


async def reason_of(call: Callable[[], Awaitable[object]]) -> str:
    with pytest.raises(ExternalFailed) as caught:
        await call()
    return caught.value.reason


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The breaker's clock, moved by hand."""
    clock = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr("purgatory.domain.model.time", SimpleNamespace(time=lambda: clock.seconds))
    return clock


def passing(times: int) -> list[ExternalFailed]:
    return [ExternalFailed("busy", retryable=True) for _ in range(times)]


class TestTryingAgain:
    async def test_a_passing_failure_is_tried_again(self) -> None:
        service = Service(*passing(2))
        assert await guard(retries=2).call(service) == "ok"
        assert service.calls == 3

    async def test_it_gives_up_after_the_last_retry_with_the_last_reason(self) -> None:
        service = Service(*passing(9))
        assert await reason_of(lambda: guard(retries=2).call(service)) == "busy"
        assert service.calls == 3

    async def test_a_lasting_failure_is_not_tried_again(self) -> None:
        service = Service(ExternalFailed("status_401"))
        assert await reason_of(lambda: guard().call(service)) == "status_401"
        assert service.calls == 1

    async def test_a_service_that_asks_for_a_short_wait_gets_it(self) -> None:
        service = Service(ExternalFailed("status_429", retryable=True, retry_after=0.01))
        assert await guard().call(service) == "ok"

    async def test_a_service_that_asks_for_a_long_wait_is_given_up(self) -> None:
        service = Service(ExternalFailed("status_429", retryable=True, retry_after=60))
        assert await reason_of(lambda: guard().call(service)) == "status_429"
        assert service.calls == 1

    async def test_our_own_bugs_pass_through_untouched(self) -> None:
        service = Service(KeyError("bug"))
        with pytest.raises(KeyError):
            await guard().call(service)
        assert service.calls == 1


class TestRunningOutOfTime:
    async def test_a_hanging_service_is_left(self) -> None:
        async def hang() -> None:
            await asyncio.Event().wait()

        assert await reason_of(lambda: guard(timeout_s=0.05).call(hang)) == "timeout"

    async def test_time_is_counted_over_all_tries(self) -> None:
        calls = 0

        async def busy_at_first() -> None:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise ExternalFailed("busy", retryable=True)
            await asyncio.Event().wait()

        assert await reason_of(lambda: guard(timeout_s=0.05, retries=5).call(busy_at_first)) == "timeout"
        assert calls == 2

    async def test_cancelling_the_caller_cancels_the_call(self) -> None:
        started = asyncio.Event()

        async def hang() -> None:
            started.set()
            await asyncio.Event().wait()

        call = asyncio.create_task(guard().call(hang))
        await started.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


class TestLeavingAnAilingServiceAlone:
    async def test_after_failures_in_a_row_it_is_not_asked_any_more(self) -> None:
        guarded, service = guard(retries=0, breaker_failures=2, breaker_rest_s=60), Service(*passing(9))
        reasons = [await reason_of(lambda: guarded.call(service)) for _ in range(4)]
        assert reasons == ["busy", "busy", "circuit_open", "circuit_open"]
        assert service.calls == 2

    async def test_it_is_asked_again_after_a_rest_and_trusted_when_it_answers(self, wall: SimpleNamespace) -> None:
        guarded, service = guard(retries=0, breaker_failures=2, breaker_rest_s=30), Service(*passing(2))
        for _ in range(2):
            await reason_of(lambda: guarded.call(service))
        wall.seconds += 31
        assert await guarded.call(service) == "ok"
        service.failures = [*passing(1)]
        assert await reason_of(lambda: guarded.call(service)) == "busy"
        assert await guarded.call(service) == "ok"

    async def test_one_failure_after_a_rest_sends_it_back_to_rest(self, wall: SimpleNamespace) -> None:
        guarded, service = guard(retries=0, breaker_failures=2, breaker_rest_s=30), Service(*passing(3))
        for _ in range(2):
            await reason_of(lambda: guarded.call(service))
        wall.seconds += 31
        assert [await reason_of(lambda: guarded.call(service)) for _ in range(2)] == ["busy", "circuit_open"]

    async def test_time_outs_count_against_it(self) -> None:
        async def hang() -> None:
            await asyncio.Event().wait()

        guarded = guard(retries=0, timeout_s=0.02, breaker_failures=1, breaker_rest_s=60)
        assert await reason_of(lambda: guarded.call(hang)) == "timeout"
        assert await reason_of(lambda: guarded.call(hang)) == "circuit_open"

    async def test_refusals_do_not_count_against_it(self) -> None:
        service = Service(*(ExternalFailed("refused", counts_as_failure=False) for _ in range(5)))
        guarded = guard(retries=0, breaker_failures=2)
        assert {await reason_of(lambda: guarded.call(service)) for _ in range(5)} == {"refused"}

    async def test_two_guards_do_not_share_a_breaker(self) -> None:
        failing, well = guard(retries=0, breaker_failures=1, breaker_rest_s=60), guard()
        await reason_of(lambda: failing.call(Service(*passing(1))))
        assert await well.call(Service()) == "ok"


class TestReadingAStatus:
    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 529])
    def test_busy_and_broken_servers_are_worth_another_try(self, status: int) -> None:
        failed = failed_status(status, {})
        assert (failed.retryable, failed.counts_as_failure, failed.reason) == (True, True, f"status_{status}")

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_a_wrong_key_or_address_is_not_but_counts(self, status: int) -> None:
        failed = failed_status(status, {})
        assert (failed.retryable, failed.counts_as_failure) == (False, True)

    @pytest.mark.parametrize("status", [302, 400, 413, 422])
    def test_a_refused_input_neither_repeats_nor_counts(self, status: int) -> None:
        failed = failed_status(status, {})
        assert (failed.retryable, failed.counts_as_failure) == (False, False)

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("7", 7.0),
            ("Fri, 01 Jan 2010 00:00:00 GMT", 0.0),
            ("soon", None),
            ("-3", None),
            ("Fri, 01 Jan 2010 00:00:00", None),
        ],
    )
    def test_retry_after_is_read_as_number_or_date(self, header: str, seconds: float | None) -> None:
        assert failed_status(503, {"retry-after": header}).retry_after == seconds


async def test_all_tries_of_a_call_are_one_span(traced: Collector) -> None:
    with span("task", "consumer"):
        await guard(retries=1).call(Service(ExternalFailed("connection", retryable=True)))
        assert await reason_of(lambda: guard().call(Service(ExternalFailed("status_400")))) == "status_400"
    stop_traces()
    assert [(each.name, each.kind, each.failed) for each in traced.spans] == [
        ("call test", "client", False),
        ("call test", "client", True),
        ("task", "consumer", False),
    ]
