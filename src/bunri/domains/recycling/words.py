"""Compares words by the keys that type them (``kit.keystrokes``): the name itself, a name inside a sentence, a typo."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from bunri.domains.recycling.plurals import singular
from bunri.kit.keystrokes import folded, keys_of_each, keystrokes, similarity, slips_between, tokens, trigrams

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
    """A term found in a text; quality 1 means that the text is the term.

    ``sure``: the text names this thing. Otherwise it only has something in common with the name, so the thing may be
    offered ("did you mean …?") but must not be taken for what was meant.
    """

    term: Term
    quality: float
    sure: bool


def term(item: str, text: str) -> Term:
    return _term(item, text, tokens(text))


def terms(item: str, text: str) -> list[Term]:
    """The terms of a name: it as it is and, when it is an English plural, in the singular."""
    alone = not text.isascii() or text.casefold() in _OTHER_THINGS_IN_SINGULAR
    return [_term(item, text, keys) for keys in (forms(text)[:1] if alone else forms(text))]


def _term(item: str, text: str, keys: list[str]) -> Term:
    joined = "".join(keys)
    return Term(item, text, joined, f" {' '.join(keys)} ", not text.isascii(), trigrams(joined))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the words beside a name do to its meaning, as keys; data/vocabulary.toml explains each of the four."""

    generic: frozenset[str] = frozenset()
    altering: frozenset[str] = frozenset()
    harmless: re.Pattern[str] = re.compile("")

    def says_the_same(self, before: str, name: str, after: str) -> bool:
        """Whether words with ``before`` and ``after`` around ``name`` still mean the thing of that name."""
        if not self._harmless(after):
            return False
        if self._harmless(before):
            return True
        return name not in self.generic and not any(map(self._alters, before.split()))

    def _harmless(self, rest: str) -> bool:
        return all(map(self.harmless.fullmatch, rest.split()))

    def _alters(self, word: str) -> bool:
        return any(word.startswith(keys) or word.endswith(keys) for keys in self.altering)


def vocabulary(words: Mapping[str, Sequence[str]]) -> Vocabulary:
    """The vocabulary of lists of words by kind: generic, altering, harmless, endings."""
    keys = {kind: frozenset(map(keystrokes, each)) for kind, each in words.items()}
    harmless, endings = ("|".join(sorted(keys.get(kind, ()))) for kind in ("harmless", "endings"))
    return Vocabulary(
        generic=keys.get("generic", frozenset()),
        altering=keys.get("altering", frozenset()),
        harmless=re.compile(f"(?:{harmless})?(?:{endings})*"),
    )


def find(text: str, terms: Iterable[Term], beside: Vocabulary) -> dict[str, Hit]:
    """The best hit of each item in ``text``: the name itself, a name inside a sentence, or a near spelling.

    A name inside a longer one that was found does not count ("battery" in "battery pack").
    """
    queries = [_query(keys) for keys in forms(text) if keys]
    best: dict[str, Hit] = {}
    for query, candidate in product(queries, terms):
        quality = _quality(query, candidate)
        if not quality:
            continue
        hit = Hit(candidate, quality, _names(query, candidate, beside))
        known = best.get(candidate.item)
        if known is None or (hit.sure, hit.quality) > (known.sure, known.quality):
            best[candidate.item] = hit
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
_MIN_SIMILARITY_OF_SLIPS: Final = 0.25
"""With two slips in ten keys no less than this is left; the repository's query has the same bound."""


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
    if alike >= _MIN_SIMILARITY or (alike >= _MIN_SIMILARITY_OF_SLIPS and _slipped(query, candidate)):
        return 0.95 * alike
    return 0.0


def _inside(query: _Query, candidate: Term) -> bool:
    """As whole words, or glued to others as Korean does with nouns and particles ("pen" is not in "open")."""
    if candidate.spaced in query.spaced:
        return True
    return candidate.glued and len(candidate.keys) >= 5 and candidate.keys in query.keys


_SLIPS: Final = ((10, 2), (6, 1))
"""Slips of the fingers that a name of so many keys may have; with more of them, or in a shorter name, it may be another
word: 가방 and 가발 differ in one key of five."""


def _names(query: _Query, candidate: Term, beside: Vocabulary) -> bool:
    """Whether ``query`` names the thing: by its name, by a slip of it, or by it with words that change nothing."""
    if query.keys == candidate.keys:
        return True
    if _inside(query, candidate):
        around = _around(query.spaced, candidate)
        return around is not None and beside.says_the_same(around[0], candidate.keys, around[1])
    return _slipped(query, candidate)


def _slipped(query: _Query, candidate: Term) -> bool:
    length = min(len(query.keys), len(candidate.keys))
    allowed = next((slips for keys, slips in _SLIPS if length >= keys), 0)
    return allowed > 0 and slips_between(query.keys, candidate.keys, allowed) <= allowed


def _around(spaced: str, candidate: Term) -> tuple[str, str] | None:
    """What stands before and after the last mention of ``candidate``. Korean may be spaced in any way, but a name that
    begins within a word ends with it: there is no 밥그릇 in 즉석밥 그릇."""
    apart = " ?".join(candidate.keys)
    pattern = f"{candidate.keys}|(?<= ){apart}" if candidate.glued else f"(?<= ){candidate.spaced.strip()}(?= )"
    found = list(re.finditer(pattern, spaced))
    return (spaced[: found[-1].start()], spaced[found[-1].end() :]) if found else None
