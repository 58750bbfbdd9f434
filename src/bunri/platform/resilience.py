"""One way to call external services: with a time-out, retries where they can help, and a circuit breaker.

An adapter makes one try, raises ExternalFailed when it fails, and leaves retries to its Guard::

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
from bunri.platform.external_settings import ExternalSettings
from bunri.platform.telemetry.traces import span

T = TypeVar("T")

log = structlog.get_logger(__name__)


class ExternalFailed(Exception):
    """An external service returned nothing usable. Stays within ``platform``: adapters raise their own errors from it.

    ``retryable``: another try may succeed. ``counts_as_failure``: the service itself is at fault, so the breaker counts
    it; a refusal of this one input does not count. ``retry_after``: seconds that the service asked for.
    """

    def __init__(
        self,
        reason: str,
        *,
        retryable: bool = False,
        counts_as_failure: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable
        self.counts_as_failure = counts_as_failure
        self.retry_after = retry_after


def failed_status(status: int, headers: Mapping[str, str]) -> ExternalFailed:
    """What an HTTP status other than success means for the next try (RFC 9110 §15)."""
    retryable = status in {408, 429} or status >= 500
    return ExternalFailed(
        f"status_{status}",
        retryable=retryable,
        counts_as_failure=retryable or status in {401, 403, 404},
        retry_after=_seconds(headers.get("retry-after", ""), now()) if retryable else None,
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
    """Time-out, retries and breaker of one external service. It counts failures: keep one per service."""

    def __init__(self, name: str, settings: ExternalSettings) -> None:
        self._name = name
        self._settings = settings
        self._jitter = wait_random_exponential(multiplier=settings.first_wait_s, max=settings.longest_wait_s)
        self._breakers = AsyncCircuitBreakerFactory(
            settings.breaker_failures,
            settings.breaker_rest_s,
            exclude=[asyncio.CancelledError, (ExternalFailed, lambda failed: not failed.counts_as_failure)],
        )
        self._breakers.add_listener(_report)

    async def call(self, attempt: Callable[[], Awaitable[T]], operation: str | None = None) -> T:
        """What ``attempt`` returns, at the latest after ``timeout_s``; traced as one call of the service, or of its
        ``operation``.

        Raises ExternalFailed: the attempt's own, ``timeout``, or ``circuit_open`` while the breaker is open.
        """
        deadline = asyncio.get_running_loop().time() + self._settings.timeout_s
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._settings.retries + 1) | stop_before_delay(self._settings.timeout_s),
            wait=self._wait,
            retry=retry_if_exception(self._worth_another),
            reraise=True,
        )
        name = f"{self._name}.{operation}" if operation else f"call {self._name}"
        with span(name, "client", {"peer.service": self._name}):
            return await retrying(self._once, attempt, deadline)

    async def _once(self, attempt: Callable[[], Awaitable[T]], deadline: float) -> T:
        try:
            async with await self._breakers.get_breaker(self._name), asyncio.timeout_at(deadline):
                return await attempt()
        except OpenedState as circuit_open:
            # One instance is raised for every call while open: without this its traceback keeps all their frames.
            circuit_open.__traceback__ = None
            raise ExternalFailed("circuit_open") from None
        except TimeoutError:
            raise ExternalFailed("timeout") from None

    def _worth_another(self, error: BaseException) -> bool:
        return (
            isinstance(error, ExternalFailed)
            and error.retryable
            and (error.retry_after or 0) <= self._settings.longest_wait_s
        )

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, ExternalFailed) else None
        return self._jitter(state) if asked is None else asked


def _report(name: str, _kind: str, event: Event) -> None:
    if isinstance(event, ContextChanged):
        log.warning("external_service", service=name, breaker=event.state)
