"""Places of another map beside our own bins, without showing one bin twice."""

from collections.abc import Iterable, Sequence
from math import dist
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from bunri.domains.locations.geodesy import cartesian, distance
from bunri.domains.locations.public import BinKind, NearbyBin
from bunri.domains.locations.routes import route_url
from bunri.platform.places.protocol import Place

SAME_SPOT: Final = 30.0
SAME_NAME: Final = 150.0
"""Metres. Wider than within our own table: another map pins the building, not the bin before it."""


def place_as_bin(place: Place, kind: BinKind, lat: float, lng: float) -> NearbyBin:
    """``place`` seen from a point, as a bin that nobody can vote on. Its id stays the same from one question to the
    next."""
    return NearbyBin(
        id=uuid5(NAMESPACE_URL, place.url),
        kind=kind,
        name=place.name,
        address=place.address,
        lat=place.lat,
        lng=place.lng,
        distance_m=round(distance(lat, lng, place.lat, place.lng), 2),
        source=place.id.partition(":")[0],
        route_url=route_url(place.name, place.lat, place.lng),
    )


def merge(own: Sequence[NearbyBin], places: Iterable[NearbyBin], limit: int) -> list[NearbyBin]:
    """The ``limit`` nearest of both. Our own bin stands for a place of its kind that is the same."""
    merged = [_Spot(each) for each in own]
    for spot in map(_Spot, places):
        if not any(spot.is_same(known) for known in merged):
            merged.append(spot)
    return sorted((each.bin for each in merged), key=lambda each: each.distance_m)[:limit]


class _Spot:
    """A bin and where on earth it is: over such distances the chord is the geodesic, and a hundred times quicker."""

    def __init__(self, bin_: NearbyBin) -> None:
        self.bin = bin_
        self._earth = cartesian(bin_.lat, bin_.lng)

    def is_same(self, other: "_Spot") -> bool:
        if self.bin.kind is not other.bin.kind:
            return False
        apart = dist(self._earth, other._earth)
        return apart <= SAME_SPOT or (apart <= SAME_NAME and _plain(self.bin.name) == _plain(other.bin.name))


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
