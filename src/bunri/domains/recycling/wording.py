"""Whether a reworded sentence still says what the given one says, and nothing else.

Nobody can list all harm that words may do, so everything is refused that is not known to be harmless: a rewording may
use the words of its own sentence, words that stand for them, names of the thing, and words that add nothing. What is
told to be done must be told, and what is forbidden must stay forbidden. An honest rewording is sometimes refused; then
the table's own sentence is used, which is right too.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from bunri.domains.recycling.plurals import singular
from bunri.kit.languages import Language

MAX_LENGTH: Final = 300
_LEAST_KEPT: Final = 0.5
"""Share of a sentence's words of substance that its rewording must keep."""

_SIGNS: Final = " .,!'\"‘’“”()-–~·:;"
_NUMBER: Final = re.compile(r"\d(?:[\d.,:/ –-]*\d)?")
_TOKEN: Final = re.compile(r"[A-Za-z가-힣]+|[.,!?:;…–]")
_FORBIDDEN: Final = re.compile(r"(으?면|서는?) 안 (돼|되|됩)")
_NEGATED_VERB: Final = re.compile(r"지 ?(?=(말|마[세시]|않|못))")
_SUFFICES: Final = re.compile(r"으?면 (돼|되|됩|좋)")
_PARTICLE: Final = re.compile(
    r"(?<=.)(으로|로|에서|에|을|를|은|는|이나|나|이|가|와|과|도|만|까지|부터|의|처럼|끼리|째|지|고|게|어요|아요|해요|요)$"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, the keys by which it is the same as another (``act:rinse``, ``word:bottle``), and how many
    negations its clause has: two may take each other back."""

    word: str
    keys: frozenset[str]
    negations: int

    @property
    def acts(self) -> frozenset[str]:
        return frozenset(key for key in self.keys if key.startswith("act:"))


@dataclass(frozen=True)
class _Vocabulary:
    neutral: frozenset[str]
    negations: frozenset[str]
    conditions: tuple[frozenset[str], ...]
    acts: Mapping[str, frozenset[str]]
    endings: str = ""
    ambiguous: tuple[str, ...] = ()
    """Beginnings of words that mean several things, which are therefore only the same as they stand."""


@cache
def _vocabulary(language: Language) -> _Vocabulary:
    file = resources.files("bunri.domains.recycling") / "vocabulary" / f"{language}.toml"
    said = tomllib.loads(file.read_text("utf-8"))

    def read(words: str) -> frozenset[str]:
        return frozenset(_stem(word) if language == "en" else word for word in words.split())

    return _Vocabulary(
        neutral=read(said["neutral"]),
        negations=read(said.get("negations", "")),
        conditions=tuple(read(group) for group in said["conditions"]),
        acts={name: read(words) for name, words in said["acts"].items()},
        endings=said.get("endings", ""),
        ambiguous=tuple(said.get("ambiguous", "").split()),
    )


def find_change(given: str, written: str, language: Language, name: str = "") -> str | None:
    """What ``written`` says otherwise than ``given``, in words for the log; None where it says the same.

    ``name`` is that of the thing, which may stand for "it".
    """
    called = _without_name(written, name, language)
    return (
        _changed_signs(given, written, language)
        or _changed_words(given, called, language)
        or _changed_meaning(given, called, language)
    )


def _without_name(written: str, name: str, language: Language) -> str:
    """Only the whole name counts: the drain of a drain cleaner is no word for its steps."""
    if not name:
        return written
    particles = "" if language == "en" else f"[{_vocabulary(language).endings}]*"
    whole = rf"(?<![A-Za-z가-힣]){re.escape(name)}{particles}(?![A-Za-z가-힣])"
    return re.sub(whole, "it" if language == "en" else "이것", written, flags=re.IGNORECASE)


def _changed_signs(given: str, written: str, language: Language) -> str | None:
    if not written.strip():
        return "empty"
    if len(written) > min(MAX_LENGTH, 1.6 * len(given) + 40):
        return "too long"
    for sign in written:
        letter = (sign.isascii() and sign.isalpha()) if language == "en" else ("가" <= sign <= "힣")
        if not letter and sign not in _SIGNS and not (sign.isascii() and sign.isdigit()) and sign not in given:
            return f"a sign of its own: {sign!a}"
    if _NUMBER.findall(written) != _NUMBER.findall(given):
        return "other numbers"
    return None


def _changed_words(given: str, written: str, language: Language) -> str | None:
    """A word that is none of the sentence's, and none of those that add nothing."""
    known = _keys(tokens(given, language))
    for token in tokens(written, language, _stems(known)):
        if not token.keys & known:
            return f"a word of its own: {token.word[:40]}"
    return None


def _changed_meaning(given: str, written: str, language: Language) -> str | None:
    """Something left out, or denied where it was told, or told where it was denied."""
    stems = _stems(_keys(tokens(given, language)))
    told, retold = list(tokens(given, language, stems)), list(tokens(written, language, stems))
    if _conditions(given, language) != _conditions(written, language):
        return "another condition"
    if _denies(given, language) != _denies(written, language):
        return "another negation"
    for token in retold:
        same = [each for each in told if each.keys & token.keys]
        if same and all(each.negations != token.negations for each in same):
            return f"another negation: {token.word[:40]}"
    kept = _keys(retold)
    for token in told:
        if token.acts and not token.acts & kept:
            return f"left out: {token.word}"
    if more := set(_counted(retold) - _counted(told)) & _keys(told):
        return f"told more often: {min(more)}"
    if sum(bool(token.keys & kept) for token in told) < _LEAST_KEPT * len(told):
        return "too little of it"
    return None


def tokens(text: str, language: Language, stems: frozenset[str] = frozenset()) -> Iterator[Token]:
    """The words of substance of ``text``. In Korean a word that begins with one of ``stems`` has its key, too."""
    for clause, negations in (_english_clauses if language == "en" else _korean_clauses)(text):
        for word in clause:
            keys = _english_keys(word) if language == "en" else _korean_keys(word, stems)
            if keys:
                yield Token(word, keys, negations)


def _keys(told: Iterable[Token]) -> frozenset[str]:
    return frozenset(key for token in told for key in token.keys)


def _counted(told: Iterable[Token]) -> Counter[str]:
    return Counter(key for token in told for key in token.keys)


def _stems(keys: frozenset[str]) -> frozenset[str]:
    return frozenset(key.removeprefix("word:") for key in keys if key.startswith("word:"))


def _denies(text: str, language: Language) -> bool:
    return any(negations for _, negations in (_english_clauses if language == "en" else _korean_clauses)(text))


def _conditions(text: str, language: Language) -> tuple[bool, ...]:
    """Which kinds of condition ``text`` sets."""
    groups = _vocabulary(language).conditions
    if language == "en":
        stems = {_stem(word) for word in _TOKEN.findall(_plain_english(text))}
        return tuple(bool(stems & group) for group in groups)
    words = [word for word in _TOKEN.findall(_SUFFICES.sub(r" \1", _plain_korean(text))) if word != "하지만"]
    return tuple(any(word.endswith(tuple(group)) for word in words) for group in groups)


# --- English ---------------------------------------------------------------------------------------------------------

_ENDS: Final = frozenset({*".,!?:;…–", "and", "but", "then", "so"})


def _plain_english(text: str) -> str:
    return re.sub(r"\b(\w+)n['’]t\b", r"\1 not", text.lower().replace("can't", "can not").replace("can’t", "can not"))


def _english_clauses(text: str) -> Iterator[tuple[list[str], int]]:
    """The clauses of ``text``, without their negations, and how many they have."""
    negations = _vocabulary("en").negations
    clause: list[str] = []
    for word in [*_TOKEN.findall(_plain_english(text)), "."]:
        if word not in _ENDS:
            clause.append(word)
            continue
        rest = [each for each in clause if _stem(each) not in negations]
        yield rest, len(clause) - len(rest)
        clause = []


def _english_keys(word: str) -> frozenset[str]:
    vocabulary, stem = _vocabulary("en"), _stem(word)
    acts = {f"act:{name}" for name, words in vocabulary.acts.items() if stem in words}
    if stem in vocabulary.neutral:
        return frozenset()
    return frozenset({f"word:{stem}", *acts})


def _stem(word: str) -> str:
    """``word`` without what its grammar adds: wrapped, wrapping and wraps are one."""
    stem = re.sub(r"(?<=[a-z]{2})(ied|ies)$", "y", word)
    if stem == word:
        stem = re.sub(r"(?<=[a-z]{3})(ed|ing)$", "", singular(word))
        stem = re.sub(r"([bdgklmnprt])\1$", r"\1", stem) if stem != word else stem
    return re.sub(r"(?<=[a-z]{2})e$", "", stem)


# --- Korean ----------------------------------------------------------------------------------------------------------

_CLAUSE_END: Final = re.compile(r"(고|서|면|며|지만|는데|요|니다|니)$")
_NEGATION: Final = re.compile(r"(말|마[세시]|않|못|없|아니|아닌)[가-힣]*|안|못|금지")


def _plain_korean(text: str) -> str:
    return _NEGATED_VERB.sub("지 ", _FORBIDDEN.sub("지 않아", text))


def _korean_clauses(text: str) -> Iterator[tuple[list[str], int]]:
    """The clauses of ``text``, without their negations, and how many they have."""
    clause: list[str] = []
    negations, before = 0, ""
    for word in [*_TOKEN.findall(_plain_korean(text)), "."]:
        if _is_negation(word, before):
            negations += 1
        elif word[0] not in ".,!?:;…–":
            clause.append(word.lower())
        if _CLAUSE_END.search(word) or word in ".,!?:;…–":
            yield clause, negations
            clause, negations = [], 0
        before = word


def _is_negation(word: str, before: str) -> bool:
    """``말아요`` may mean "don't" or "roll": the first follows a verb in -지, and so does what could be a nail (못)."""
    if not _NEGATION.fullmatch(word):
        return False
    return before.endswith("지") if word[0] in "말마" or (word[0] == "못" and word != "못") else True


def _korean_keys(word: str, stems: frozenset[str]) -> frozenset[str]:
    vocabulary = _vocabulary("ko")
    if word in vocabulary.neutral:
        return frozenset()
    acts = {
        f"act:{name}"
        for name, beginnings in vocabulary.acts.items()
        if any(_inflects(word, each) for each in beginnings)
    }
    if word.startswith(vocabulary.ambiguous):
        return frozenset({f"word:{word}"})
    own = {f"word:{_PARTICLE.sub('', word)}"} | {f"word:{stem}" for stem in stems if _inflects(word, stem)}
    return frozenset(acts | own)


def _inflects(word: str, stem: str) -> bool:
    """Whether ``word`` is ``stem`` with nothing but particles and endings behind it."""
    return word.startswith(stem) and all(letter in _vocabulary("ko").endings for letter in word[len(stem) :])
