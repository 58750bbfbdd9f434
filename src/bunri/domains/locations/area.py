"""A rectangle of the earth."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Area:
    """Bounds in WGS 84 degrees."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, lat: float, lng: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lng <= self.east


WORLD: Final = Area(-90, 90, -180, 180)
KOREA: Final = Area(33.0, 38.7, 124.5, 132.0)
"""From Marado to the northern border, from Baengnyeongdo to Dokdo; the box also holds a strip of its neighbours."""
