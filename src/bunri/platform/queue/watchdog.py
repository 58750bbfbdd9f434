"""Whether a worker still gets messages: ends a process that has lost its queue.

A Celery worker can stay alive and connected, and yet never be given a message again after the broker was restarted
(celery#8030, #10205). A ping does not show it; messages that wait while nothing starts do.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import redis
import structlog

from bunri.platform.queue.publishers import BrokerUnavailable

log = structlog.get_logger(__name__)

SILENT_AFTER_S: Final = 45.0
STARTING_S: Final = 300.0
"""The same before the worker has connected: on a host where much starts at once that takes minutes."""
TOLD_EVERY_S: Final = 5.0
_LOOK_EVERY_S: Final = 5.0


class ConsumerWatchdog:
    """Counts tasks as they start and end; ``worked`` is told of an end, every few seconds at most."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        worked: Callable[[], None] | None = None,
        *,
        connected: bool = True,
    ) -> None:
        self._clock = clock
        self._connected = connected
        self._worked = worked
        self._told = clock() - TOLD_EVERY_S
        self._lock = threading.Lock()
        self._busy = 0
        self._last = clock()

    def connect(self) -> None:
        """From now on messages are expected."""
        with self._lock:
            self._connected = True
            self._last = self._clock()

    @contextmanager
    def working(self) -> Iterator[None]:
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)
            self._tell()

    def _tell(self) -> None:
        now = self._clock()
        if self._worked and now - self._told >= TOLD_EVERY_S:
            self._told = now
            self._worked()

    def _change(self, by: int) -> None:
        with self._lock:
            self._busy += by
            self._last = self._clock()

    def lost(self, waiting: int) -> bool:
        """True when ``waiting`` messages are there, nothing runs, and nothing has for SILENT_AFTER_S seconds; before
        the worker has connected, for STARTING_S."""
        with self._lock:
            if waiting == 0:
                self._last = self._clock() if self._busy == 0 else self._last
                return False
            return self._busy == 0 and self._clock() - self._last > (SILENT_AFTER_S if self._connected else STARTING_S)


def watch(
    watchdog: ConsumerWatchdog,
    broker_url: str,
    queues: Sequence[str],
    alive: Path | None = None,
    send: Callable[[], None] = lambda: None,
) -> None:
    """Ends this process when it has lost its queue; its supervisor starts a fresh one. Runs in a thread of its own.

    As long as the broker answers and the queue is not lost, every few seconds ``alive`` is touched and ``send`` called,
    which sends this process a message into that of ``queues`` which it alone reads: there it waits when the consumer is
    lost, also where others empty the queues that they share with it.
    """

    def look() -> None:
        broker = redis.Redis.from_url(broker_url, socket_timeout=3, socket_connect_timeout=3)
        while True:
            time.sleep(_LOOK_EVERY_S)
            try:
                waiting = sum(int(broker.llen(queue)) for queue in queues)
            except redis.RedisError:
                watchdog.lost(0)  # the broker is away: nobody could work, and once it is back one has time to connect
                continue
            if watchdog.lost(waiting):
                log.error("worker.lost_its_queue", waiting=waiting)
                os._exit(70)
            if alive:
                alive.touch()
            with suppress(BrokerUnavailable):
                send()

    threading.Thread(target=look, name="bunri-watchdog", daemon=True).start()
