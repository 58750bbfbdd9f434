"""How many guests one address may make: what is bounded per person is bounded only where persons are not free.

A counter in Valkey for each network, which begins anew with each minute. Without Valkey nobody is counted and everybody
let in: people come first.
"""

from datetime import timedelta
from typing import Final

import structlog

from bunri.domains.auth.errors import TooManyGuests
from bunri.kit.networks import network_of
from bunri.platform.cache import Cache, CacheUnavailable

log = structlog.get_logger(__name__)

WINDOW: Final = timedelta(minutes=1)


class GuestLimit:
    def __init__(self, cache: Cache, per_minute: int) -> None:
        self._cache = cache
        self._per_minute = per_minute

    async def count(self, address: str) -> None:
        """Counts a guest from ``address``. Raises TooManyGuests."""
        try:
            made = await self._cache.count(f"guests:{network_of(address)}", WINDOW)
        except CacheUnavailable as error:
            log.warning("guests.not_counted", reason=str(error))
            return
        if made > self._per_minute:
            raise TooManyGuests(retry_after=int(WINDOW.total_seconds()))
