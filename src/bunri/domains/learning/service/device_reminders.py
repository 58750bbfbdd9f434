"""Reminders on their way to people's devices: sent when they are due, again when that failed, and given up when they
are no more use."""

import asyncio
from datetime import timedelta
from typing import Final

from bunri.domains.chat.public import ChatPublic, DeviceNotice, Telling, Told
from bunri.domains.learning.records import ReminderNotice
from bunri.domains.learning.repository import LearningRepository
from bunri.kit.clock import Clock
from bunri.kit.languages import text
from bunri.platform.db import Transaction
from bunri.platform.push import wait_after

LEASE: Final = timedelta(minutes=5)
"""Longer than a round takes. Who was killed in the middle may have told a device already: it is told again, and shows
the same notice."""
ROUND: Final = 100
AT_ONCE: Final = 16
TAG: Final = "reminder"
PATH: Final = "/learn"


class DeviceReminders:
    def __init__(self, transaction: Transaction[LearningRepository], chat: ChatPublic, clock: Clock) -> None:
        self._transaction = transaction
        self._chat = chat
        self._clock = clock

    async def send_due(self) -> None:
        """All that is due. Once more does no harm."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def send(each: ReminderNotice) -> None:
            async with turns:
                await self._send(each)

        while True:
            async with self._transaction() as repository:
                due = await repository.claim_notices(self._clock(), LEASE, ROUND)
            await asyncio.gather(*(send(each) for each in due))
            if len(due) < ROUND:
                return

    async def _send(self, notice: ReminderNotice) -> None:
        told = await self._chat.tell_device(notice.device_id, self._words(notice))
        async with self._transaction() as repository:
            if told.telling == Telling.LATER:
                await repository.postpone_notice(notice, self._clock() + _wait(notice, told))
            else:
                await repository.drop_notice(notice)

    def _words(self, notice: ReminderNotice) -> DeviceNotice:
        """Whose the cards are, and what they ask, stands on no locked screen."""
        language = notice.language
        parts = []
        if notice.due:
            parts.append(text("learning.reminders.due", language, count=notice.due))
        if notice.collection:
            parts.append(text("learning.reminders.tomorrow", language, things=", ".join(notice.collection)))
        left = (notice.expires_at - self._clock()).total_seconds()
        return DeviceNotice(
            tag=TAG,
            path=PATH,
            title=text("learning.reminders.title", language),
            body=_shortened("\n".join(parts)),
            ttl_s=max(0, int(left)),
        )


def _wait(notice: ReminderNotice, told: Told) -> timedelta:
    return max(wait_after(notice.attempts), timedelta(seconds=told.retry_after_s or 0))


def _shortened(body: str) -> str:
    return body if len(body) <= _LONGEST else f"{body[: _LONGEST - 1]}…"


_LONGEST: Final = 500
