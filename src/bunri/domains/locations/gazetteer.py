"""Where words are, by the addresses of our own bins: a gazetteer for whoever has no map service.

Addresses go from the large to the small ("서울특별시 노원구 상계로 70"), so the shortest beginning of an address that
holds all the words is what they name, and it lies in the middle of the bins there.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

MOST_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class Known:
    """A bin's name, address and place in WGS 84 degrees."""

    name: str
    address: str | None
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class Named:
    """What words name, the middle of it, and how many bins know it."""

    name: str
    lat: float
    lng: float
    bins: int


def words_of(query: str) -> list[str]:
    """The words to look for, each in any part of an address. One letter alone names nothing, and no index knows it."""
    return [word for word in query.replace(",", " ").split() if len(word) > 1][:MOST_WORDS]


def named(words: Sequence[str], known: Iterable[Known], limit: int) -> list[Named]:
    """The places that ``words`` name, larger areas and those with more bins first."""
    groups: dict[str, list[Known]] = defaultdict(list)
    for each in known:
        if name := _beginning(words, each.address or "") or _own_name(words, each):
            groups[name].append(each)
    found = [
        Named(name, median(each.lat for each in group), median(each.lng for each in group), len(group))
        for name, group in groups.items()
    ]
    return sorted(found, key=lambda each: (len(each.name.split()), -each.bins, each.name))[:limit]


def _beginning(words: Sequence[str], address: str) -> str | None:
    """The shortest beginning of ``address``, in whole words, that holds all of ``words``."""
    parts = address.split()
    for end in range(1, len(parts) + 1):
        beginning = " ".join(parts[:end])
        if all(word.casefold() in beginning.casefold() for word in words):
            return beginning
    return None


def _own_name(words: Sequence[str], known: Known) -> str | None:
    return known.name if all(word.casefold() in known.name.casefold() for word in words) else None
