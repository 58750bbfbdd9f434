"""What a request uses up beside itself, such as room for what it sends: counted where only the route knows how much.

::

    async def analyze(body: AnalyzeIn, room: Annotated[Quota, quota("photo_mb")]) -> Ticket:
        async with room.spent(megabytes):
            ...
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from fastapi import Depends, Request

from bunri.platform.limits.classes import LimitClass, Per
from bunri.platform.limits.errors import TooMany
from bunri.platform.limits.limiter import Bucket, RateLimiter
from bunri.platform.providers import Providers

COUNTED_AS: Final = "bunri.counted_as"
"""In a request's scope: whom it counts as, pairs of a key and what it is of (``edge.http.rate_limits``)."""

CountedAs = Sequence[tuple[str, Per]]


class Quota:
    """Of whoever the request counts as: a person, a network, or both; without a limiter of nobody."""

    def __init__(self, limiter: RateLimiter | None = None, buckets: Sequence[Bucket] = ()) -> None:
        self._limiter = limiter
        self._buckets = buckets

    @asynccontextmanager
    async def spent(self, cost: int) -> AsyncIterator[None]:
        """Raises TooMany where ``cost`` would be too much; it is counted once the work within has succeeded."""
        if self._limiter is None:
            yield
            return
        await self._limiter.check_all(*self._buckets, cost=cost)
        yield
        with suppress(TooMany):  # somebody else of the same network was quicker: what is done is done
            await self._limiter.hit_all(*self._buckets, cost=cost)


def quota(limit_class: LimitClass) -> Any:
    """A FastAPI dependency: the ``Quota`` of that class."""

    async def of(request: Request) -> Quota:
        providers: Providers = request.app.state.providers
        counted_as: CountedAs = request.scope.get(COUNTED_AS, ())
        buckets = [Bucket(limit_class, key, per) for key, per in counted_as]
        return Quota(providers.get(RateLimiter), buckets) if buckets else Quota()

    return Depends(of)
