"""The provinces and districts of Korea: found by their Korean or English names, half-typed and misspelt ones too.

Names are compared by the keys that type them (``kit.keystrokes``), without spaces: ``해운ㄷ``, ``부산 해운대`` and
``Busan, Haeundae-gu`` all begin or are a name of one district. ``data/districts.toml`` says where the list is from.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from itertools import islice, product, takewhile
from typing import Any, Final

from bunri.domains.locations.area import Area
from bunri.domains.locations.errors import RegionUnknown
from bunri.kit.keystrokes import keystrokes, similarity, trigrams
from bunri.kit.languages import Language

ALL_OF_KOREA: Final = ("all", "전국", "전체")
SHORTEST_BEGINNING: Final = 3
"""Keys from which on the beginning of a name is enough: a Korean syllable and a half."""
MIN_SIMILARITY: Final = 0.45
"""Below this similarity two spellings are different places."""

_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "시": ("",),
    "군": ("",),
    "구": ("",),
    "-si": ("", " city"),
    "-gun": ("", " county"),
    "-gu": ("", " district"),
}
"""What may stand instead of the end of a district's name."""
_COUNTRY: Final = re.compile(rf"^{keystrokes('대한민국')}|(republicof|south)?korea$")
_HANGUL: Final = re.compile("[가-힣]")
_LOOSE: Final = (("ch", "j"), ("k", "g"), ("t", "d"), ("p", "b"), ("ae", "e"), ("eo", "o"), ("eu", "u"), ("oo", "u"))
"""What is written differently in the romanisation of before 2000 (Pusan, Chongno) and by ear."""


@dataclass(frozen=True, slots=True)
class _Name:
    """One way to write a region: its keys, and how many of them it takes until more than the province is named."""

    keys: str
    least: int
    language: Language


@dataclass(frozen=True, slots=True)
class Region:
    """A province, or a district of one, with the position of its office in WGS 84 degrees."""

    ko: str
    """With its province: 부산광역시 해운대구."""
    en: str
    """With its province: Haeundae-gu, Busan."""
    province: str
    """The Korean name of its province, or its own when it is one."""
    lat: float
    lng: float
    area: Area
    """Holds all of the province."""
    names: tuple[_Name, ...] = field(repr=False)

    @property
    def is_province(self) -> bool:
        return self.ko == self.province

    def holds(self, other: "Region") -> bool:
        """Whether ``other`` is this region or a part of it."""
        return other.ko == self.ko or other.ko.startswith(f"{self.ko} ")


@dataclass(frozen=True, slots=True)
class RegionHit:
    """A region that words name, and the language in which they do."""

    region: Region
    language: Language

    @property
    def name(self) -> str:
        return self.region.ko if self.language == "ko" else self.region.en


def find_regions(query: str, limit: int) -> list[RegionHit]:
    """The regions that are called as ``query``, or else those whose names begin with it, the shorter names first."""
    keys = _keys(query)
    best: dict[Region, tuple[int, int, Language]] = {}
    for name, order in _names_from(keys):
        if _begins(name, keys):
            region, rank = regions()[order], (len(name.keys) - len(keys), order, name.language)
            best[region] = min(rank, best.get(region, rank))
    exact = {region: rank for region, rank in best.items() if rank[0] == 0}
    ranked = sorted((exact or best).items(), key=lambda each: each[1])
    return [RegionHit(region, language) for region, (_, _, language) in ranked[:limit]]


def similar_regions(query: str, limit: int) -> list[RegionHit]:
    """The regions whose names are written almost as ``query``: by older rules for Latin letters, or with a typo."""
    keys = _keys(query)
    if len(keys) < SHORTEST_BEGINNING:
        return []
    loose, pieces = _loosely(keys), trigrams(keys)
    best: dict[Region, tuple[float, int, Language]] = {}
    for name, order in _sorted_names():
        if score := _alike(name, loose, pieces):
            region, rank = regions()[order], (-score, order, name.language)
            best[region] = min(rank, best.get(region, rank))
    same = {region: rank for region, rank in best.items() if rank[0] == -1}
    ranked = sorted((same or best).items(), key=lambda each: each[1])
    return [RegionHit(region, language) for region, (_, _, language) in ranked[:limit]]


def wanted_region(name: str) -> Region | None:
    """The region that an operator calls ``name``; None for all of Korea. Raises RegionUnknown."""
    if name.casefold() in ALL_OF_KOREA:
        return None
    if found := region_named(name):
        return found
    raise RegionUnknown(name=name)


def region_named(name: str) -> Region | None:
    """The region that is called ``name``, in any way of writing it; None when none is, or several are."""
    keys = _keys(name)
    found = {order for each, order in _names_from(keys) if each.keys == keys}
    provinces = [order for order in found if regions()[order].is_province]
    chosen = provinces if len(provinces) == 1 else list(found)
    return regions()[chosen[0]] if len(chosen) == 1 else None


@lru_cache(maxsize=4096)
def region_of(address: str) -> Region | None:
    """The region that the first words of ``address`` name: a district rather than its province."""
    words = address.split()
    for end in (3, 2, 1):
        if len(words) >= end and (found := region_named(" ".join(words[:end]))):
            return found
    return None


@lru_cache(maxsize=4096)
def province_spellings(word: str) -> tuple[str, ...]:
    """The Korean names of the provinces that ``word`` names, since addresses use old, new and short ones; ``word``
    alone when it names none."""
    spellings = [word]
    for names in _province_names():
        if word in names:
            spellings += [name for name in names if _HANGUL.match(name)]
    return tuple(dict.fromkeys(spellings))


@cache
def regions() -> tuple[Region, ...]:
    """Provinces first, then districts, in the order of the list."""
    provinces = _table()
    return (*map(_province, provinces), *(region for each in provinces for region in _districts(each)))


@cache
def _sorted_names() -> list[tuple[_Name, int]]:
    """Every name with the place of its region in ``regions``, by its keys."""
    named = ((name, order) for order, region in enumerate(regions()) for name in region.names)
    return sorted(named, key=lambda each: each[0].keys)


def _names_from(keys: str) -> Iterator[tuple[_Name, int]]:
    """The names that begin with ``keys``."""
    names = _sorted_names()
    start = bisect_left(names, keys, key=lambda each: each[0].keys)
    return takewhile(lambda each: each[0].keys.startswith(keys), islice(names, start, None))


@cache
def _table() -> list[dict[str, Any]]:
    file = resources.files("bunri.domains.locations") / "data" / "districts.toml"
    provinces: list[dict[str, Any]] = tomllib.loads(file.read_text("utf-8"))["province"]
    return provinces


@cache
def _province_names() -> tuple[tuple[str, ...], ...]:
    return tuple((each["ko"], *each["also"], each["en"]) for each in _table())


def _province(row: Mapping[str, Any]) -> Region:
    names = (_name(name, 0) for name in (row["ko"], *row["also"], row["en"]))
    return Region(row["ko"], row["en"], row["ko"], row["lat"], row["lng"], Area(*row["bounds"]), tuple(names))


def _districts(row: Mapping[str, Any]) -> Iterator[Region]:
    for ko, en, lat, lng in (*row["districts"], *row.get("former", ())):
        english = ", ".join((*reversed(en.split()), row["en"]))
        names = dict.fromkeys((*_district_names(ko, row), *_district_names(en, row)))
        yield Region(f"{row['ko']} {ko}", english, row["ko"], lat, lng, Area(*row["bounds"]), tuple(names))


def _district_names(district: str, province: Mapping[str, Any]) -> Iterator[_Name]:
    """Each way to write ``district``: with or without the kind of district, its city and its province."""
    *city, last = ([*_endings(part)] for part in district.split())
    of_own = [*last, *(f"{a} {b}" for cities in city for a, b in product(cities, last))]
    of_own += [f"{b} {a}" for cities in city for a, b in product(cities, last) if b.isascii()]
    provinces = [name for name in (province["ko"], *province["also"], province["en"]) if _same_script(name, district)]
    for own in of_own:
        yield _name(own, 0)
        for each in provinces:
            yield _name(f"{each} {own}", len(keystrokes(each)) + 1)
            yield _name(f"{own} {each}", 0)


def _endings(part: str) -> Iterator[str]:
    yield part
    for kind, others in _KINDS.items():
        stem = part.removesuffix(kind)
        if stem != part and len(stem) > 1:
            yield from (stem + other for other in others)


def _same_script(one: str, other: str) -> bool:
    return one.isascii() == other.isascii()


def _name(text: str, least: int) -> _Name:
    return _Name(keystrokes(text), least, "en" if text.isascii() else "ko")


def _keys(query: str) -> str:
    keys = keystrokes(query)
    return _COUNTRY.sub("", keys) or keys


def _begins(name: _Name, keys: str) -> bool:
    return name.keys == keys or (len(keys) >= max(SHORTEST_BEGINNING, name.least) and name.keys.startswith(keys))


def _alike(name: _Name, loose: str, pieces: frozenset[str]) -> float:
    """1 for the same name by older rules, else how alike the spellings are; 0 when they are different names."""
    if name.language == "en" and _loosely(name.keys) == loose:
        return 1.0
    others = _pieces(name.keys)
    if not MIN_SIMILARITY <= len(others) / len(pieces) <= 1 / MIN_SIMILARITY:
        return 0.0  # of such different lengths they cannot share enough
    alike = similarity(others, pieces)
    return min(0.99, alike) if alike >= MIN_SIMILARITY else 0.0


@lru_cache(maxsize=16_384)
def _loosely(keys: str) -> str:
    for written, read in _LOOSE:
        keys = keys.replace(written, read)
    return keys


@cache
def _pieces(keys: str) -> frozenset[str]:
    return trigrams(keys)
