"""A rectangle of the earth."""

from dataclasses import dataclass
from math import ceil, dist, log2
from typing import Final

from bunri.domains.locations.geodesy import cartesian

_ACROSS: Final = 12
"""Cells along the longer side of an area, at least half and at most all of it."""
_LARGEST: Final = 90.0


@dataclass(frozen=True, slots=True)
class Area:
    """Bounds in WGS 84 degrees."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, lat: float, lng: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lng <= self.east

    @property
    def centre(self) -> tuple[float, float]:
        return (self.south + self.north) / 2, (self.west + self.east) / 2

    @property
    def radius(self) -> float:
        """Metres through the earth from the centre beyond which nothing of the area lies.

        Along a parallel the chord grows to its ends, along a meridian it has no maximum but at its ends: the furthest
        point is a corner. A hundredth is added for the ellipsoid. Areas of 90° and more have no such radius: infinity.
        """
        if max(self.north - self.south, self.east - self.west) >= _LARGEST:
            return float("inf")
        middle = cartesian(*self.centre)
        corners = ((lat, lng) for lat in (self.south, self.north) for lng in (self.west, self.east))
        return 1.01 * max(dist(middle, cartesian(*corner)) for corner in corners) + 1

    @property
    def cell(self) -> float:
        """Degrees of a cell of the grid by which the area's bins are counted: a power of two, so that the grid stays
        where it is while a map is moved."""
        longer = max(self.north - self.south, self.east - self.west, 1e-6)
        return float(2.0 ** ceil(log2(longer / _ACROSS)))


WORLD: Final = Area(-90, 90, -180, 180)
KOREA: Final = Area(33.0, 38.7, 124.5, 132.0)
"""From Marado to the northern border, from Baengnyeongdo to Dokdo; the box also holds a strip of its neighbours."""
