"""Of which coordinate system the numbers of a file are, and where they are in WGS 84.

Korean open data has metres of several systems. EPSG:5179 is told by its numbers alone. EPSG:5181 and 5186 are 100 km
apart, so rows with addresses tell them apart. EPSG:5174 and 5181 differ by 300 m and by nothing else: which of the two
it is, a heading or a person must say.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import hypot, inf, isfinite
from statistics import median
from typing import Final

from bunri.domains.locations.area import Area
from bunri.domains.locations.errors import BinsCrsUnclear, BinsCrsUnknown, BinsExtraMissing
from bunri.domains.locations.geodesy import distance
from bunri.domains.locations.importing.columns import Columns, filled
from bunri.domains.locations.importing.coordinates import coordinate
from bunri.domains.locations.regions import Region, region_of

KOREAN: Final = ("EPSG:5179", "EPSG:5186", "EPSG:5181", "EPSG:5174")
"""What is tried where nothing says the system."""
LARGEST_DEGREES: Final = 360.0
_WITHIN: Final = 0.8
"""The share of the rows that must be within the area: some rows of every file are wrong."""
_APART_M: Final = 10_000.0
"""A system is chosen when it brings the rows so much nearer to their districts than any other one does."""
_NAMED: Final = re.compile(r"EPSG\D{0,3}(?P<code>\d{4,5})|(?<!\d)(?P<korean>209[678]|517[3-9]|518[0-8])(?!\d)", re.I)
_UNIFIED: Final = re.compile(r"UTM[\s_-]*K(?![a-z])", re.I)

Transform = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class CoordinateSystem:
    """A system by its code; ``swapped``: the column of the north has the east, as surveyors call the axes."""

    code: str
    is_projected: bool
    transform: Transform
    """East and north to longitude and latitude in WGS 84 degrees; infinite where it has none."""
    swapped: bool = False

    def place(self, north: float, east: float) -> tuple[float, float]:
        """Latitude and longitude. Small numbers beside a system of metres are degrees already."""
        if self.is_projected and max(abs(north), abs(east)) <= LARGEST_DEGREES:
            return north, east
        lng, lat = self.transform(north, east) if self.swapped else self.transform(east, north)
        return lat, lng


@dataclass(frozen=True, slots=True)
class Sample:
    """The numbers of a row, and the region that its address names."""

    north: float
    east: float
    region: Region | None


def named_system(headings: Iterable[str]) -> str | None:
    """The code that a heading says: ``X좌표(EPSG5174)``."""
    for heading in headings:
        if found := _NAMED.search(heading):
            return f"EPSG:{found['code'] or found['korean']}"
        if _UNIFIED.search(heading):
            return "EPSG:5179"
    return None


def find_system(
    rows: Iterable[tuple[Mapping[str, str], Columns]], area: Area, code: str | None
) -> CoordinateSystem | None:
    """The system of the first ``rows`` (their cleaned values and their columns); ``code`` where somebody said it. None:
    WGS 84 degrees.

    Raises BinsCrsUnknown for a code that is none, and BinsCrsUnclear where the numbers are metres of several systems.
    """
    rows = list(rows)
    code = code or named_system(column for _, columns in rows[:1] for column in (columns["lat"] + columns["lng"])[:2])
    samples = list(_samples(rows, area))
    if code:
        system = open_system(code)
        if system is None or not system.is_projected:
            return system
        return min(_both_ways([system]), key=lambda each: _misfit(each, samples, area))
    if not samples or len(samples) <= _degree_rows(rows, area):
        return None
    return _guess(samples, area)


def open_system(code: str) -> CoordinateSystem | None:
    """None for WGS 84 degrees. Raises BinsCrsUnknown, and BinsExtraMissing without PROJ."""
    try:
        from pyproj import CRS, Transformer
        from pyproj.exceptions import ProjError
    except ImportError:
        raise BinsExtraMissing(library="pyproj") from None
    try:
        system = CRS.from_user_input(code)
        if system.to_epsg() == 4326:
            return None
        to_degrees = Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    except ProjError:
        raise BinsCrsUnknown(crs=code[:80]) from None

    def transform(east: float, north: float) -> tuple[float, float]:
        lng, lat = to_degrees.transform(east, north)
        return float(lng), float(lat)

    return CoordinateSystem(code, not system.is_geographic, transform)


def _guess(samples: Sequence[Sample], area: Area) -> CoordinateSystem | None:
    opened = [system for code in KOREAN if (system := open_system(code))]
    fits = {each: _misfit(each, samples, area) for each in _both_ways(opened)}
    best = min(fits, key=lambda each: fits[each])
    if fits[best] == inf:
        return None
    near = dict.fromkeys(each.code for each, misfit in fits.items() if misfit <= fits[best] + _APART_M)
    if len(near) > 1:
        raise BinsCrsUnclear(found=f"{samples[0].north:.10g}, {samples[0].east:.10g}", choices=", ".join(near))
    return best


def _both_ways(systems: Iterable[CoordinateSystem]) -> list[CoordinateSystem]:
    """As the headings say first: of two that fit alike, ``min`` takes the first."""
    return [
        CoordinateSystem(each.code, each.is_projected, each.transform, swapped)
        for each in systems
        for swapped in (False, True)
    ]


def _misfit(system: CoordinateSystem, samples: Sequence[Sample], area: Area) -> float:
    """How far the rows are from their districts' offices in the middle, in metres; 0 where no row has an address and
    infinite where the rows are not within the area."""
    places = [(system.place(each.north, each.east), each.region) for each in samples]
    inside = [(place, region) for place, region in places if area.contains(*place)]
    if len(inside) < len(places) * _WITHIN:
        return inf
    distances = [distance(*place, region.lat, region.lng) for place, region in inside if region]
    return median(distances) if distances else 0.0


def _samples(rows: Iterable[tuple[Mapping[str, str], Columns]], area: Area) -> Iterator[Sample]:
    """Those whose numbers can be no degrees."""
    for fields, columns in rows:
        pairs = [pair for pair in _pairs(fields, columns, metres=True) if max(map(abs, pair)) > LARGEST_DEGREES]
        if pairs and not _has_degrees(fields, columns, area):
            region = next(filter(None, map(region_of, filled(fields, columns["address"]))), None)
            yield Sample(*pairs[0], region)


def _degree_rows(rows: Iterable[tuple[Mapping[str, str], Columns]], area: Area) -> int:
    return sum(_has_degrees(fields, columns, area) for fields, columns in rows)


def _has_degrees(fields: Mapping[str, str], columns: Columns, area: Area) -> bool:
    return any(area.contains(*pair) or area.contains(*pair[::-1]) for pair in _pairs(fields, columns))


def _pairs(fields: Mapping[str, str], columns: Columns, *, metres: bool = False) -> Iterator[tuple[float, float]]:
    for written in product(filled(fields, columns["lat"]), filled(fields, columns["lng"])):
        north, east = (coordinate(each, metres=metres) for each in written)
        if north is not None and east is not None and isfinite(hypot(north, east)):
            yield north, east
