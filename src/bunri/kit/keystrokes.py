"""Writes text as the keys that type it, so that one plain-ASCII comparison tolerates most ways of writing Korean.

Every Hangul letter becomes the key it is typed with on the standard two-set keyboard (KS X 5002), in lower case:
``페트병`` → ``vpxmqud``. Then half a syllable is a prefix (``페트ㅂ``), tense consonants fold (``ㅃ`` is ``ㅂ`` with
shift), text typed with the keyboard left in English (``vpxmqud``) is the same word, and PostgreSQL's trigrams work
under any locale. Spaces and signs are dropped.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

MAX_LENGTH: Final = 200
"""Characters of input that are looked at; the rest is ignored."""

_INITIALS: Final[tuple[str, ...]] = tuple("rrseefaqqttdwwczxvg")
_VOWELS: Final[tuple[str, ...]] = (*"koiojpuph", "hk", "ho", "hl", "y", "n", "nj", "np", "nl", "b", "m", "ml", "l")
_TO_RIEUL: Final[tuple[str, ...]] = ("", *"rr", "rt", "s", "sw", "sg", *"ef")
_FINALS: Final[tuple[str, ...]] = (*_TO_RIEUL, "fr", "fa", "fq", "ft", "fx", "fv", "fg", *"aq", "qt", *"ttdwczxvg")
_SYLLABLES: Final = 0xAC00
_BASES: Final[tuple[tuple[int, tuple[str, ...]], ...]] = ((0x1100, _INITIALS), (0x1161, _VOWELS), (0x11A7, _FINALS))
_WORD: Final = re.compile(r"\w+")


def keystrokes(text: str) -> str:
    """The keys that type ``text``, without spaces and signs: ASCII lower-case letters and digits only."""
    return "".join(tokens(text))


def tokens(text: str) -> list[str]:
    """The keys of each word of ``text``."""
    return keys_of_each(_WORD.findall(folded(text)))


def folded(text: str) -> str:
    """The first MAX_LENGTH characters of ``text`` in NFKC, without case."""
    return unicodedata.normalize("NFKC", text[:MAX_LENGTH]).casefold()


def keys_of_each(words: Iterable[str]) -> list[str]:
    """The keys of each of ``words``, which are folded; those that no key types are left out."""
    keys = ("".join(map(_keys, word)) for word in words)
    return [key for key in keys if key]


def _keys(letter: str) -> str:
    code = ord(letter)
    if _SYLLABLES <= code <= 0xD7A3:
        rest, final = divmod(code - _SYLLABLES, len(_FINALS))
        initial, vowel = divmod(rest, len(_VOWELS))
        return _INITIALS[initial] + _VOWELS[vowel] + _FINALS[final]
    for base, row in _BASES:  # letters standing alone, as NFKC leaves them
        if base <= code < base + len(row):
            return row[code - base]
    plain = unicodedata.normalize("NFKD", letter)[0]
    return plain if plain.isascii() and plain.isalnum() else ""


def trigrams(keys: str) -> frozenset[str]:
    """Three-letter pieces as pg_trgm cuts them: two blanks before, one after."""
    padded = f"  {keys} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def similarity(left: frozenset[str], right: frozenset[str]) -> float:
    """Shared pieces of all pieces (Jaccard), 0 to 1: pg_trgm's ``similarity``."""
    return len(left & right) / len(left | right)
