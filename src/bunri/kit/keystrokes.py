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


_SOUND_ALIKE: Final = frozenset("op")
"""The keys of ㅐ and ㅔ, which are spoken and written for each other. Any other exchange counts for two slips: it makes
비행기 of 보행기."""


def slips_between(left: str, right: str, most: int) -> int:
    """Keys left out, added or swapped with the next, and twice those exchanged (optimal string alignment with weights);
    ``most`` + 1 for more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, key in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(right, 1):
            exchange = 0 if key == other else 1 if {key, other} == _SOUND_ALIKE else 2
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + exchange)
            if i > 1 and j > 1 and key == right[j - 2] and left[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return min(row[-1], most + 1)
