"""How much waits in the queues, as the broker has it."""

import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bunri.platform.queue.publishers import BrokerUnavailable

SENT_AT: Final = "sent_at"
"""Header of a message: when it was sent, in seconds since 1970 by the sender's clock."""
_OLDEST: Final = -1
"""Celery puts new messages at the beginning of a list and takes them from its end."""
_IN_HAND: Final = "unacked"


class QueueState(NamedTuple):
    queue: str
    waiting: int
    """Messages that no worker has taken yet."""
    oldest_s: float | None
    """How long the next one to be taken has waited; None where nothing waits, or where nobody wrote down since when
    (what beat sends)."""


class QueueStates(NamedTuple):
    queues: list[QueueState]
    in_hand: int
    """Messages of all queues that workers have taken and not finished, those that wait for another try among them."""


class QueueReader:
    """Looks at the broker with a connection of its own."""

    def __init__(self, broker_url: str, *, timeout: float = 2.0) -> None:
        self._broker: Redis = Redis.from_url(broker_url, socket_timeout=timeout, socket_connect_timeout=timeout)

    async def read(self, queues: Sequence[str]) -> QueueStates:
        """Raises BrokerUnavailable."""
        asked = self._broker.pipeline(transaction=False)
        for queue in queues:
            asked.llen(queue)
            asked.lindex(queue, _OLDEST)
        asked.hlen(_IN_HAND)
        try:
            *found, in_hand = await asked.execute()
        except (RedisError, OSError) as error:
            raise BrokerUnavailable from error
        states = [
            QueueState(queue, int(waiting), _age(oldest))
            for queue, waiting, oldest in zip(queues, found[::2], found[1::2], strict=True)
        ]
        return QueueStates(states, int(in_hand))

    async def close(self) -> None:
        await self._broker.aclose()


def _age(message: bytes | None) -> float | None:
    try:
        sent_at = orjson.loads(message or b"{}")["headers"][SENT_AT]
        return max(0.0, time.time() - float(sent_at))
    except (KeyError, TypeError, ValueError):
        return None
