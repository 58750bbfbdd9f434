"""Tells people's devices of new messages: looks whom to tell, and sends what is due, again when it failed.

Of a room that speaks, one look at a time is asked for: it takes all that was said until then. What a device is to be
told of a room is one row, which newer messages change: however long a push service is away, nobody gets a hundred
notices of one room.
"""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from bunri.domains.chat import rules
from bunri.domains.chat.notices import GIVEN_UP_AFTER, notices_for, payload_of
from bunri.domains.chat.presence import Presence
from bunri.domains.chat.public import RoomSpoke
from bunri.domains.chat.records import DueNotice
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.service.subscriptions import UNSEEN
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction
from bunri.platform.push import Pusher, PushGone, PushMessage, PushRefused, PushTarget, PushUnavailable, wait_after

log = structlog.get_logger(__name__)

PAUSE: Final = timedelta(seconds=30)
"""Between two notices of one room on one device, unless somebody is mentioned."""
UNREAD: Final = timedelta(minutes=1)
"""Who has the room open somewhere is told when they have not read it for so long: a computer at home may be on while
its person is out with a phone."""
LEASE: Final = timedelta(minutes=2)
"""Longer than a round takes (PushSettings.timeout_s is at most 60)."""
KEPT: Final = timedelta(minutes=1)
"""For how long it is known that something was told; more than PAUSE."""
ROUND: Final = 100
"""Notices that are sent in one round."""
AT_ONCE: Final = 16
_LOOKED_AT: Final = 100
"""Messages of a room that are looked at; of more only the newest."""


class Notifications:
    def __init__(
        self, transaction: Transaction[ChatRepository], presence: Presence, pusher: Pusher, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._presence = presence
        self._pusher = pusher
        self._clock = clock

    async def look(self, spoke: RoomSpoke) -> None:
        """Looks whom to tell of what was said in a room since the last look, and tells them."""
        now, here = self._clock(), await self._presence.people(spoke.room_id)
        async with self._transaction() as repository:
            room = await repository.lock_room(spoke.room_id)
            if room is None:
                return
            await repository.end_notice(room)
            if room.closed_at or rules.is_quiet(room, now):
                return
            since = max(room.notified_seq, room.last_seq - _LOOKED_AT)
            messages = await repository.after(room.id, since, _LOOKED_AT)
            listeners = await repository.listeners(room.id) if messages else []
            found = notices_for(listeners, messages)
            away = [notice for person, notices in found.items() if person not in here for notice in notices]
            seen = [notice for person, notices in found.items() if person in here for notice in notices]
            await repository.add_notices(away, now, now, PAUSE)
            await repository.add_notices(seen, now, now + UNREAD, PAUSE)
        if away:
            await self.send_due()

    async def send_due(self) -> None:
        """One round of what is due."""
        now = self._clock()
        async with self._transaction() as repository:
            due = await repository.claim_notices(now, LEASE, ROUND)
        turns = asyncio.Semaphore(AT_ONCE)

        async def send(each: DueNotice) -> None:
            async with turns:
                await self._send(each)

        await asyncio.gather(*(send(each) for each in due))

    async def upkeep(self) -> None:
        """What is due again, and what need not be kept any more."""
        now = self._clock()
        async with self._transaction() as repository:
            await repository.remove_old_notices(now - KEPT, now - GIVEN_UP_AFTER)
            await repository.remove_unseen_subscriptions(now - UNSEEN)
        await self.send_due()

    async def _send(self, due: DueNotice) -> None:
        to, notice = due.subscription, due.notice
        message = PushMessage(
            payload_of(due),
            _topic(notice.room_id),
            int(GIVEN_UP_AFTER.total_seconds()),
            "high" if notice.mentioned else "normal",
        )
        try:
            await self._pusher.send(PushTarget(to.endpoint, to.p256dh, to.auth), message)
        except PushGone:
            async with self._transaction() as repository:
                await repository.drop_subscription(to.id, to.endpoint)
            return
        except PushRefused as refused:
            # The address is a key to the person's browser, so it is in no log.
            log.warning("notice.refused", subscription=str(to.id), reason=refused.reason)
            async with self._transaction() as repository:
                await repository.drop_notice(notice)
            return
        except PushUnavailable as away:
            wait = max(wait_after(due.attempts), timedelta(seconds=away.retry_after or 0))
            async with self._transaction() as repository:
                await repository.postpone_notice(notice, self._clock() + wait)
            return
        async with self._transaction() as repository:
            await repository.notice_sent(notice, self._clock(), PAUSE)


def _topic(room_id: UUID) -> str:
    """32 letters: a newer notice of the room takes the place of an older one at the push service. That is told nothing
    of the room by it."""
    return urlsafe_b64encode(hashlib.sha256(b"notice " + room_id.bytes).digest()[:24]).decode()
