"""The queueing model against values that are known: tables of Erlang C, and formulas for single workers."""

import math

import pytest
from bench.capacity.queueing import Queue, Service, erlang_c, workers_for
from hypothesis import given
from hypothesis import strategies as st

EXPONENTIAL = Service(mean=1.0, variation=1.0)


class TestErlangC:
    @pytest.mark.parametrize(
        ("workers", "load", "waits"),
        [
            (1, 0.5, 0.5),  # of one worker: the share of its time that it is busy
            (2, 1.0, 1 / 3),
            (3, 2.0, 4 / 9),
            (5, 4.0, 0.5541),
            (10, 8.0, 0.4092),
            (20, 15.0, 0.1604),
        ],
    )
    def test_it_is_what_tables_say(self, workers: int, load: float, waits: float) -> None:
        assert erlang_c(workers, load) == pytest.approx(waits, abs=5e-5)

    def test_hundreds_of_workers_are_no_trouble(self) -> None:
        assert 0 < erlang_c(1000, 950) < 1

    def test_all_wait_for_workers_that_cannot_keep_up(self) -> None:
        assert erlang_c(2, 2.0) == 1.0

    @given(st.integers(1, 200), st.floats(0.01, 0.99))
    def test_it_is_the_sum_that_defines_it(self, workers: int, busy: float) -> None:
        load = busy * workers
        logs = [number * math.log(load) - math.lgamma(number + 1) for number in range(workers)]
        last = workers * math.log(load) - math.lgamma(workers + 1) - math.log(1 - busy)
        largest = max([*logs, last])
        rest = math.fsum(math.exp(each - largest) for each in logs)
        waits = math.exp(last - largest) / (rest + math.exp(last - largest))
        assert erlang_c(workers, load) == pytest.approx(waits, rel=1e-6)


class TestQueue:
    def test_of_one_worker_it_is_pollaczek_and_khinchine(self) -> None:
        # ρ·s / (1 − ρ) · (1 + v) / 2
        assert Queue(1, 0.8, EXPONENTIAL).wait == pytest.approx(4.0)
        assert Queue(1, 0.8, Service(1.0, 0.0)).wait == pytest.approx(2.0)
        assert Queue(1, 0.8, Service(1.0, 3.0)).wait == pytest.approx(8.0)

    def test_of_two_workers_with_exponential_times_it_is_exact(self) -> None:
        # ρ² s / (1 − ρ²)
        assert Queue(2, 1.5, EXPONENTIAL).wait == pytest.approx(0.5625 / 0.4375)

    def test_a_share_of_the_photos(self) -> None:
        # P(wait > t) = ρ e^(−(1 − ρ) t) of one worker
        queue = Queue(1, 0.8, EXPONENTIAL)
        assert queue.wait_of(0.95) == pytest.approx(math.log(0.8 / 0.05) / 0.2)
        assert queue.wait_of(0.2) == 0

    def test_what_nobody_can_keep_up_with_waits_for_ever(self) -> None:
        queue = Queue(2, 2.0, EXPONENTIAL)
        assert queue.busy == 1
        assert queue.wait == queue.wait_of(0.5) == math.inf


class TestService:
    def test_of_measured_times(self) -> None:
        service = Service.measured([1.0, 3.0])
        assert (service.mean, service.variation) == (2.0, 0.25)

    def test_a_mix_varies_more_than_its_parts(self) -> None:
        mixed = Service.mixed([(0.5, Service(1.0, 0.0)), (0.5, Service(3.0, 0.0))])
        assert (mixed.mean, mixed.variation) == (2.0, 0.25)

    def test_alike_times_do_not_vary(self) -> None:
        assert Service.measured([0.2] * 10).variation == pytest.approx(0)


class TestWorkersFor:
    def test_one_fewer_would_not_do(self) -> None:
        service = Service(0.3, 0.2)
        workers = workers_for(20.0, service, 0.95, 1.0)
        assert Queue(workers, 20.0, service).wait_of(0.95) <= 1.0
        assert Queue(workers - 1, 20.0, service).wait_of(0.95) > 1.0

    def test_next_to_nothing_needs_one(self) -> None:
        assert workers_for(0.001, EXPONENTIAL, 0.95, 1.0) == 1
