"""One way to call the outside world: bounded in time, tried again when that can help, left alone while it is down.

An adapter makes one try, raises OutsideFailed in its own words, and lets its Guard decide the rest::

    guard = Guard("kakao", settings)
    places = await guard.call(lambda: self._page(query))
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import structlog
from purgatory import AsyncCircuitBreakerFactory, ContextChanged, Event
from purgatory.domain.model import OpenedState
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_random_exponential

from bunri.kit.clock import now
from bunri.platform.outside_settings import OutsideSettings

T = TypeVar("T")

log = structlog.get_logger(__name__)


class OutsideFailed(Exception):
    """An outside service gave nothing usable. Never leaves ``platform``: adapters raise their own errors from it.

    ``again``: another try may succeed. ``ailing``: the service itself is at fault, so the breaker counts it; a refusal
    of this one input is no sign of that. ``retry_after``: seconds that the service asked for.
    """

    def __init__(
        self, reason: str, *, again: bool = False, ailing: bool = True, retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.ailing = ailing
        self.retry_after = retry_after


def failed_status(status: int, headers: Mapping[str, str]) -> OutsideFailed:
    """What an HTTP status other than success means for the next try (RFC 9110 §15)."""
    again = status in {408, 429} or status >= 500
    return OutsideFailed(
        f"status_{status}",
        again=again,
        ailing=again or status in {401, 403, 404},
        retry_after=_seconds(headers.get("retry-after", ""), now()) if again else None,
    )


def _seconds(retry_after: str, at: datetime) -> float | None:
    """Retry-After in seconds from ``at``, given either as a number or as a date (RFC 9110 §10.2.3)."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - at).total_seconds())
    except (ValueError, TypeError):  # absent, garbage, or a date without a zone
        return None


class Guard:
    """Time-out, retries and breaker of one outside service. Make one per service and keep it."""

    def __init__(self, name: str, settings: OutsideSettings) -> None:
        self._name = name
        self._settings = settings
        self._jitter = wait_random_exponential(multiplier=settings.first_wait_s, max=settings.longest_wait_s)
        self._breakers = AsyncCircuitBreakerFactory(
            settings.breaker_failures,
            settings.breaker_rest_s,
            exclude=[asyncio.CancelledError, (OutsideFailed, lambda failed: not failed.ailing)],
        )
        self._breakers.add_listener(_report)

    async def call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What ``attempt`` returns, at the latest after ``timeout_s``.

        Raises OutsideFailed: the attempt's own, ``timeout``, or ``resting`` while the breaker is open.
        """
        deadline = asyncio.get_running_loop().time() + self._settings.timeout_s
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._settings.retries + 1) | stop_before_delay(self._settings.timeout_s),
            wait=self._wait,
            retry=retry_if_exception(self._worth_another),
            reraise=True,
        )
        return await retrying(self._once, attempt, deadline)

    async def _once(self, attempt: Callable[[], Awaitable[T]], deadline: float) -> T:
        try:
            async with await self._breakers.get_breaker(self._name), asyncio.timeout_at(deadline):
                return await attempt()
        except OpenedState as resting:
            # One instance is raised for every call while open: without this its traceback keeps all their frames.
            resting.__traceback__ = None
            raise OutsideFailed("resting") from None
        except TimeoutError:
            raise OutsideFailed("timeout") from None

    def _worth_another(self, error: BaseException) -> bool:
        return (
            isinstance(error, OutsideFailed)
            and error.again
            and (error.retry_after or 0) <= self._settings.longest_wait_s
        )

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, OutsideFailed) else None
        return self._jitter(state) if asked is None else asked


def _report(name: str, _kind: str, event: Event) -> None:
    if isinstance(event, ContextChanged):
        log.warning("outside_service", service=name, breaker=event.state)
