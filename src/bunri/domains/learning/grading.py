"""How far an answer is right: pure functions, Korean and English, without a model.

Compared are the words that carry meaning, by the keys that type them (``kit.keystrokes``): spacing, case, NFD,
particles (은/는/을/에서 …), endings (비우고, 비워요), a slip of the fingers and a keyboard left in English make no
difference. Numbers and "not" always do.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from bunri.domains.learning.records import Card, CardKind, Origin
from bunri.kit.keystrokes import keystrokes, slips_between

THRESHOLD: Final = 70
"""Points of 100 from which an answer counts as right. People see it beside their score; it is the only one."""
CLEARLY_RIGHT: Final = 90
CLEARLY_WRONG: Final = 20
"""Between these two the words alone do not say enough, and a language model may be asked."""

LONGEST: Final = 500
"""Characters of an answer that are looked at."""
LONGEST_EXPECTED: Final = 2000
"""Characters of a side of a card that are looked at."""
MOST_POINTS: Final = 20
_LONGEST_MISSING: Final = 120

_INCOMPLETE: Final = 60
"""What a short answer that lacks something, or says something else beside it, is worth at most."""
_CONTRARY: Final = 30
"""What an answer that denies what is right, or affirms what is wrong, is worth at most."""
_SLIPPED: Final = 90
_COVERED: Final = 0.6
"""Share of a point's words that must be there."""
_SLIPS: Final = ((20, 3), (10, 2), (6, 1))
"""Slips that so many keys may have: a shorter word may be another one."""
_LONGEST_SLIPPED: Final = 60
"""Keys: the comparison is quadratic, and nobody mistypes a whole text."""
_MOST_WORDS: Final = 120
"""Words of a point, and of an answer, that are compared with each other: more say nothing new, and take time."""
_MOST_STRANGE: Final = 12
"""Words of an answer that may be a slip of one looked for."""
_MOST_POINT_WORDS: Final = 300
"""Of all points together."""


class Verdict(NamedTuple):
    """``score`` 0 to 100; ``missing``: what was expected and is not there."""

    score: int
    missing: tuple[str, ...] = ()

    @property
    def clear(self) -> bool:
        """Nobody need be asked."""
        return self.score >= CLEARLY_RIGHT or self.score < CLEARLY_WRONG


@dataclass(frozen=True, slots=True)
class Expected:
    """What a card wants to be told. ``answers``: each of them is right by itself; ``points``: what a free text should
    say, in the card's own words. All of it without Markdown."""

    kind: CardKind
    answers: tuple[str, ...]
    points: tuple[str, ...] = ()

    @property
    def can_be_judged(self) -> bool:
        """A card that only shows a picture has no words to compare with."""
        return bool(self.answers)


def expected_of(card: Card) -> Expected:
    """Of a title it is the front that is guessed, of every other kind the back. What a rule made names the place in
    ``accepted``, and its back goes on with how and why: nobody has to type that."""
    if card.accepted and card.origin in {Origin.RULE, Origin.SCAN} and not card.edited:
        return Expected(card.kind, tuple(filter(None, map(plain, card.accepted))))
    side = card.front if card.kind == CardKind.TITLE else card.back
    whole = plain(side)
    answers = tuple(dict.fromkeys(each for each in (whole, *map(plain, card.accepted)) if each))
    free = card.kind in {CardKind.RECALL, CardKind.FLIP} or len(whole) > LONGEST
    return Expected(card.kind, answers, points_of(side) if free else ())


def graded(expected: Expected, answer: str) -> Verdict:
    """How right ``answer`` is; the best of what the card accepts."""
    answer = answer[:LONGEST]
    if expected.kind == CardKind.CHOICE:
        right = any(_same_choice(each, answer) for each in expected.answers)
        return Verdict(100) if right else Verdict(0, _cut(expected.answers[:1]))
    said = [_said(each, answer) for each in expected.answers]
    found = [verdict for verdict in said if verdict]
    if expected.points:
        found.append(_free(expected.points, answer))
    elif expected.answers:
        found.append(_partly(expected.answers[0], answer, whole=expected.kind != CardKind.TITLE))
    return max(found, key=lambda verdict: verdict.score, default=Verdict(0))


def is_exact(expected: Expected, answer: str) -> bool:
    """The answer is the card's own, apart from spacing, case and signs."""
    keys = _joined(_tokens(answer[:LONGEST]))
    return bool(keys) and any(keys == _joined(_tokens(each)) for each in expected.answers)


def keys_of(text: str) -> str:
    """The keys that type ``text``, numbers in digits, without spaces and signs: what looks the same is the same."""
    return _joined(_tokens(text))


def says_no(text: str) -> bool:
    """Whether it denies something."""
    return _denies(text)


# ── kinds ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _same_choice(expected: str, answer: str) -> bool:
    return _squeezed(expected) == _squeezed(plain(answer))


def _said(expected: str, answer: str) -> Verdict | None:
    """All of ``expected`` and nothing else, or its contrary; None for any other answer."""
    wanted, given = _meaning(expected), _meaning(answer)
    if not given or not wanted:
        return None
    contrary = _denies(expected) != _denies(answer)
    if _same_words(wanted, given):
        return Verdict(_CONTRARY, _cut([expected])) if contrary else Verdict(100)
    if not contrary and _slipped(_stemmed(wanted), _stemmed(given)) and _numbers(expected) == _numbers(answer):
        return Verdict(_SLIPPED)
    return None


def _partly(expected: str, answer: str, *, whole: bool) -> Verdict:
    """``whole``: something missing, or something else beside it, makes it wrong; else it only costs points."""
    wanted, given = _meaning(expected), _meaning(answer)
    if not given or not wanted:
        return Verdict(0, _cut([expected]))
    contrary = _denies(expected) != _denies(answer)
    recall = _share(wanted, given)
    score = _f1(recall.share, _share(given, wanted).share)
    if whole:
        score = min(score, _INCOMPLETE)
    if contrary or _numbers(expected) - _numbers(answer):
        score = min(score, _CONTRARY)
    return Verdict(score, _cut(recall.missing or [expected]) if score < THRESHOLD else _cut(recall.missing))


def _free(points: Sequence[str], answer: str) -> Verdict:
    """Each point is looked for in the clauses that deny, or affirm, as it does."""
    clauses = [(clause, _denies(clause)) for clause in _clauses(answer)]
    credit, missing, left = 0.0, [], _MOST_POINT_WORDS
    for point in points:
        left -= len(_meaning(point))
        if left < 0 and point is not points[0]:
            missing.append(point)
            continue
        denies = _denies(point)
        given = [word for clause, other in clauses if other == denies for word in _meaning(clause)]
        share = _share(_meaning(point), given).share if given else 0.0
        if _numbers(point) - _numbers(answer):
            share /= 2
        credit += 1 if share >= _COVERED else share
        if share < _COVERED:
            missing.append(point)
    return Verdict(round(100 * credit / len(points)), _cut(missing))


def _f1(recall: float, precision: float) -> int:
    return round(200 * recall * precision / (recall + precision)) if recall + precision else 0


class _Shared(NamedTuple):
    share: float
    missing: list[str]


def _share(wanted: Sequence["_Word"], given: Sequence["_Word"]) -> _Shared:
    """Which part of ``wanted`` is there, weighed by length; and what is not."""
    wanted, given = wanted[:_MOST_WORDS], tuple(dict.fromkeys(given[:_MOST_WORDS]))
    spoken = _stemmed(given)
    starts = {word.stem[:3]: [other for other in given if other.stem[:3] == word.stem[:3]] for word in given}
    known = {word.stem for word in wanted}
    strange = [word for word in given if word.stem not in known and not word.text.isdecimal()][:_MOST_STRANGE]
    total = sum(len(word.stem) for word in wanted)
    there, missing = 0.0, []
    for word in wanted:
        found = 1.0 if _is_there(word, starts.get(word.stem[:3], ()), strange) else _part(word, given, spoken)
        there += found * len(word.stem)
        if found < _COVERED:
            missing.append(word.text)
    return _Shared(there / total if total else 0.0, missing)


def _is_there(word: "_Word", alike: Sequence["_Word"], strange: Sequence["_Word"]) -> bool:
    """``alike``: words that begin as it does; ``strange``: no words looked for, so each may be a slip of one."""
    if any(word.keys == other.keys or _same_word(word, other) or _same_verb(word, other) for other in alike):
        return True
    if word.text.isdecimal():
        return False
    # A slip changes two letters at most, so most pairs are told apart without counting slips.
    return any(len(word.letters ^ other.letters) <= 6 and _slipped(word.stem, other.stem) for other in strange)


def _same_words(wanted: Sequence["_Word"], given: Sequence["_Word"]) -> bool:
    if _joined(wanted) == _joined(given):
        return True
    if len(wanted) == len(given):
        return all(map(_same_word, wanted, given))
    return _stemmed(wanted) == _stemmed(given)


def _same_word(left: "_Word", right: "_Word") -> bool:
    """캔은 and 캔, 비닐을 and 비닐에. What is left of 종이 and 종류 is one syllable, and says nothing."""
    if left.stem != right.stem:
        return False
    return left.long_stem or left.keys == right.keys or left.stem in {left.keys, right.keys}


def _same_verb(left: "_Word", right: "_Word") -> bool:
    """비우고 and 비워요, rinse and rinsing: what they begin with is the same."""
    if not (left.inflected and right.inflected):
        return False
    shorter, longer = sorted((left.stem, right.stem), key=len)
    common = next((at for at, key in enumerate(shorter) if key != longer[at]), len(shorter))
    return common >= 3 and common >= 0.6 * len(shorter)


def _part(word: "_Word", given: Sequence["_Word"], spoken: str) -> float:
    """종량제봉투 is in 일반종량제봉투, and all of it in 종량제 봉투."""
    if len(word.stem) >= 6 and word.stem in spoken:
        return 1.0
    inside = {other.stem for other in given if len(other.stem) >= 4 and other.stem in word.stem}
    return min(1.0, sum(map(len, inside)) / len(word.stem))


def _slipped(left: str, right: str) -> bool:
    shorter = min(len(left), len(right))
    if max(len(left), len(right)) > _LONGEST_SLIPPED:
        return False
    allowed = next((slips for keys, slips in _SLIPS if shorter >= keys), 0)
    digits = re.sub(r"\D", "", left), re.sub(r"\D", "", right)
    return allowed > 0 and digits[0] == digits[1] and slips_between(left, right, allowed) <= allowed


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Word(NamedTuple):
    """``keys`` type it; ``stem`` are those that are left without particle or ending, ``inflected`` if it had one of a
    verb, ``long_stem`` if more than a syllable is left; ``letters``: the different keys of the stem."""

    text: str
    keys: str
    stem: str
    inflected: bool
    long_stem: bool
    letters: frozenset[str]


_PARTICLE_LIST: Final = """
은 는 이 가 을 를 에 의 도 만 로 으로 와 과 랑 이랑 에서 에게 까지 부터 처럼 마다 이나 나 에다 에다가 으로만
로만 에는 에만 류 들
"""
_PARTICLES: Final = sorted(_PARTICLE_LIST.split(), key=len, reverse=True)
_IS: Final = ("입니다", "이에요", "이라고", "이요", "예요", "에요", "이다", "이고", "이야")
"""It is: nouns have these endings, which verbs have, too."""
_VERB: Final = re.compile(
    r"(?:하|해|했|한|할|함|합|되|돼|된|됨|될|됩)[가-힣]*$"
    r"|(?:어요|아요|여요|요|서|야|서요|주세요|줘요|주기)$"
    r"|(?:니다|세요|십시오|는다|은다|고|면|으면|며|도록|지|기|다|여|어|아|함|음)$"
)
_ENGLISH_ENDINGS: Final = re.compile(r"(?:ing|ed|es|s|d|e|ly)$")
_FILLER_LIST: Final = """
a an the it its is are be was to in into of on at as by and or for with from this that these those i you we
they should must can put goes go throw thrown away dispose disposed answer think out up so then them
그냥 그것 그거 이것 것 거 것은 정답 정답은 답 답은 같아요 같다 같습니다 생각해요 생각합니다 그리고 및 또는
다음 후 뒤 먼저 법 방법 곳 때 버리는 버릴 버려 버려요 버린다 버립니다 버리기 버리면 버려야 버려야해요 버리고
버린 버림 넣어 넣어요 넣는다 넣기 넣습니다 넣고 담아 담아요 담아서 배출 배출해요 배출한다 배출합니다 내놓아요
내놓는다 해요 한다 합니다 해야 하고 하기 함 주세요 됩니다 돼요 된다 됨 안 못 않아요 않는다 않고 않음 않습니다
수거함 수거함에 수거함이요 수거함입니다 수거함이에요 수거함으로 분리수거함 분리수거함에
않다 아니에요 아니다 아닙니다 아니라 없다 없어요 없습니다 없음
"""
_FILLERS: Final = frozenset(_FILLER_LIST.split())
"""Words that tell no answer from another."""
_DENIES: Final = re.compile(
    r"(?<![가-힣])[안못](?=\s)|안\s?[되돼된됨됩]|못\s?[쓰하해]|않|아니|아닙|없[다어음습는]|마세요|말아야|금지|불가"
    r"|\b(?:not|no|never|without|cannot|nor|neither|don.?t|doesn.?t|isn.?t|aren.?t|can.?t|mustn.?t|shouldn.?t|won.?t)\b"
)
_COUNTED: Final = re.compile(
    r"(?<![가-힣])(한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(번|개|시간|가지|장|병|주|달|회|층|곳)"
)
_NUMBER_LIST: Final = """
한 두 세 네 다섯 여섯 일곱 여덟 아홉 열
one two three four five six seven eight nine ten
"""
_NUMBERS: Final = {word: str(at % 10 + 1) for at, word in enumerate(_NUMBER_LIST.split())}
_WORD: Final = re.compile(r"\d+|[^\W\d_]+")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}\b)")


@lru_cache(maxsize=2048)
def _folded(text: str) -> str:
    """In NFKC without case and what nobody sees; numbers in digits."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    seen = _THOUSANDS.sub("", unicodedata.normalize("NFKC", seen).casefold())
    return _COUNTED.sub(lambda found: f"{_NUMBERS[found[1]]}{found[2]}", seen)


def _squeezed(text: str) -> str:
    return "".join(_folded(text).split())


@lru_cache(maxsize=2048)
def _tokens(text: str) -> tuple[_Word, ...]:
    words = (_NUMBERS.get(word, word) if word.isascii() else word for word in _WORD.findall(_folded(text)))
    return tuple(found for found in map(_word, words) if found.keys)


@lru_cache(maxsize=8192)
def _word(text: str) -> _Word:
    keys = keystrokes(text)
    stem, inflected = _stem(text)
    stem_keys = keystrokes(stem) or keys
    return _Word(text, keys, stem_keys, inflected, len(stem) > 1, frozenset(stem_keys))


def _stem(text: str) -> tuple[str, bool]:
    if text.isascii():
        stem = _ENGLISH_ENDINGS.sub("", text) if len(text) >= 4 else text
        return (stem if len(stem) >= 3 else text), len(text) >= 4
    if ending := next((each for each in _IS if text.endswith(each) and len(text) > len(each)), ""):
        return text.removesuffix(ending).removesuffix("류"), False
    verb = _VERB.search(text)
    if verb and verb.start() >= 1:
        return text[: verb.start()], True
    for particle in _PARTICLES:
        if text.endswith(particle) and len(text) > len(particle):
            return text.removesuffix(particle), False
    return text, _is_adnominal(text)


def _is_adnominal(text: str) -> bool:
    """헹군, 버릴: what ends in ㄴ or ㄹ may be a verb before a noun."""
    code = ord(text[-1]) - 0xAC00
    return 0 <= code < 11172 and code % 28 in {4, 8}


def _meaning(text: str) -> tuple[_Word, ...]:
    """The words that carry meaning; all of them where none does."""
    words = _tokens(text)
    return tuple(word for word in words if word.text not in _FILLERS) or words


def _joined(words: Iterable[_Word]) -> str:
    return "".join(word.keys for word in words)


def _stemmed(words: Iterable[_Word]) -> str:
    return "".join(word.stem for word in words)


def _denies(text: str) -> bool:
    return bool(_DENIES.search(_folded(text)))


def _numbers(text: str) -> frozenset[str]:
    return frozenset(word.text for word in _tokens(text) if word.text.isdecimal())


# ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_IMAGE: Final = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\s]{0,500}\)")
_LINK: Final = re.compile(r"\[([^\]\n]{0,200})\]\([^)\s]{0,500}\)")
_LIST_MARK: Final = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)]|#{1,6}|>)\s+")
_MARKS: Final = str.maketrans("", "", "*_`~|")
_SENTENCE: Final = re.compile(r"(?<=[.!?。;])\s+")
_CLAUSE: Final = re.compile(r"[.!?。;,\n]+|(?<=고)\s|(?<=지만)\s|(?<=데)\s|\b(?:and|but|then)\b")


def plain(markdown: str) -> str:
    """The words of a side of a card, on one line."""
    return " ".join(_lines(markdown))


def points_of(markdown: str) -> tuple[str, ...]:
    """What a text says one after the other: the lines of a list, or the sentences."""
    lines = _lines(markdown)
    found = [sentence.strip() for line in lines for sentence in _SENTENCE.split(line)]
    return tuple(each for each in found if _meaning(each))[:MOST_POINTS]


def _lines(markdown: str) -> list[str]:
    lines = []
    for line in markdown[:LONGEST_EXPECTED].splitlines():
        words = _LINK.sub(r"\1", _IMAGE.sub("", _LIST_MARK.sub("", line))).translate(_MARKS)
        if kept := " ".join(words.split()):
            lines.append(kept)
    return lines


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(text) if clause.strip()]


def _cut(texts: Iterable[str]) -> tuple[str, ...]:
    shown = (text if len(text) <= _LONGEST_MISSING else f"{text[:_LONGEST_MISSING]}…" for text in texts)
    return tuple(shown)[:MOST_POINTS]
