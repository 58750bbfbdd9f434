"""Compares words by the keys that type them (``kit.keystrokes``): the name itself, a name inside a sentence, a typo."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from bunri.domains.recycling.plurals import singular
from bunri.kit.keystrokes import folded, keys_of_each, similarity, tokens, trigrams

_WORD_OF_ONE_SCRIPT: Final = re.compile(r"[a-z0-9]+|[^\Wa-z0-9]+")
_OTHER_THINGS_IN_SINGULAR: Final = frozenset({"glasses"})


def forms(text: str) -> list[list[str]]:
    """The keys of each word of ``text`` as it is written and, where that differs, with English words by themselves and
    in the singular: ``PP용기`` holds the word PP. Both count, because in keys typed for Korean an s is no plural."""
    words = _WORD_OF_ONE_SCRIPT.findall(folded(text))
    written, simple = tokens(text), keys_of_each(singular(word) if word.isascii() else word for word in words)
    return [written] if written == simple else [written, simple]


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
