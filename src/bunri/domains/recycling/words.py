"""Compares words by the keys that type them, so that one plain-ASCII comparison tolerates most ways of writing Korean.

Every Hangul letter becomes the key it is typed with on the standard two-set keyboard (KS X 5002), in lower case:
``페트병`` → ``vpxmqud``. Then half a syllable is a prefix (``페트ㅂ``), tense consonants fold (``ㅃ`` is ``ㅂ`` with
shift), text typed with the keyboard left in English (``vpxmqud``) is the same word, and PostgreSQL's trigrams work
under any locale. Spaces and signs are dropped.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
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
    plain = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).casefold()
    keys = ("".join(map(_keys, word)) for word in _WORD.findall(plain))
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
    folded = unicodedata.normalize("NFKD", letter)[0]
    return folded if folded.isascii() and folded.isalnum() else ""


def trigrams(keys: str) -> frozenset[str]:
    """Three-letter pieces as pg_trgm cuts them: two blanks before, one after."""
    padded = f"  {keys} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def similarity(left: frozenset[str], right: frozenset[str]) -> float:
    """Shared pieces of all pieces (Jaccard), 0 to 1: pg_trgm's ``similarity``."""
    return len(left & right) / len(left | right)


@dataclass(frozen=True, slots=True)
class Term:
    """One way to call an item."""

    item: str
    text: str
    keys: str
    spaced: str
    glued: bool
    """Korean, so it may stand inside a longer word."""
    pieces: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found in a text; quality 1 means that the text is the term."""

    term: Term
    quality: float


def term(item: str, text: str) -> Term:
    keys = tokens(text)
    joined = "".join(keys)
    return Term(item, text, joined, f" {' '.join(keys)} ", not text.isascii(), trigrams(joined))


def find(text: str, terms: Iterable[Term]) -> dict[str, Hit]:
    """The best hit of each item in ``text``: the name itself, a name inside a sentence, or a near spelling.

    A name inside a longer one that was found does not count ("battery" in "battery pack").
    """
    words = tokens(text)
    query = _Query("".join(words), f" {' '.join(words)} ", trigrams("".join(words)))
    best: dict[str, Hit] = {}
    for candidate in terms if words else ():
        quality = _quality(query, candidate)
        if quality and (candidate.item not in best or quality > best[candidate.item].quality):
            best[candidate.item] = Hit(candidate, quality)
    found = [hit.term.keys for hit in best.values() if hit.term.keys in query.keys]
    return {
        item: hit
        for item, hit in best.items()
        if not any(hit.term.keys in keys and len(hit.term.keys) < len(keys) for keys in found)
    }


@dataclass(frozen=True, slots=True)
class _Query:
    keys: str
    spaced: str
    pieces: frozenset[str]


_MIN_SIMILARITY: Final = 0.45
"""Below this similarity two spellings are different words (test_words.py has typos on either side)."""


def _quality(query: _Query, candidate: Term) -> float:
    if query.keys == candidate.keys:
        return 1.0
    if _inside(query, candidate):
        # Longer names, and names nearer to the end (where Korean and English put the noun), are better hits.
        end = query.keys.rfind(candidate.keys) + len(candidate.keys)
        return 0.45 + (0.35 * len(candidate.keys) + 0.15 * end) / len(query.keys)
    alike = similarity(query.pieces, candidate.pieces)
    return 0.95 * alike if alike >= _MIN_SIMILARITY else 0.0


def _inside(query: _Query, candidate: Term) -> bool:
    """As whole words, or glued to others as Korean does with nouns and particles ("pen" is not in "open")."""
    if candidate.spaced in query.spaced or f"{candidate.spaced[:-1]}s " in query.spaced:
        return True
    return candidate.glued and len(candidate.keys) >= 5 and candidate.keys in query.keys
