"""Merges places of an external map with our own bins, without showing one bin twice."""

from collections.abc import Iterable, Sequence
from math import dist
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from bunri.domains.locations.geodesy import cartesian, distance
from bunri.domains.locations.public import BinKind, NearbyBin
from bunri.domains.locations.routes import route_url
from bunri.platform.places.protocol import Place

SAME_POSITION_M: Final = 30.0
SAME_NAME_M: Final = 150.0
"""Wider than within our own table: external maps mark the building, not the bin in front of it."""


def place_as_bin(place: Place, kind: BinKind, lat: float, lng: float) -> NearbyBin:
    """``place`` as a bin with its distance from a point. Nobody can vote on it; its id is the same in every answer."""
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
    """The ``limit`` nearest of both. Where one of our bins and a place of its kind are the same, our bin is taken."""
    merged = [_LocatedBin(each) for each in own]
    for candidate in map(_LocatedBin, places):
        if not any(candidate.is_same(known) for known in merged):
            merged.append(candidate)
    return sorted((each.bin for each in merged), key=lambda each: each.distance_m)[:limit]


class _LocatedBin:
    """A bin with its Cartesian position: over short distances the chord equals the geodesic and is computed a hundred
    times faster."""

    def __init__(self, bin_: NearbyBin) -> None:
        self.bin = bin_
        self._earth = cartesian(bin_.lat, bin_.lng)

    def is_same(self, other: "_LocatedBin") -> bool:
        if self.bin.kind is not other.bin.kind:
            return False
        apart = dist(self._earth, other._earth)
        return apart <= SAME_POSITION_M or (apart <= SAME_NAME_M and _plain(self.bin.name) == _plain(other.bin.name))


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
