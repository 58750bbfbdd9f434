"""Browsers that may be told of new messages while no page is open."""

from datetime import timedelta
from typing import Final

from bunri.domains.auth.public import Caller, SessionEnded
from bunri.domains.chat.records import Subscription
from bunri.domains.chat.repository import ChatRepository
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.db import Transaction
from bunri.platform.push import Pusher, PushTarget

MOST: Final = 20
"""Browsers of one person."""
UNSEEN: Final = timedelta(days=90)
"""A browser says that it is there whenever the web app starts; one that does not for so long is forgotten."""


class Subscriptions:
    def __init__(self, transaction: Transaction[ChatRepository], pusher: Pusher, clock: Clock) -> None:
        self._transaction = transaction
        self._pusher = pusher
        self._clock = clock

    @property
    def key(self) -> str:
        """What browsers subscribe with."""
        return self._pusher.public_key

    async def keep(self, caller: Caller, target: PushTarget, language: Language, *, shows_text: bool) -> None:
        """The browser is told of new messages from now on, for as long as the caller's session lasts. A browser belongs
        to who said so last. Raises PushRefused."""
        self._pusher.check(target)
        subscription = Subscription(
            id=new_id(),
            person=caller.id,
            session_id=caller.session_id,
            endpoint=target.endpoint,
            p256dh=target.p256dh,
            auth=target.auth,
            language=language,
            shows_text=shows_text,
            seen_at=self._clock(),
        )
        async with self._transaction() as repository:
            await repository.keep_subscription(subscription, MOST)

    async def remove(self, caller: Caller, endpoint: str) -> None:
        """Once more does no harm."""
        async with self._transaction() as repository:
            await repository.remove_subscription(caller.id, endpoint)

    async def forget_session(self, ended: SessionEnded) -> None:
        """Nobody is told of anything on a device where they have signed out."""
        async with self._transaction() as repository:
            await repository.remove_subscriptions_of_session(ended.session_id)
