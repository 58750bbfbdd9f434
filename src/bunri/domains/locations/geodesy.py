"""Distances on the earth, and bounds for sorting by straight line instead of along the surface.

The index orders bins by the straight line through the earth (the chord) between their WGS 84 Cartesian coordinates.
The true order is by the geodesic along the ellipsoid. The two differ by 2 cm at 100 km and agree ever better below, so
the nearest by chord are re-ranked by geodesic, and ``min_geodesic`` proves when no bin left in the index can be nearer.
"""

from math import asin, cos, radians, sin, sqrt
from typing import Final

from geographiclib.geodesic import Geodesic

_WGS84: Final = Geodesic.WGS84
_EQUATORIAL: Final[float] = _WGS84.a
_POLAR: Final[float] = _WGS84.a * (1 - _WGS84.f)
_ECCENTRICITY_2: Final[float] = _WGS84.f * (2 - _WGS84.f)
_WIDEST_RADIUS: Final = _EQUATORIAL**2 / _POLAR


def round_degrees(degrees: float) -> float:
    """``degrees`` to a tenth of a millimetre. PostgreSQL fails to square numbers close to zero (1e-200)."""
    return round(float(degrees), 9)


def distance(lat: float, lng: float, to_lat: float, to_lng: float) -> float:
    """Metres along the WGS 84 ellipsoid; accurate to 15 nm (C. F. F. Karney, J. Geodesy 87, 2013)."""
    return float(_WGS84.Inverse(lat, lng, to_lat, to_lng, Geodesic.DISTANCE)["s12"])


def min_geodesic(chord: float) -> float:
    """Lower bound in metres of the geodesic between two points whose straight-line distance is ``chord`` metres.

    The ellipsoid bends everywhere at least as much as a sphere of its widest radius of curvature R = a²/b. Hence it
    contains every ball-polygon ("spindle") of radius R between two of its points, the geodesic runs outside of the
    spindle, and the nearest-point projection onto that convex body shortens no path: the geodesic is no shorter than
    the spindle's own meridian, the circular arc of radius R over the chord.
    """
    return 2 * _WIDEST_RADIUS * asin(min(1.0, chord / (2 * _WIDEST_RADIUS)))


def cartesian(lat: float, lng: float) -> tuple[float, float, float]:
    """Earth-centred, earth-fixed metres of a point on the WGS 84 ellipsoid; ``locations.ecef`` is the same in SQL."""
    sin_lat, cos_lat = sin(radians(lat)), cos(radians(lat))
    normal = _EQUATORIAL / sqrt(1 - _ECCENTRICITY_2 * sin_lat**2)
    return (
        normal * cos_lat * cos(radians(lng)),
        normal * cos_lat * sin(radians(lng)),
        normal * (1 - _ECCENTRICITY_2) * sin_lat,
    )
