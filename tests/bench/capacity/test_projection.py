import math
from dataclasses import replace

import pytest
from bench.capacity.projection import Measured, Trend, breaks_at, projected
from bench.capacity.queueing import Queue, Service

MEASURED = Measured(
    cores={"API": Trend(0.02, 0.2), "waste workers": Trend(0.0, 0.4), "PostgreSQL": Trend(0.0, 0.1)},
    commits=50.0,
    wal=1e5,
    photos=2.0,
    service=Service(0.25, 0.1),
    api=["API"],
)


class TestTrend:
    def test_points_on_a_line_give_it_back(self) -> None:
        trend = Trend.of([(1, 0.5), (2, 0.8), (4, 1.4)])
        assert tuple(trend) == pytest.approx((0.2, 0.3))
        assert trend.at(10) == pytest.approx(3.2)
        assert trend.reaches(3.2) == pytest.approx(10)

    def test_what_does_not_grow_is_never_reached(self) -> None:
        assert Trend.of([(1, 0.5), (2, 0.4)]).reaches(1) == math.inf


class TestProjected:
    def test_ten_times_as_much(self) -> None:
        found = projected(MEASURED, 10)
        assert found.cores == {
            part: pytest.approx(cores) for part, cores in (("API", 2.02), ("waste workers", 4.0), ("PostgreSQL", 1.0))
        }
        assert found.cores_with_reserve == pytest.approx(7.02 / 0.6)
        assert found.api_processes == 4  # 2.02 cores, each process 60 % busy
        assert found.commits == pytest.approx(500)
        assert found.connections == (found.workers + 4 + 5) * 6

    def test_workers_take_photos_in_time_and_have_some_to_spare(self) -> None:
        queue = Queue(projected(MEASURED, 10).workers, 20.0, MEASURED.service)
        assert queue.wait_of(0.95) <= 1.0
        assert 0.6 < queue.busy <= 0.7

    def test_of_few_workers_the_wait_decides(self) -> None:
        slow = replace(MEASURED, service=Service(2.0, 1.0), photos=0.1)
        workers = projected(slow, 1).workers
        assert Queue(workers, 0.1, slow.service).wait_of(0.95) <= 1.0
        assert Queue(workers - 1, 0.1, slow.service).wait_of(0.95) > 1.0
        assert Queue(workers - 1, 0.1, slow.service).busy < 0.7


def test_a_part_that_cannot_be_had_twice_bounds_all() -> None:
    assert breaks_at(Trend(0.0, 0.1), 1) == pytest.approx(6)
