"""Bins of OpenStreetMap: ``amenity=recycling`` with what it takes in ``recycling:*``, and ``amenity=waste_basket``.

wiki.openstreetmap.org/wiki/Tag:amenity=recycling says how they are tagged.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from bunri.domains.locations.importing.columns import Columns
from bunri.domains.locations.importing.rows import (
    FileRow,
    ImportDefaults,
    ProblemReason,
    RowProblem,
    RowResult,
    parse_row,
)
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.pulling.datasets import OPENSTREETMAP, OPENSTREETMAP_TITLE
from bunri.domains.locations.pulling.sources import PulledPage, PulledRow, PullFailure
from bunri.domains.locations.regions import Region, region_named, regions
from bunri.platform.open_data.errors import OpenDataFailed
from bunri.platform.open_data.overpass import Element, Overpass

TAGS: Final = (("amenity", "recycling"), ("amenity", "waste_basket"))

_KINDS: Final[Mapping[BinKind, str]] = {
    BinKind.CLOTHES: "clothes shoes textiles",
    BinKind.BATTERY: "batteries",
    BinKind.LAMP: "low_energy_bulbs fluorescent_tubes light_bulbs lamps",
    BinKind.MEDICINE: "drugs medicines pharmaceuticals",
    BinKind.CARTON: "beverage_cartons cartons tetrapak",
    BinKind.PET: "plastic_bottles pet pet_drink_bottles",
    BinKind.ELECTRONICS: "small_appliances small_electrical_appliances electrical_appliances electrical_items "
    "electronics mobile_phones",
    BinKind.FOOD: "organic food_waste",
}
"""What follows ``recycling:`` for each kind. Everything else is for the recycling bin."""
_KIND_OF: Final = {value: kind for kind, values in _KINDS.items() for value in values.split()}
_NOT_WASTE: Final = frozenset({"opening_hours", "website", "operator", "note", "fee", "access"})
_NO: Final = frozenset({"no", "0", "false"})
_CLOSED: Final = frozenset({"private", "no"})
_COLUMNS: Final[Columns] = {
    "lat": ("lat",),
    "lng": ("lng",),
    "name": ("name:ko", "name"),
    "address": ("addr:full", "address"),
    "kind": (),
    "source": (),
}
_ADDRESS: Final = ("province", "city", "district", "subdistrict", "street", "housenumber")


class OpenStreetMapSource:
    """A ``Source``. The server is asked province by province, which it can answer in time."""

    dataset = OPENSTREETMAP
    title = OPENSTREETMAP_TITLE

    def __init__(self, overpass: Overpass) -> None:
        self._overpass = overpass

    def scope(self, region: Region | None) -> Region | None:
        return region_named(region.province) if region else None

    async def pages(self, region: Region | None) -> AsyncIterator[PulledPage | PullFailure]:
        """A province that fails costs no other one."""
        scope = self.scope(region)
        provinces = [scope] if scope else [each for each in regions() if each.is_province]
        read = 0
        for province in provinces:
            area = province.area
            try:
                found = await self._overpass.find(TAGS, (area.south, area.west, area.north, area.east))
            except OpenDataFailed as failed:
                yield PullFailure(province.ko, failed.reason)
                continue
            yield PulledPage([parse(element, read + index, province) for index, element in enumerate(found, 1)])
            read += len(found)


def parse(element: Element, number: int, province: Region) -> PulledRow:
    """Row ``number`` of the pull, found in the bounds of ``province``."""
    if element.tags.get("access") in _CLOSED:
        problem = RowProblem(number, ProblemReason.NOT_PUBLIC, element.id)
        return PulledRow(RowResult(problem=problem), element.id, province)
    fields = {
        **element.tags,
        "lat": "" if element.lat is None else str(element.lat),
        "lng": "" if element.lng is None else str(element.lng),
        "address": _address(element.tags),
    }
    row = FileRow(number, fields, kinds_of(element.tags))
    return PulledRow(parse_row(row, _COLUMNS, ImportDefaults(OPENSTREETMAP_TITLE)), element.id, province)


def kinds_of(tags: Mapping[str, str]) -> tuple[BinKind, ...]:
    """The kinds of a thing by its tags, in the order of ``BinKind``; a recycling bin where they say nothing more."""
    if tags.get("amenity") == "waste_basket":
        return (BinKind.STREET,)
    taken = {
        _KIND_OF.get(what.casefold(), BinKind.RECYCLING)
        for key, value in tags.items()
        for prefix, _, what in [key.partition(":")]
        if prefix == "recycling" and what and what not in _NOT_WASTE and value.casefold() not in _NO
    }
    return tuple(kind for kind in BinKind if kind in taken) or (BinKind.RECYCLING,)


def _address(tags: Mapping[str, str]) -> str:
    """The parts from large to small, as Korean addresses go; nothing without a street."""
    parts = [tags[f"addr:{part}"] for part in _ADDRESS if tags.get(f"addr:{part}")]
    return " ".join(parts) if "addr:street" in tags else ""
