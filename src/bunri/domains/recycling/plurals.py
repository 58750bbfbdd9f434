"""The singular of English words, so that "pizza boxes" are found by "pizza box"."""

import re
from typing import Final

_IRREGULAR: Final = {
    "teeth": "tooth",
    "feet": "foot",
    "geese": "goose",
    "mice": "mouse",
    "dice": "die",
    "men": "man",
    "women": "woman",
    "people": "person",
    "children": "child",
    "skis": "ski",
    "lives": "life",
    "halves": "half",
    "calves": "calf",
    "lenses": "lens",
    "gases": "gas",
    "buses": "bus",
    "canvases": "canvas",
    "shoes": "shoe",
    "toes": "toe",
    "canoes": "canoe",
    "ties": "tie",
    "pies": "pie",
    "dies": "die",
    "cookies": "cookie",
    "brownies": "brownie",
    "smoothies": "smoothie",
    "movies": "movie",
    "selfies": "selfie",
    "hoodies": "hoodie",
    "beanies": "beanie",
    "onesies": "onesie",
}

_UNCHANGED: Final = frozenset({"clothes", "lens", "gas", "canvas", "news", "series", "species"})

_ABBREVIATIONS: Final = re.compile(r"[^aeiou]{2}s")
"""Short words are no plurals, but for those of abbreviations: TVs, PCs."""

_ENDINGS: Final = (
    (re.compile(r"(kni|wi)ves$"), r"\1fe"),
    (re.compile(r"(lea|shel|scar|loa)ves$"), r"\1f"),
    (re.compile(r"([^aeiou])ies$"), r"\1y"),
    (re.compile(r"(ss|sh|ch|x|zz|[^aeiou]o)es$"), r"\1"),
    (re.compile(r"([^sui])s$"), r"\1"),
    (re.compile(r"(eau|[aeo]u|[ao]i)s$"), r"\1"),
)
"""Endings of plurals and what the singular has instead; the first that fits counts.

"glass", "cactus" and "tennis" are no plurals."""


def singular(word: str) -> str:
    """The singular of a lower-case English ``word``; the word itself when it is none of a plural's forms."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _UNCHANGED or (len(word) < 4 and not _ABBREVIATIONS.fullmatch(word)):
        return word
    for ending, instead in _ENDINGS:
        if ending.search(word):
            return ending.sub(instead, word)
    return word
