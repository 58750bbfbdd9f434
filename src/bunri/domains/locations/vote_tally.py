"""Tallies people's votes on a bin: is it still there, is it full?

Each person has one vote a bin. "gone" counts for the bin being gone, "ok" and "full" count against it (whoever sees it
full has seen it), and the weight of every vote halves every HALF_LIFE. A bin is hidden while the balance is above
HIDING_BALANCE and the votes for "gone" were cast at least MIN_SPREAD from the first to the last: three people hide it
for some seven weeks, six for about five months; a fresh vote on top of the old ones hides it again, and each person who
still finds it cancels one of them. One or two people cannot hide a bin, nor can any number within one day, since a
guest needs nothing but a name; and no bin is hidden for good by old or mistaken votes.

Two people who found it gone within DOUBTED_FOR, nobody having seen it since, make it doubtful at once: it stays where
it is, marked, and sorts as before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2
from typing import Final

from bunri.domains.locations.public import Vote


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """One person's vote and when it was cast."""

    vote: Vote
    at: datetime


@dataclass(frozen=True, slots=True)
class VoteTally:
    """Until when a bin is hidden as gone, counts as full, and as doubtful; None when it is not."""

    hidden_until: datetime | None
    full_until: datetime | None
    doubted_until: datetime | None = None


HALF_LIFE: Final = timedelta(days=90)
HIDING_BALANCE: Final = 2.0
MIN_SPREAD: Final = timedelta(days=1)
FULL_FOR: Final = timedelta(hours=24)
DOUBTED_FOR: Final = timedelta(days=14)
DOUBTERS: Final = 2


def tally(votes: Iterable[VoteRecord], now: datetime) -> VoteTally:
    """The tally of ``votes`` at ``now``. It stays valid until the next vote, because all votes lose weight alike."""
    records = tuple(votes)
    return VoteTally(_hidden_until(records, now), _full_until(records, now), _doubted_until(records, now))


def _hidden_until(votes: tuple[VoteRecord, ...], now: datetime) -> datetime | None:
    balance = sum(_weight(each, now) for each in votes)
    gone = [each.at for each in votes if each.vote is Vote.GONE]
    if balance <= HIDING_BALANCE or max(gone) - min(gone) < MIN_SPREAD:
        return None
    return now + HALF_LIFE * log2(balance / HIDING_BALANCE)


def _weight(record: VoteRecord, now: datetime) -> float:
    weight = 0.5 ** ((now - record.at) / HALF_LIFE)
    return float(weight if record.vote is Vote.GONE else -weight)


def _full_until(votes: tuple[VoteRecord, ...], now: datetime) -> datetime | None:
    """A bin is full for a day after the last "full", unless somebody has seen otherwise since."""
    last = max(votes, key=lambda each: each.at, default=None)
    if last is None or last.vote is not Vote.FULL or last.at + FULL_FOR <= now:
        return None
    return last.at + FULL_FOR


def _doubted_until(votes: tuple[VoteRecord, ...], now: datetime) -> datetime | None:
    """Until the second newest of those who found it gone is DOUBTED_FOR ago."""
    seen = max((each.at for each in votes if each.vote is not Vote.GONE), default=None)
    gone = sorted(
        (each.at for each in votes if each.vote is Vote.GONE and (seen is None or each.at > seen)), reverse=True
    )
    if len(gone) < DOUBTERS or gone[DOUBTERS - 1] + DOUBTED_FOR <= now:
        return None
    return gone[DOUBTERS - 1] + DOUBTED_FOR
