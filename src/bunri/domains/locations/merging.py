"""Places of another map beside our own bins, without showing one bin twice."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from bunri.domains.locations.geodesy import distance
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
    merged = list(own)
    for place in places:
        if not any(_same(place, known) for known in merged):
            merged.append(place)
    return sorted(merged, key=lambda each: each.distance_m)[:limit]


def _same(one: NearbyBin, other: NearbyBin) -> bool:
    if one.kind is not other.kind:
        return False
    apart = distance(one.lat, one.lng, other.lat, other.lng)
    return apart <= SAME_SPOT or (apart <= SAME_NAME and _plain(one.name) == _plain(other.name))


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
