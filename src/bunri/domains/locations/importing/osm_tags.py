"""What the tags of OpenStreetMap say about a bin: ``amenity=recycling`` with what it takes in ``recycling:*``,
``amenity=waste_basket``, and shops and the like that take something back, which have ``recycling:*`` alone.

wiki.openstreetmap.org/wiki/Tag:amenity=recycling says how they are tagged.
"""

from collections.abc import Mapping
from typing import Final

from bunri.domains.locations.area import KOREA, Area
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
from bunri.domains.locations.pulling.datasets import OPENSTREETMAP_TITLE

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


def is_bin(tags: Mapping[str, str]) -> bool:
    return any(tags.get(key) == value for key, value in TAGS) or bool(_taken(tags))


def parse_element(
    line: int, id_: str, position: tuple[float, float] | None, tags: Mapping[str, str], area: Area = KOREA
) -> RowResult:
    """The bins of a thing on the map, whose makers are their source. ``position`` is its latitude and longitude, None
    where they are not known."""
    if tags.get("access") in _CLOSED:
        return RowResult(problem=RowProblem(line, ProblemReason.NOT_PUBLIC, id_))
    lat, lng = map(str, position) if position else ("", "")
    fields = {**tags, "lat": lat, "lng": lng, "address": _address(tags)}
    return parse_row(FileRow(line, fields, kinds_of(tags)), _COLUMNS, ImportDefaults(OPENSTREETMAP_TITLE, area=area))


def kinds_of(tags: Mapping[str, str]) -> tuple[BinKind, ...]:
    """The kinds of a thing by its tags, in the order of ``BinKind``; a recycling bin where they say nothing more."""
    if tags.get("amenity") == "waste_basket":
        return (BinKind.STREET,)
    taken = _taken(tags)
    return tuple(kind for kind in BinKind if kind in taken) or (BinKind.RECYCLING,)


def _taken(tags: Mapping[str, str]) -> set[BinKind]:
    return {
        _KIND_OF.get(what.casefold(), BinKind.RECYCLING)
        for key, value in tags.items()
        for prefix, _, what in [key.partition(":")]
        if prefix == "recycling" and what and what not in _NOT_WASTE and value and value.casefold() not in _NO
    }


def _address(tags: Mapping[str, str]) -> str:
    """The parts from large to small, as Korean addresses go; nothing without a street."""
    parts = [tags[f"addr:{part}"] for part in _ADDRESS if tags.get(f"addr:{part}")]
    return " ".join(parts) if "addr:street" in tags else ""
