"""Rectangles on the earth: what a map shows, and where bins may be."""

from dataclasses import dataclass
from math import ceil, dist, log2
from typing import Final

from bunri.domains.locations.geodesy import cartesian

_CELLS_ACROSS: Final = 12
"""Most cells along the longer side of an area; at least half as many."""
_MAX_SPAN: Final = 90.0
"""Degrees from which on an area is searched without a radius."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of latitudes and longitudes; bounds in WGS 84 degrees."""

    south: float
    north: float
    west: float
    east: float

    def contains(self, lat: float, lng: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lng <= self.east

    @property
    def centre(self) -> tuple[float, float]:
        return (self.south + self.north) / 2, (self.west + self.east) / 2

    @property
    def radius(self) -> float:
        """Metres of straight line from the centre within which the whole area lies.

        Along a parallel the chord grows to its ends, along a meridian it has no maximum but at its ends: the furthest
        point is a corner. A hundredth is added for the ellipsoid. Infinite for areas of 90° and more.
        """
        if max(self.north - self.south, self.east - self.west) >= _MAX_SPAN:
            return float("inf")
        middle = cartesian(*self.centre)
        corners = ((lat, lng) for lat in (self.south, self.north) for lng in (self.west, self.east))
        return 1.01 * max(dist(middle, cartesian(*corner)) for corner in corners) + 1

    @property
    def cell_size(self) -> float:
        """Degrees of a side of the cells in which the area's bins are counted: a power of two, so that the cells stay
        the same while a map is moved."""
        longer = max(self.north - self.south, self.east - self.west, 1e-6)
        return float(2.0 ** ceil(log2(longer / _CELLS_ACROSS)))


WORLD: Final = Area(-90, 90, -180, 180)
KOREA: Final = Area(33.0, 38.7, 124.5, 132.0)
"""From Marado to the northern border, from Baengnyeongdo to Dokdo; the box also covers a strip of its neighbours."""
