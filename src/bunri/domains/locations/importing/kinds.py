"""Recognises kinds of bin by the words of open data."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from bunri.domains.locations.public import BinKind

_SPECIFIC: Final[Mapping[BinKind, str]] = {
    BinKind.CLOTHES: "의류|헌옷|cloth|apparel|textile",
    BinKind.BATTERY: "전지(?!역)|배터리|batter(y|ies)",
    BinKind.LAMP: "형광등|램프|조명|lamp|fluorescent|lightbulb",
    BinKind.MEDICINE: "의약품|폐의약|폐약|medicin|pharmaceutical|drugs",
    BinKind.CARTON: "종이팩|우유팩|멸균팩|살균팩|carton",
    BinKind.PET: r"페트|\bpet\b|petbottle",
    BinKind.ELECTRONICS: "가전|전자제품|휴대폰|핸드폰|electronic|ewaste|weee|appliance",
    BinKind.FOOD: "음식물|음식쓰레기|foodwaste|^food$",
}
"""Patterns of words that name one kind of bin."""

_GENERAL: Final[Mapping[BinKind, str]] = {
    BinKind.RECYCLING: "재활용|분리수거|분리배출|클린하우스|recycl",
    BinKind.STREET: "휴지통|쓰레기통|가로쓰레기|일반쓰레기|생활쓰레기|street|trash|litter|garbage|wastebasket",
}
"""Patterns of general words, which do not count beside a specific one: "재활용품(의류)" is a clothes bin."""


def kinds_in(words: str) -> tuple[BinKind, ...]:
    """Every kind that ``words`` name: "폐건전지·형광등 수거함" takes two. Empty when they name none.

    They may be decomposed, as a file's name is on macOS, and of full width.
    """
    squeezed = re.sub(r"[\s_-]+", "", unicodedata.normalize("NFKC", words).casefold())
    return _matching(_SPECIFIC, squeezed) or _matching(_GENERAL, squeezed)


def _matching(patterns: Mapping[BinKind, str], words: str) -> tuple[BinKind, ...]:
    return tuple(kind for kind, pattern in patterns.items() if re.search(pattern, words))
