import pytest
from bench.stats import mann_whitney, median, ms, quantile, wilson, without_warmup
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


class TestMannWhitney:
    def test_it_is_what_one_computes_by_hand(self) -> None:
        # U = 17 of 20, mean 10, variance 5 · 4 · 10 / 12: z = 7 / 4.082
        one, other = [19.0, 22.0, 16.0, 29.0, 24.0], [20.0, 11.0, 17.0, 12.0]
        assert mann_whitney(one, other) == pytest.approx(0.0864107, abs=1e-6)

    def test_ties_count_half(self) -> None:
        # U = 4.5 of 16, mean 8, variance 16 / 12 · (9 − 66 / 56): z = 3.5 / 3.229
        assert mann_whitney([1.0, 2.0, 2.0, 3.0], [2.0, 2.0, 3.0, 4.0]) == pytest.approx(0.2784, abs=1e-4)

    @given(measurements, measurements)
    def test_it_is_a_probability_and_the_same_from_both_sides(self, one: list[float], other: list[float]) -> None:
        assert 0 <= mann_whitney(one, other) <= 1
        assert mann_whitney(one, other) == pytest.approx(mann_whitney(other, one))

    def test_equal_values_tell_nothing(self) -> None:
        assert mann_whitney([1.0] * 30, [1.0] * 20) == 1

    def test_a_small_shift_shows_in_many_values(self) -> None:
        spread = [number / 100 for number in range(200)]
        assert mann_whitney(spread, [value + 0.01 for value in spread]) > 0.5
        assert mann_whitney(spread, [value + 0.5 for value in spread]) < 1e-9

    def test_nothing_measured_is_no_answer(self) -> None:
        with pytest.raises(ValueError, match="nothing was measured"):
            mann_whitney([], [1.0])


class TestWilson:
    def test_its_bounds_are_those_of_the_published_table(self) -> None:
        assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
        assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)

    def test_certainty_is_not_had_from_few(self) -> None:
        low, high = wilson(3, 3)
        assert (round(low, 2), high) == (0.44, 1.0)
        assert wilson(0, 20)[0] == 0

    @given(st.integers(1, 1000), st.floats(0, 1))
    def test_the_share_lies_between(self, count: int, share: float) -> None:
        hits = round(share * count)
        low, high = wilson(hits, count)
        assert 0 <= low <= hits / count <= high <= 1

    def test_nothing_measured_has_no_bounds(self) -> None:
        with pytest.raises(ValueError, match="nothing was measured"):
            wilson(0, 0)
