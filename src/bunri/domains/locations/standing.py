"""What people's votes say about a bin: is it still there, is it full?

Each person has one vote a bin. "gone" counts for, "ok" and "full" count against the bin being gone (who sees it full
has seen it), and every vote counts half as much every HALF_LIFE. A bin is hidden while the balance is above ENOUGH and
the votes for "gone" were cast at least APART from the first to the last: three people hide it for some seven weeks, six
for about five months; a fresh vote on top of the old ones hides it again, and each person who still finds it takes one
of them back. Nobody hides a bin alone, nor do two, nor any number within one day, since a guest costs nothing but a
name; and no bin is lost for good to old or mistaken votes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import log2
from typing import Final


class Vote(StrEnum):
    """What a person saw."""

    OK = "ok"
    FULL = "full"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Cast:
    """One person's vote and when it was cast."""

    vote: Vote
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Until when a bin is hidden as gone, and until when it counts as full; None when it is not."""

    hidden_until: datetime | None
    full_until: datetime | None


HALF_LIFE: Final = timedelta(days=90)
ENOUGH: Final = 2.0
APART: Final = timedelta(days=1)
FULL_FOR: Final = timedelta(hours=24)


def standing(votes: Iterable[Cast], now: datetime) -> Standing:
    """The verdict of ``votes`` at ``now``. It stays right until the next vote, because all votes fade alike."""
    cast = tuple(votes)
    return Standing(_hidden_until(cast, now), _full_until(cast, now))


def _hidden_until(votes: tuple[Cast, ...], now: datetime) -> datetime | None:
    balance = sum(_weight(each, now) for each in votes)
    gone = [each.at for each in votes if each.vote is Vote.GONE]
    if balance <= ENOUGH or max(gone) - min(gone) < APART:
        return None
    return now + HALF_LIFE * log2(balance / ENOUGH)


def _weight(cast: Cast, now: datetime) -> float:
    faded = 0.5 ** ((now - cast.at) / HALF_LIFE)
    return float(faded if cast.vote is Vote.GONE else -faded)


def _full_until(votes: tuple[Cast, ...], now: datetime) -> datetime | None:
    """A bin is full for a day after the last "full", unless somebody has seen otherwise since."""
    last = max(votes, key=lambda each: each.at, default=None)
    if last is None or last.vote is not Vote.FULL or last.at + FULL_FOR <= now:
        return None
    return last.at + FULL_FOR
