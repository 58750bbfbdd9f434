"""From an event to its handlers over Celery."""

import asyncio
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from celery import Celery
from kombu.exceptions import OperationalError
from kombu.pools import ProducerPool
from redis import RedisError

from bunri.platform.queue.publishers import BrokerUnavailable, Route, Routes
from bunri.platform.queue.state import SENT_AT
from bunri.platform.telemetry.traces import carried, span

PATIENCE_S: Final = 1.0
"""A person is waiting for the answer to their request, and the outbox sends again: better to give up soon."""
_SENDERS: Final = 2
_IMPATIENT: Final = {
    "max_retries": 0,
    "retry_on_timeout": False,
    "socket_timeout": PATIENCE_S,
    "socket_connect_timeout": PATIENCE_S,
    "client_name": "bunri-publisher",
}
"""Kombu's transport options in the place of those of workers, which wait for a broker to come back."""


class CeleryPublisher:
    """Sends one Celery message per subscribed task, on threads and connections of its own: a broker that does not
    answer holds up nothing else."""

    def __init__(self, celery: Celery, routes: Routes) -> None:
        self._celery = celery
        self._routes = routes
        self._connections = celery.connection_for_write(transport_options=_IMPATIENT).Pool(limit=_SENDERS)
        self._producers = ProducerPool(self._connections, limit=_SENDERS)
        self._threads = ThreadPoolExecutor(_SENDERS, thread_name_prefix="bunri-publisher")

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        """Raises BrokerUnavailable, for each task at the latest after PATIENCE_S."""
        loop = asyncio.get_running_loop()
        for route in self._routes.get(topic, ()):
            try:
                with span(f"send {route.task}", "producer", {"messaging.destination.name": route.queue}):
                    async with asyncio.timeout(PATIENCE_S):
                        await loop.run_in_executor(self._threads, self._send, route, payload, carried())
            except (OperationalError, OSError) as error:
                raise BrokerUnavailable from error

    async def waiting(self, topic: str) -> int:
        """Implements Backlog."""
        queues = {route.queue for route in self._routes.get(topic, ())}
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.get_running_loop().run_in_executor(self._threads, self._count, queues)
        except (OperationalError, RedisError, OSError) as error:
            raise BrokerUnavailable from error

    def _count(self, queues: Collection[str]) -> int:
        with self._producers.acquire(block=True) as producer:
            valkey: Any = producer.channel
            return sum(int(valkey.client.llen(queue)) for queue in queues)

    def send(self, route: Route) -> None:
        """One message, from a thread that may wait for PATIENCE_S. Raises BrokerUnavailable."""
        try:
            self._send(route, {}, {})
        except (OperationalError, RedisError, OSError, RuntimeError) as error:  # the last: it is closed
            raise BrokerUnavailable from error

    def _send(self, route: Route, payload: dict[str, Any], trace: dict[str, str]) -> None:
        with self._producers.acquire(block=True) as producer:
            self._celery.send_task(
                route.task,
                args=(payload,),
                queue=route.queue,
                ignore_result=True,
                retry=False,
                producer=producer,
                headers={SENT_AT: time.time(), **trace},
            )

    def close(self) -> None:
        """Ends its threads and connections; what was not sent stays in the outbox."""
        self._threads.shutdown(cancel_futures=True)
        self._connections.force_close_all()
