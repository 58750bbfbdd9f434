import pytest
from bench.result import BenchmarkResult, Budget, at_least, at_most, below, missing, times


class TestWithin:
    @pytest.mark.parametrize(
        ("budget", "measured", "kept"),
        [
            (below(20), 19.9, True),
            (below(20), 20, False),
            (at_most(0), 0, True),
            (at_most(0), 1, False),
            (at_least(100), 100, True),
            (at_least(100), 99.9, False),
        ],
    )
    def test_a_budget_of_the_value_is_compared_with_the_value(
        self, budget: Budget, measured: float, kept: bool
    ) -> None:
        assert BenchmarkResult("it", measured, "ms", budget).within is kept

    def test_a_budget_of_the_ratio_is_compared_with_the_ratio(self) -> None:
        assert BenchmarkResult("it", 110, "req/s", times(1.1), "peer", 100).within is True
        assert BenchmarkResult("it", 109, "req/s", times(1.1), "peer", 100).within is False

    def test_without_a_peer_a_ratio_is_neither_kept_nor_broken(self) -> None:
        assert BenchmarkResult("it", 110, "req/s", times(1.1)).within is None

    def test_what_was_not_measured_is_neither_kept_nor_broken(self) -> None:
        assert missing("it", "ms", "no such thing here", below(20)).within is None

    def test_without_a_budget_nothing_is_judged(self) -> None:
        assert BenchmarkResult("it", 5, "ms").within is None


class TestRatio:
    def test_of_a_rate_more_is_better(self) -> None:
        assert BenchmarkResult("it", 200, "photos/s", None, "peer", 100).ratio == 2

    def test_of_a_time_less_is_better(self) -> None:
        assert BenchmarkResult("it", 2, "ms", None, "peer", 4).ratio == 2

    def test_nothing_stands_beside_a_missing_peer(self) -> None:
        assert BenchmarkResult("it", 2, "ms").ratio is None
