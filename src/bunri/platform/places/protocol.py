"""What every map service provides: places found by words and a point."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a map service knows."""

    id: str
    """Unique within the service: ``kakao:26338954``."""
    name: str
    address: str | None
    lat: float
    lng: float
    """WGS 84 degrees."""
    url: str
    """The service's page about it."""
    distance_m: float | None = None
    """From the point asked for, as the service measures it; None when none was."""


class Places(Protocol):
    """A map service. The point searched around is used for that one search and not stored."""

    async def nearby(self, lat: float, lng: float, words: str, radius_m: int, limit: int) -> list[Place]:
        """At most ``limit`` places that match ``words`` within ``radius_m``, nearest first. Raises PlacesFailed."""
        ...

    async def find(self, words: str, limit: int) -> list[Place]:
        """At most ``limit`` places or addresses that ``words`` name, the best first. Raises PlacesFailed."""
        ...


class RemotePlaces(Places, Protocol):
    """Places on the other side of a network."""

    async def aclose(self) -> None:
        """Ends its connections."""
        ...
