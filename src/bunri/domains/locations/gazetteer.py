"""A gazetteer made of the bins' own addresses, for installations without a map service.

Korean addresses go from large to small ("서울특별시 노원구 상계로 70"). So the words of a query name the shortest
prefix of an address that contains them all, and the position of that area is the median of the bins in it.
Provinces are written in several ways ("경남" is not in "경상남도"), so each word is a set of spellings.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bunri.domains.locations.regions import province_spellings

Word = tuple[str, ...]
"""The spellings of one word of a query."""

MAX_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class AddressedBin:
    """A bin's name, addresses (by road and by lot number) and position in WGS 84 degrees."""

    name: str
    address: str | None
    other_address: str | None
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class NamedArea:
    """An area that words name, its middle in WGS 84 degrees, and the number of bins in it."""

    name: str
    lat: float
    lng: float
    bins: int


def search_words(query: str) -> list[Word]:
    """The words of ``query`` that are searched for in addresses. Single letters are left out: they name nothing, and
    the trigram index cannot find them."""
    words = unicodedata.normalize("NFC", query).replace(",", " ").split()
    return [province_spellings(word) for word in words if len(word) > 1][:MAX_WORDS]


def find_areas(words: Sequence[Word], bins: Iterable[AddressedBin], limit: int) -> list[NamedArea]:
    """The areas that ``words`` name, larger areas and those with more bins first."""
    groups: dict[str, list[AddressedBin]] = defaultdict(list)
    for each in bins:
        addresses = (each.address or "", each.other_address or "")
        if (
            name := _address_prefix(words, addresses[0])
            or _address_prefix(words, addresses[1])
            or _own_name(words, each)
        ):
            groups[name].append(each)
    found = [
        NamedArea(name, median(each.lat for each in group), median(each.lng for each in group), len(group))
        for name, group in groups.items()
    ]
    return sorted(found, key=lambda each: (len(each.name.split()), -each.bins, each.name))[:limit]


def _address_prefix(words: Sequence[Word], address: str) -> str | None:
    """The shortest prefix of ``address``, in whole words, that contains all of ``words``."""
    parts = address.split()
    for end in range(1, len(parts) + 1):
        prefix = " ".join(parts[:end])
        if _has_all(words, prefix):
            return prefix
    return None


def _own_name(words: Sequence[Word], bin_: AddressedBin) -> str | None:
    return bin_.name if _has_all(words, bin_.name) else None


def _has_all(words: Sequence[Word], text: str) -> bool:
    folded = text.casefold()
    return all(any(spelling.casefold() in folded for spelling in word) for word in words)
