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
from itertools import product
from typing import Final

from bunri.domains.recycling.plurals import singular

MAX_LENGTH: Final = 200
"""Characters of input that are looked at; the rest is ignored."""

_INITIALS: Final[tuple[str, ...]] = tuple("rrseefaqqttdwwczxvg")
_VOWELS: Final[tuple[str, ...]] = (*"koiojpuph", "hk", "ho", "hl", "y", "n", "nj", "np", "nl", "b", "m", "ml", "l")
_TO_RIEUL: Final[tuple[str, ...]] = ("", *"rr", "rt", "s", "sw", "sg", *"ef")
_FINALS: Final[tuple[str, ...]] = (*_TO_RIEUL, "fr", "fa", "fq", "ft", "fx", "fv", "fg", *"aq", "qt", *"ttdwczxvg")
_SYLLABLES: Final = 0xAC00
_BASES: Final[tuple[tuple[int, tuple[str, ...]], ...]] = ((0x1100, _INITIALS), (0x1161, _VOWELS), (0x11A7, _FINALS))
_WORD: Final = re.compile(r"\w+")
_WORD_OF_ONE_SCRIPT: Final = re.compile(r"[a-z0-9]+|[^\Wa-z0-9]+")
_OTHER_THINGS_IN_SINGULAR: Final = frozenset({"glasses"})


def keystrokes(text: str) -> str:
    """The keys that type ``text``, without spaces and signs: ASCII lower-case letters and digits only."""
    return "".join(tokens(text))


def tokens(text: str) -> list[str]:
    """The keys of each word of ``text``."""
    return _each_key(_WORD.findall(_plain(text)))


def forms(text: str) -> list[list[str]]:
    """The keys of each word of ``text`` as it is written and, where that differs, with English words by themselves and
    in the singular: ``PP용기`` holds the word PP. Both count, because in keys typed for Korean an s is no plural."""
    words = _WORD_OF_ONE_SCRIPT.findall(_plain(text))
    written, simple = tokens(text), _each_key(singular(word) if word.isascii() else word for word in words)
    return [written] if written == simple else [written, simple]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:MAX_LENGTH]).casefold()


def _each_key(words: Iterable[str]) -> list[str]:
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
    return _term(item, text, tokens(text))


def terms(item: str, text: str) -> list[Term]:
    """The terms of a name: it as it is and, when it is an English plural, in the singular."""
    alone = not text.isascii() or text.casefold() in _OTHER_THINGS_IN_SINGULAR
    return [_term(item, text, keys) for keys in (forms(text)[:1] if alone else forms(text))]


def _term(item: str, text: str, keys: list[str]) -> Term:
    joined = "".join(keys)
    return Term(item, text, joined, f" {' '.join(keys)} ", not text.isascii(), trigrams(joined))


def find(text: str, terms: Iterable[Term]) -> dict[str, Hit]:
    """The best hit of each item in ``text``: the name itself, a name inside a sentence, or a near spelling.

    A name inside a longer one that was found does not count ("battery" in "battery pack").
    """
    queries = [_query(keys) for keys in forms(text) if keys]
    best: dict[str, Hit] = {}
    for query, candidate in product(queries, terms):
        quality = _quality(query, candidate)
        if quality and (candidate.item not in best or quality > best[candidate.item].quality):
            best[candidate.item] = Hit(candidate, quality)
    found = [hit.term.keys for hit in best.values() if any(hit.term.keys in query.keys for query in queries)]
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


def _query(keys: list[str]) -> _Query:
    joined = "".join(keys)
    return _Query(joined, f" {' '.join(keys)} ", trigrams(joined))


_MIN_SIMILARITY: Final = 0.45
"""Below this similarity two spellings are different words (test_words.py has typos on either side)."""


def _quality(query: _Query, candidate: Term) -> float:
    if query.keys == candidate.keys:
        return 1.0
    if _inside(query, candidate):
        # Longer names, and names nearer to the end (where Korean and English put the noun), are better hits.
        end = query.keys.rfind(candidate.keys) + len(candidate.keys)
        return 0.45 + (0.35 * len(candidate.keys) + 0.15 * end) / len(query.keys)
    if not _MIN_SIMILARITY <= len(query.pieces) / len(candidate.pieces) <= 1 / _MIN_SIMILARITY:
        return 0.0  # of such different lengths they cannot share enough, which spares most comparisons
    alike = similarity(query.pieces, candidate.pieces)
    return 0.95 * alike if alike >= _MIN_SIMILARITY else 0.0


def _inside(query: _Query, candidate: Term) -> bool:
    """As whole words, or glued to others as Korean does with nouns and particles ("pen" is not in "open")."""
    if candidate.spaced in query.spaced:
        return True
    return candidate.glued and len(candidate.keys) >= 5 and candidate.keys in query.keys
