from itertools import pairwise

import pytest
from bench.capacity.mix import AGAIN, NEW, RATES, VISIT, arrivals, multiplied


class TestRates:
    def test_the_peak_hour_has_an_eighth_of_the_day(self) -> None:
        assert (RATES[NEW] + RATES[AGAIN]) * 3600 == pytest.approx(6250)

    def test_five_hundred_who_stay_for_ten_minutes_are_three_thousand_an_hour(self) -> None:
        assert RATES[VISIT] * 3600 == pytest.approx(3000)

    def test_twice_the_load_is_twice_of_everything(self) -> None:
        assert multiplied(RATES, 2) == {kind: 2 * rate for kind, rate in RATES.items()}


class TestArrivals:
    def test_they_are_as_many_as_their_rate_says_and_in_order(self) -> None:
        found = arrivals({"poll": 100.0, "visit": 10.0}, 100.0, seed=1)
        assert sum(each.kind == "poll" for each in found) == pytest.approx(10_000, rel=0.05)
        assert sum(each.kind == "visit" for each in found) == pytest.approx(1_000, rel=0.15)
        assert [each.due for each in found] == sorted(each.due for each in found)
        assert 0 <= found[0].due <= found[-1].due < 100

    def test_they_are_independent_of_each_other(self) -> None:
        """Of exponential gaps the standard deviation is the mean."""
        dues = [each.due for each in arrivals({"poll": 50.0}, 400.0, seed=2)]
        gaps = [later - earlier for earlier, later in pairwise(dues)]
        middle = sum(gaps) / len(gaps)
        spread = (sum((gap - middle) ** 2 for gap in gaps) / len(gaps)) ** 0.5
        assert spread / middle == pytest.approx(1, abs=0.05)

    def test_the_same_seed_gives_the_same_ones(self) -> None:
        assert arrivals(RATES, 60, seed=3) == arrivals(RATES, 60, seed=3)
        assert arrivals(RATES, 60, seed=3) != arrivals(RATES, 60, seed=4)

    def test_what_nobody_does_never_happens(self) -> None:
        assert arrivals({"poll": 0.0}, 60, seed=5) == []
