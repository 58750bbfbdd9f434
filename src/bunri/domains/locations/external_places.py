"""Asks an external map service for places that the table of bins does not have."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from bunri.domains.locations.merging import place_as_bin
from bunri.domains.locations.public import BinKind, NearbyBin
from bunri.domains.locations.schemas import PlaceSuggestion
from bunri.kit.languages import text
from bunri.platform.places.errors import PlacesFailed
from bunri.platform.places.protocol import Places

log = structlog.get_logger(__name__)

RADIUS_M: Final = 2_000
MAX_SEARCHES: Final = 3
"""Kinds searched for in one request, since each is a search of its own and the service's daily quota is shared."""
TIMEOUT_S: Final = 5.0
"""Seconds for all pages of one search: the bins of the table are answered after that without it."""
DEFAULT_KINDS: Final = (BinKind.RECYCLING, BinKind.CLOTHES, BinKind.BATTERY)


async def places_nearby(
    places: Places, lat: float, lng: float, kinds: Sequence[BinKind], limit: int
) -> list[NearbyBin]:
    """Places that the service finds by the Korean names of ``kinds`` (DEFAULT_KINDS when empty). A search that fails
    gives none: external places are optional."""
    searched = list(dict.fromkeys(kinds or DEFAULT_KINDS))[:MAX_SEARCHES]
    found = await asyncio.gather(*(_search(places, lat, lng, kind, limit) for kind in searched))
    return [place for each in found for place in each]


async def places_named(places: Places, words: str, limit: int) -> list[PlaceSuggestion]:
    """Places that the service finds by ``words``; none when it does not answer."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            found = await places.find(words, limit)
    except (PlacesFailed, TimeoutError) as failed:
        log.warning("places.left_out", reason=failed.reason if isinstance(failed, PlacesFailed) else "timeout")
        return []
    return [
        PlaceSuggestion(
            name=each.name, address=each.address, lat=each.lat, lng=each.lng, source=each.id.partition(":")[0]
        )
        for each in found
    ]


async def _search(places: Places, lat: float, lng: float, kind: BinKind, limit: int) -> list[NearbyBin]:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            found = await places.nearby(lat, lng, text(f"locations.kinds.{kind}", "ko"), RADIUS_M, limit)
    except (PlacesFailed, TimeoutError) as failed:
        reason = failed.reason if isinstance(failed, PlacesFailed) else "timeout"
        log.warning("places.left_out", kind=kind, reason=reason)
        return []
    return [place_as_bin(place, kind, lat, lng) for place in found]
