import pytest
from bench.stats import median, ms, quantile, without_warmup
from hypothesis import given
from hypothesis import strategies as st

measurements = st.lists(st.floats(0, 1e6), min_size=1, max_size=300)


class TestQuantile:
    def test_it_is_the_nearest_rank(self) -> None:
        values = [float(value) for value in range(1, 101)]
        assert [quantile(values, share) for share in (0, 0.5, 0.95, 0.99, 1)] == [1, 50, 95, 99, 100]

    def test_of_few_values_a_high_one_is_the_worst(self) -> None:
        assert quantile([3.0, 1.0, 2.0], 0.99) == 3

    @given(measurements, st.floats(0, 1))
    def test_it_was_really_measured_and_so_many_are_no_larger(self, values: list[float], share: float) -> None:
        found = quantile(values, share)
        assert found in values
        assert sum(value <= found for value in values) >= share * len(values)

    def test_nothing_measured_is_no_zero(self) -> None:
        with pytest.raises(ValueError, match="nothing was measured"):
            quantile([], 0.5)


def test_the_median_does_not_mind_one_bad_moment() -> None:
    assert median([1.0, 1.1, 900.0]) == 1.1


def test_seconds_become_milliseconds() -> None:
    assert ms([0.001, 0.002], 1) == 2


def test_the_first_tenth_is_warming_up() -> None:
    assert without_warmup([9.0, *[1.0] * 9]) == [1.0] * 9
