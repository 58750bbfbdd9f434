"""Reminders: one at the person's own hour, by mail or on their devices, when there is something to say."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from bunri.domains.auth.public import AuthPublic, KnownPerson
from bunri.domains.chat.public import ChatPublic, Device
from bunri.domains.learning.evenings import TomorrowsCollection, tomorrow_of
from bunri.domains.learning.records import Channel, Learner, ReminderNotice
from bunri.domains.learning.reminding import (
    LATEST,
    Said,
    Waiting,
    day_of,
    goes_by,
    has_to_say,
    may_be_reminded,
    next_reminder,
    said_to,
)
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.recycling.public import CollectionDay, RecyclingPublic
from bunri.domains.users.public import MailKind, UsersPublic
from bunri.kit.clock import Clock
from bunri.kit.languages import Language
from bunri.platform.db import Transaction
from bunri.platform.mail import MailRequest

PEOPLE_AT_ONCE: Final = 500
ASKED_AT_ONCE: Final = 8
"""People whose address and wishes are asked for at the same time."""
DAILY: Final = "daily"
"""The kind of the one reminder of a day: cards and collection are said together."""
KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Letter:
    """Goes to the devices, where there are any, else by mail to ``email``."""

    learner: Learner
    to: KnownPerson
    said: Said
    tomorrow: TomorrowsCollection
    email: str = ""
    unsubscribe_url: str | None = None
    devices: tuple[Device, ...] = ()

    @property
    def languages(self) -> set[Language]:
        return {each.language for each in self.devices} or {self.to.language}


class Reminders:
    """Whose hour has come is read, what they want is asked for, and then, in one transaction for each batch, they get
    the next hour and their reminder: however many do this at once, and wherever one is killed, nobody is reminded twice
    and nobody is left out."""

    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        auth: AuthPublic,
        users: UsersPublic,
        recycling: RecyclingPublic,
        chat: ChatPublic,
        public_url: str | None,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._auth = auth
        self._users = users
        self._recycling = recycling
        self._chat = chat
        self._public_url = public_url.rstrip("/") if public_url else None
        self._clock = clock

    async def send(self) -> int:
        """To everybody whose hour has come; how many reminders there are. Once more does no harm."""
        now = self._clock()
        made = 0
        while True:
            async with self._transaction() as repository:
                learners = await repository.people_to_remind(now, PEOPLE_AT_ONCE)
            made += await self._send(learners, now) if learners else 0
            if len(learners) < PEOPLE_AT_ONCE:
                break
        async with self._transaction() as repository:
            await repository.forget_reminders((now - KEPT).date())
        return made

    async def _send(self, learners: Sequence[Learner], now: datetime) -> int:
        letters = {letter.learner.person: letter for letter in await self._letters(learners, now)}
        names: dict[Language, dict[str, str]] = {}
        for language in {language for letter in letters.values() for language in letter.languages}:
            names[language] = {kind.value: kind.name for kind in await self._recycling.kinds(language)}
        following = {each.person: next_reminder(each.zone, each.reminder_hour, now) for each in learners}
        made = 0
        async with self._transaction() as repository:
            mine = await repository.move_on(learners, following)
            for person in sorted(mine & letters.keys()):
                letter = letters[person]
                day = day_of(letter.learner, letter.learner.remind_at or now)
                if not await repository.add_reminder(person, day, DAILY, now):
                    continue
                if letter.devices:
                    await repository.add_notices(_notices(letter, day, now, names), now)
                else:
                    await repository.add_mail(self._mail(letter, names[letter.to.language]))
                made += 1
        return made

    async def _letters(self, learners: Sequence[Learner], now: datetime) -> list[_Letter]:
        ready = [each for each in learners if may_be_reminded(each, now)]
        async with self._transaction() as repository:
            waiting = await repository.waiting_for(ready, now) if ready else {}
        homes = {(each.region, each.building) for each in ready if each.region}
        days: dict[tuple[str | None, str | None], tuple[CollectionDay, ...]] = {
            home: (await self._recycling.collection_days(*home)).days for home in homes
        }
        found: list[tuple[Learner, Waiting, TomorrowsCollection]] = []
        for each in ready:
            tomorrow = tomorrow_of(each, now, days.get((each.region, each.building), ()))
            waits = waiting.get(each.person, Waiting())
            if has_to_say(waits, bool(tomorrow.days)):
                found.append((each, waits, tomorrow))
        devices: dict[str, list[Device]] = {}
        for device in await self._chat.devices([learner.person for learner, _, _ in found]) if found else ():
            devices.setdefault(device.person, []).append(device)
        limit = asyncio.Semaphore(ASKED_AT_ONCE)

        async def letter(learner: Learner, waits: Waiting, tomorrow: TomorrowsCollection) -> _Letter | None:
            async with limit:
                return await self._letter(learner, waits, tomorrow, tuple(devices.get(learner.person, ())))

        return [each for each in await asyncio.gather(*(letter(*one) for one in found)) if each]

    async def _letter(
        self, learner: Learner, waiting: Waiting, tomorrow: TomorrowsCollection, devices: tuple[Device, ...]
    ) -> _Letter | None:
        wanted, to = (await self._users.profile(learner.person)).mails, await self._auth.person(learner.person)
        if to is None:
            return None
        by_mail, collected = said_to(wanted, waiting, bool(tomorrow.days)), bool(tomorrow.days)
        # An address is one that was shown to work: AuthPublic gives no other.
        channel = goes_by(learner.remind_by, address=to.email is not None, by_mail=by_mail, devices=bool(devices))
        if channel == Channel.DEVICE:
            return _Letter(learner, to, said_to(frozenset(MailKind), waiting, collected), tomorrow, devices=devices)
        if channel is None or to.email is None:
            return None
        unsubscribe_url = await self._users.unsubscribe_url(learner.person, by_mail.kind)
        return _Letter(learner, to, by_mail, tomorrow, to.email, unsubscribe_url)

    def _mail(self, letter: _Letter, names: Mapping[str, str]) -> MailRequest:
        data: dict[str, Any] = {
            "person": letter.learner.person,
            "name": letter.to.name,
            "due": letter.said.due,
            "collection": _collection(letter.tomorrow, names) if letter.said.collection else [],
            "link": f"{self._public_url}/learn" if self._public_url else None,
            "unsubscribe_url": letter.unsubscribe_url,
        }
        return MailRequest("reminder", letter.email, letter.to.language, data)


def _notices(
    letter: _Letter, day: date, now: datetime, names: Mapping[Language, Mapping[str, str]]
) -> list[ReminderNotice]:
    """One for each device."""
    tomorrow = letter.tomorrow if letter.said.collection else TomorrowsCollection(letter.tomorrow.day)
    return [
        ReminderNotice(
            letter.learner.person,
            day,
            device.id,
            device.language,
            letter.said.due,
            tuple(_collection(tomorrow, names[device.language])),
            (letter.learner.remind_at or now) + LATEST,
        )
        for device in letter.devices
    ]


def _collection(tomorrow: TomorrowsCollection, names: Mapping[str, str]) -> list[str]:
    """``Plastic film 20:00–``: each thing with its hours, where somebody has said them."""
    return [
        " ".join(part for part in (names.get(each.material, each.material), _hours(each)) if part)
        for each in tomorrow.days
    ]


def _hours(day: CollectionDay) -> str:
    if day.begins is None and day.ends is None:
        return ""
    return "–".join(f"{when:%H:%M}" if when else "" for when in (day.begins, day.ends))
