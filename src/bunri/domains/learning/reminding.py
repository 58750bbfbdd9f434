"""When somebody is reminded, on their own clock, and whether there is anything to say."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bunri.domains.learning.records import Channel, Learner
from bunri.domains.learning.study_days import at_hour
from bunri.domains.users.public import MailKind

LATEST: Final = timedelta(hours=3)
"""A reminder that could not be made for so long is not made at all: at night nobody wants to hear of the morning."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody: cards that are due, and whether they have studied today."""

    due: int = 0
    studied: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a reminder is about: cards, and what is collected tomorrow. Neither: there is none."""

    due: int = 0
    collection: bool = False

    @property
    def kind(self) -> MailKind:
        """What its reader takes themselves off by its link."""
        return MailKind.REVIEWS if self.due else MailKind.COLLECTION_DAYS

    def __bool__(self) -> bool:
        return bool(self.due or self.collection)


def next_reminder(zone: str, hour: int | None, after: datetime) -> datetime | None:
    """The first moment after ``after`` at which the clock shows ``hour``; None: no reminders are wanted. Where the
    clock leaves the hour out, it is as much later; where it shows it twice, it is the first time."""
    if hour is None:
        return None
    place = ZoneInfo(zone)
    day = after.astimezone(place).date()
    return next(
        moment for moment in (at_hour(day + timedelta(days=days), hour, place) for days in range(3)) if moment > after
    )


def kept_reminder(before: Learner, zone: str, hour: int | None, now: datetime) -> datetime | None:
    """The next reminder of somebody whose profile says ``zone`` and ``hour`` now. One that is due already stays."""
    unchanged = (before.zone, before.reminder_hour) == (zone, hour)
    if hour is not None and before.remind_at and (unchanged or before.remind_at <= now):
        return before.remind_at
    return next_reminder(zone, hour, now)


def day_of(learner: Learner, moment: datetime) -> date:
    """The date on the person's calendar: at most one reminder of a kind is made on it."""
    return moment.astimezone(ZoneInfo(learner.zone)).date()


def may_be_reminded(learner: Learner, now: datetime) -> bool:
    late = learner.remind_at is None or now - learner.remind_at > LATEST
    return not late and (learner.paused_until is None or learner.day(now) >= learner.paused_until)


def has_to_say(waiting: Waiting, collected: bool) -> bool:
    """Whether there is anything to say to who wants to hear all of it."""
    return bool(said_to(frozenset(MailKind), waiting, collected))


def goes_by(preferred: Channel, *, address: bool, by_mail: Said, devices: bool) -> Channel | None:
    """How a reminder comes. ``by_mail``: what the person wants mails about. Who has an address and has ended its mails
    is told on devices only where they chose that; who has none is told there. None: there is none."""
    mail = Channel.MAIL if address and by_mail else None
    device = Channel.DEVICE if devices else None
    if preferred == Channel.DEVICE:
        return device or mail
    return mail if address else device


def said_to(wanted: frozenset[MailKind], waiting: Waiting, collected: bool) -> Said:
    """Who has studied today is not sent to study; the bags want to be put out all the same."""
    cards = waiting.due if MailKind.REVIEWS in wanted and not waiting.studied else 0
    return Said(cards, collected and MailKind.COLLECTION_DAYS in wanted)
