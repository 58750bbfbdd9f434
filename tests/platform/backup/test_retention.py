"""Which archives stay."""

from datetime import UTC, datetime, timedelta

import pytest

from bunri.platform.backup.retention import kept

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)  # a Monday


def nightly(days: int) -> dict[str, datetime]:
    return {f"{NOON - timedelta(days=age):%m-%d}": NOON - timedelta(days=age) for age in range(days)}


def test_days_weeks_and_months() -> None:
    staying = kept(nightly(300), daily=7, weekly=4, monthly=6)
    days = {"11-30", "11-29", "11-28", "11-27", "11-26", "11-25", "11-24"}
    weeks = {"11-30", "11-29", "11-22", "11-15"}
    months = {"11-30", "10-31", "09-30", "08-31", "07-31", "06-30"}
    assert staying == days | weeks | months


def test_of_a_day_the_newest() -> None:
    archives = {"morning": NOON - timedelta(hours=5), "noon": NOON, "night": NOON - timedelta(hours=11)}
    assert kept(archives, daily=7, weekly=4, monthly=6) == {"noon"}


def test_nothing_goes_while_nothing_comes() -> None:
    """Periods without a backup do not count: after a year of silence the last ones are still there."""
    old = {name: moment - timedelta(days=365) for name, moment in nightly(7).items()}
    assert kept(old, daily=7, weekly=0, monthly=0) == old.keys()


@pytest.mark.parametrize("count", [0, 1])
def test_few(count: int) -> None:
    assert kept(nightly(count), daily=1, weekly=0, monthly=0) == nightly(count).keys()
