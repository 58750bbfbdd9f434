"""The study day: which date a moment belongs to for somebody who studies past midnight.

A day begins at the rollover hour (04:00 by default) of the person's own clock, so that a review at half past one at
night counts for the evening before it. Days follow each other without a gap or an overlap, also where clocks change.
A date that a zone left out altogether (30 December 2011 in Samoa) is no study day: the one before it lasts until the
one after it begins.
"""

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

UTC: Final = ZoneInfo("UTC")
ROLLOVER: Final = 4
"""The hour at which a day begins for who has said nothing."""
_DAY: Final = timedelta(days=1)


def study_day(moment: datetime, zone: ZoneInfo, rollover: int = ROLLOVER) -> date:
    """The study day of ``moment``. Raises TypeError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise TypeError("a moment without a time zone belongs to no day")
    day = moment.astimezone(zone).date()
    if begins(day + _DAY, zone, rollover) <= moment:  # the clock went back over the hour at which that day had begun
        return day + _DAY
    while moment < begins(day, zone, rollover):
        day -= _DAY
    return day


def begins(day: date, zone: ZoneInfo, rollover: int = ROLLOVER) -> datetime:
    """The first moment of ``day``, in UTC. Where the clock leaves that hour out, it is the moment of the change; where
    it shows it twice, the first of them. A date that the zone left out altogether begins with the next one."""
    first = at_hour(day, rollover, zone)
    return begins(day + _DAY, zone, rollover) if first.astimezone(zone).date() > day else first


def at_hour(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """When the clock first shows ``hour`` on the calendar date ``day``, or a later time, in UTC."""
    wall = datetime.combine(day, time(hour), zone)
    by_clock_before = wall.astimezone(UTC)
    by_clock_after = wall.replace(fold=1).astimezone(UTC)
    left_out = by_clock_before - by_clock_after  # as long as the clock leaps over the hour; none where it goes back
    if left_out <= timedelta(0):
        return by_clock_before
    before = by_clock_after.astimezone(zone).utcoffset()
    seconds = range(int(left_out.total_seconds()) + 1)

    def changed(second: int) -> bool:
        return (by_clock_after + timedelta(seconds=second)).astimezone(zone).utcoffset() != before

    return by_clock_after + timedelta(seconds=bisect_left(seconds, True, key=changed))
