"""The arithmetic of sliding windows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.platform.limits.rates import Rate
from bunri.platform.limits.windows import Counts, remaining, used, wait_s

RATE = Rate(10, 60)


@pytest.mark.parametrize(
    ("counts", "left"),
    [
        (Counts(0, 0, 0, 60), 10),
        (Counts(0, 0, 4, 30), 6),
        (Counts(10, 60, 0, 60), 0),
        (Counts(10, 30, 0, 30), 5),
        (Counts(10, 30, 5, 30), 0),
        (Counts(10, 29, 5, 29), 1),
        (Counts(0, 0, 12, 30), 0),
    ],
)
def test_the_window_before_counts_as_far_as_it_overlaps(counts: Counts, left: int) -> None:
    assert remaining(RATE, counts) == left


@pytest.mark.parametrize(
    ("counts", "cost", "wait"),
    [
        (Counts(0, 0, 10, 45), 1, 46),  # all at once: they leave when their window does
        (Counts(10, 60, 0, 60), 1, 1),  # the first of the window before leaves at once
        (Counts(10, 30, 5, 30), 1, 1),
        (Counts(10, 60, 0, 60), 5, 25),  # until only five of ten overlap
        (Counts(0, 0, 10, 45), 10, 100),  # 45 s, and then 54 until less than one of ten overlaps
        (Counts(0, 0, 0, 60), 11, 120),  # never
    ],
)
def test_how_long_to_wait(counts: Counts, cost: int, wait: int) -> None:
    assert wait_s(RATE, counts, cost) == wait


@given(
    amount=st.integers(1, 50),
    window_s=st.integers(1, 3600),
    previous=st.integers(0, 50),
    current=st.integers(0, 50),
    cost=st.integers(1, 50),
    share=st.floats(0.01, 1),
)
def test_whoever_waits_so_long_is_let_in(
    amount: int, window_s: int, previous: int, current: int, cost: int, share: float
) -> None:
    rate, left = Rate(amount, window_s), window_s * share
    counts = Counts(min(previous, amount), left, min(current, amount), left)
    if cost > amount:
        return
    wait = wait_s(rate, counts, cost)
    assert used(rate, _after(rate, counts, wait)) + cost <= amount


def _after(rate: Rate, counts: Counts, seconds: float) -> Counts:
    """The same bucket so much later, when nobody asked meanwhile."""
    left = counts.current_s - seconds
    if left > 0:
        return Counts(counts.previous, left, counts.current, left)
    left += rate.window_s
    return Counts(counts.current, left, 0, left) if left > 0 else Counts(0, 0, 0, rate.window_s)
