"""The study day over all zones: no gap, no overlap, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bunri.domains.learning.records import Learner
from bunri.domains.learning.study_days import at_hour, begins, study_day

DAY: Final = timedelta(days=1)
TICK: Final = timedelta(microseconds=1)
SKIPPED: Final = {
    "Pacific/Apia": date(2011, 12, 30),
    "Pacific/Fakaofo": date(2011, 12, 30),
    "Pacific/Kwajalein": date(1993, 8, 21),
    "Pacific/Kiritimati": date(1994, 12, 31),
    "Pacific/Enderbury": date(1994, 12, 31),
}
"""Dates that a zone left out when it moved to the other side of the date line."""

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
moments = st.integers(0, 51 * 366 * 86_400 * 10**6).map(lambda ago: datetime(2040, 12, 31, tzinfo=UTC) - ago * TICK)
rollovers = st.integers(0, 12)


def local(zone: str, *when: int, fold: int = 0) -> datetime:
    return datetime(*when, fold=fold, tzinfo=ZoneInfo(zone))  # type: ignore[arg-type, misc]


class TestAllZones:
    @given(zones, moments, rollovers)
    @example(ZoneInfo("Pacific/Apia"), datetime(2011, 12, 30, 11, tzinfo=UTC), 4)
    @example(ZoneInfo("Antarctica/Casey"), datetime(2010, 3, 4, 15, 30, tzinfo=UTC), 0)
    @example(ZoneInfo("America/St_Johns"), datetime(2009, 11, 1, 3, tzinfo=UTC), 0)
    def test_each_moment_is_in_one_day(self, zone: ZoneInfo, moment: datetime, rollover: int) -> None:
        day = study_day(moment, zone, rollover)
        assert begins(day, zone, rollover) <= moment < begins(day + DAY, zone, rollover)

    @given(zones, st.dates(date(1990, 1, 3), date(2040, 12, 30)), rollovers)
    def test_a_day_begins_where_the_one_before_it_ends(self, zone: ZoneInfo, day: date, rollover: int) -> None:
        first = begins(day, zone, rollover)
        held = study_day(first, zone, rollover)
        assert held == day or begins(held, zone, rollover) == first  # or the zone left the date out
        assert study_day(first - TICK, zone, rollover) < day

    @given(zones, moments, rollovers)
    def test_what_the_clock_shows_decides(self, zone: ZoneInfo, moment: datetime, rollover: int) -> None:
        """From the rollover hour on its date, before it the one before – but the hours that a clock shows twice stay in
        the day that has begun."""
        shown = moment.astimezone(zone)
        day = study_day(moment, zone, rollover)
        if moment >= begins(shown.date() + DAY, zone, rollover):
            assert day == shown.date() + DAY
        elif shown.hour >= rollover:
            assert day == shown.date()
        elif shown.date() - DAY not in SKIPPED.values() and moment < begins(shown.date(), zone, rollover):
            assert day == shown.date() - DAY

    @given(zones, st.dates(date(1990, 1, 3), date(2040, 12, 30)), st.integers(0, 23))
    def test_an_hour_comes_when_the_clock_first_shows_it_or_more(self, zone: ZoneInfo, day: date, hour: int) -> None:
        moment = at_hour(day, hour, zone)
        after, before = moment.astimezone(zone), (moment - TICK).astimezone(zone)
        wanted = (day, time(hour))
        assert (after.date(), after.time()) >= wanted > (before.date(), before.time())


class TestChangingClocks:
    """learning.md § 4, rows 1, 2 and 4."""

    @pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 7, 1)])
    @pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Seoul"])
    def test_a_minute_before_four_is_yesterday(self, zone: str, day: date) -> None:
        before = local(zone, day.year, day.month, day.day, 3, 59)
        after = local(zone, day.year, day.month, day.day, 4, 1)
        assert study_day(before, ZoneInfo(zone)) == day - DAY
        assert study_day(after, ZoneInfo(zone)) == day

    def test_a_night_without_an_hour_and_a_night_with_one_twice(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        spring, autumn = date(2026, 3, 28), date(2026, 10, 24)
        assert begins(spring + DAY, berlin) - begins(spring, berlin) == timedelta(hours=23)
        assert begins(autumn + DAY, berlin) - begins(autumn, berlin) == timedelta(hours=25)
        for hour in (2, 3):  # the hour that is left out, and shown twice
            assert begins(spring + DAY, berlin, hour) == datetime(2026, 3, 29, 1, tzinfo=UTC)
        assert begins(autumn + DAY, berlin, 2) == datetime(2026, 10, 25, 0, tzinfo=UTC)
        second = local("Europe/Berlin", 2026, 10, 25, 2, 30, fold=1)
        assert study_day(second, berlin, 2) == date(2026, 10, 25)

    def test_all_days_in_seoul_are_alike(self) -> None:
        seoul = ZoneInfo("Asia/Seoul")
        days = [date(2026, 1, 1) + number * DAY for number in range(366)]
        assert {begins(day + DAY, seoul) - begins(day, seoul) for day in days} == {DAY}

    def test_half_an_hour_in_lord_howe(self) -> None:
        zone = ZoneInfo("Australia/Lord_Howe")
        assert begins(date(2026, 10, 4), zone) - begins(date(2026, 10, 3), zone) == timedelta(hours=23, minutes=30)
        assert begins(date(2026, 10, 4), zone, 2) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)

    def test_three_hours_in_casey(self) -> None:
        """The clock leapt from 02:00 to 05:00: who looked at it then saw a time after four."""
        zone = ZoneInfo("Antarctica/Casey")
        leap = datetime(2011, 10, 27, 18, tzinfo=UTC)
        assert begins(date(2011, 10, 28), zone) == leap
        assert study_day(leap - TICK, zone) == date(2011, 10, 27)
        assert study_day(leap, zone) == date(2011, 10, 28)

    def test_a_day_is_not_begun_twice_where_the_clock_goes_back_over_midnight(self) -> None:
        zone = ZoneInfo("Antarctica/Casey")  # on 5 March 2010, from 02:00 back to 23:00 of the day before
        again = local("Antarctica/Casey", 2010, 3, 4, 23, 30, fold=1)
        assert study_day(again, zone, 0) == date(2010, 3, 5)
        assert study_day(again, zone) == date(2010, 3, 4)

    @pytest.mark.parametrize("zone", SKIPPED)
    def test_a_date_that_was_left_out_is_no_study_day(self, zone: str) -> None:
        """The day before it lasts until the next one begins, as long as any other."""
        there, skipped = ZoneInfo(zone), SKIPPED[zone]
        assert begins(skipped, there) == begins(skipped + DAY, there)
        assert begins(skipped + DAY, there) - begins(skipped - DAY, there) == DAY
        assert study_day(begins(skipped, there), there) == skipped + DAY
        assert study_day(begins(skipped, there) - TICK, there) == skipped - DAY

    def test_one_past_one_at_night_counts_for_the_evening_before(self) -> None:
        learner = Learner("g_1", datetime(2026, 1, 1, tzinfo=UTC))
        assert learner.day(local("Asia/Seoul", 2026, 11, 21, 1, 30)) == date(2026, 11, 20)
        assert learner.day(local("Asia/Seoul", 2026, 11, 21, 8, 30)) == date(2026, 11, 21)  # 20 November in UTC

    def test_a_moment_without_a_zone_belongs_to_no_day(self) -> None:
        with pytest.raises(TypeError):
            study_day(datetime(2026, 11, 21, 8), ZoneInfo("Asia/Seoul"))  # noqa: DTZ001
