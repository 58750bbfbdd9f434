"""What limiters share: which rates a request meets, and what follows from the counts."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bunri.platform.limits.errors import too_many
from bunri.platform.limits.limiter import Bucket, Standing
from bunri.platform.limits.rates import Rate
from bunri.platform.limits.settings import LimitsSettings
from bunri.platform.limits.windows import Counts, remaining, wait_s


class Window(NamedTuple):
    """One rate of one bucket."""

    bucket: Bucket
    rate: Rate


class Counted(NamedTuple):
    """A window after a request: whether it took it, and its counts."""

    window: Window
    taken: bool
    counts: Counts


def windows(settings: LimitsSettings, buckets: Sequence[Bucket]) -> list[Window]:
    """Those in which a request counts; none where its classes have no limit."""
    return list(_windows(settings, buckets))


def _windows(settings: LimitsSettings, buckets: Sequence[Bucket]) -> Iterator[Window]:
    for bucket in buckets:
        for rate in settings.rates(bucket.limit_class, bucket.per):
            yield Window(bucket, rate)


def judge(counted: Sequence[Counted], cost: int) -> Standing:
    """The standing of the fullest window. Raises TooMany for the one that has to be waited for longest."""
    refusals = [_refused(each, cost) for each in counted if not each.taken]
    if refusals:
        raise too_many(max(refusals, key=lambda standing: standing.reset_s))
    return min((_standing(each) for each in counted), key=lambda standing: standing.remaining / standing.limit)


def _standing(counted: Counted) -> Standing:
    (bucket, rate), _, counts = counted
    reset_s = max(1, round(counts.current_s))
    return Standing(bucket.limit_class, rate.amount, rate.window_s, remaining(rate, counts), reset_s)


def _refused(counted: Counted, cost: int) -> Standing:
    (bucket, rate), _, counts = counted
    wait = wait_s(rate, counts, cost)
    return Standing(bucket.limit_class, rate.amount, rate.window_s, remaining(rate, counts), wait)
