"""Which messages have a word in them that nobody wants to read. Pure functions.

A list has one word an entry; ``!`` before a word makes it an exception: a listed word within it is none (``!시발점``).
Words are compared letter by letter, Hangul by its consonants and vowels, whatever case, width or encoding they are
written in. What cannot be seen between letters is ignored.

* Words of Hangul, Chinese or kana are found within other words, since endings are glued to them. They are found
  whole only: 시발 is not in 시바라.
* Words of other letters are found between letters of others only: ``ass`` is not in ``class``.
* Written apart (``시 발``, ``f.u.c.k``) they are found where nothing else touches their pieces: 병신 is not in
  ``빈 병 신문지``. Pieces of other letters are single ones, three at least, and no more of them follow.
* Initial consonants (``ㅅㅂ``) are found where they stand so, if they are listed so.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

EXCEPTION: Final = "!"
COMMENT: Final = "#"
LONGEST: Final = 40
"""Characters of a listed word."""
_WIDEST: Final = 3
"""Blanks, dots and the like between two letters that are still those of one word."""
_FEWEST: Final = 3
"""Single letters in a row that are looked at as a word: two are initials of something, or ``a s``."""

_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS: Final = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_JAMO: Final = {
    **{0x1100 + at: letter for at, letter in enumerate(_INITIALS)},
    **{0x1161 + at: letter for at, letter in enumerate(_VOWELS)},
    **{0x11A8 + at: letter for at, letter in enumerate(_FINALS)},
}
"""From the letters that syllables are made of to those of a keyboard, which look the same at the start and the end."""
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters by their category, but nothing can be seen of them."""
_GLUED: Final = ("HANGUL", "CJK", "HIRAGANA", "KATAKANA", "THAI")
"""Scripts whose words take endings without a blank, as Unicode's names of their letters begin."""


class _Unit(NamedTuple):
    """A letter or a syllable of a text."""

    letters: str
    """What it is made of."""
    glued: bool
    """Of a script whose words take endings."""
    apart: bool
    """Something stands between it and the one before, or it is the first."""
    far: bool
    """So much that they are not of one word."""


class _Text(NamedTuple):
    letters: str
    units: Sequence[_Unit]
    starts: dict[int, int]
    """Place of a unit's first letter → the unit's number."""
    ends: dict[int, int]
    """Place after a unit's last letter → the unit's number."""


class Words:
    """A list of words, ready to be looked for."""

    def __init__(self, entries: Sequence[str]) -> None:
        listed: list[_Text] = []
        exceptions: list[_Text] = []
        for entry in entries:
            text = _read(entry.removeprefix(EXCEPTION))
            if text.letters:
                (exceptions if entry.startswith(EXCEPTION) else listed).append(text)
        self._listed = listed
        self._exceptions = exceptions

    def are_in(self, text: str) -> bool:
        """Whether a listed word is in ``text``."""
        if not self._listed:
            return False
        read = _read(text)
        excepted: list[tuple[int, int]] | None = None
        for word in self._listed:
            for first, last in _places(read, word.letters):
                if not _is_word(read, word, first, last):
                    continue
                if excepted is None:
                    excepted = [place for each in self._exceptions for place in _places(read, each.letters)]
                if not any(start <= first and last <= end for start, end in excepted):
                    return True
        return False


@lru_cache(maxsize=256)
def words_of(entries: tuple[str, ...]) -> Words:
    """Of a room's list, which is looked for in each of its messages."""
    return Words(entries)


def entries_of(file: str) -> tuple[str, ...]:
    """The entries of a file's text: one a line; what begins with ``#`` is a comment."""
    lines = (line.strip() for line in file.splitlines())
    return tuple(line for line in lines if line and not line.startswith(COMMENT))


def _is_word(text: _Text, word: _Text, first: int, last: int) -> bool:
    """Whether the units ``first`` to ``last`` are ``word`` and no piece of something else."""
    inside = text.units[first + 1 : last + 1]
    glued = any(unit.glued for unit in word.units)
    if not any(unit.apart for unit in inside):
        return glued or not (_touches_before(text, first) or _touches_after(text, last))
    if any(unit.far for unit in inside):
        return False
    if not (text.units[first].apart and _ends_apart(text, last)):
        return False
    if glued:
        return True
    spelt = len(inside) + 1 >= _FEWEST and all(unit.apart for unit in inside)
    return spelt and not (_stands_alone(text, first - 1) or _stands_alone(text, last + 1))


def _stands_alone(text: _Text, at: int) -> bool:
    """Whether there is a single letter: then it is of the same word (``a s s u m e``)."""
    return 0 <= at < len(text.units) and text.units[at].apart and _ends_apart(text, at) and not text.units[at].glued


def _touches_before(text: _Text, first: int) -> bool:
    return not text.units[first].apart and _is_spaced_letter(text.units[first - 1])


def _touches_after(text: _Text, last: int) -> bool:
    return not _ends_apart(text, last) and _is_spaced_letter(text.units[last + 1])


def _ends_apart(text: _Text, last: int) -> bool:
    return last + 1 == len(text.units) or text.units[last + 1].apart


def _is_spaced_letter(unit: _Unit) -> bool:
    return not unit.glued and unit.letters.isalpha()


def _places(text: _Text, letters: str) -> Iterator[tuple[int, int]]:
    """The first and the last unit of each place where ``letters`` are whole units."""
    at = text.letters.find(letters)
    while at >= 0:
        first, last = text.starts.get(at), text.ends.get(at + len(letters))
        if first is not None and last is not None:
            yield first, last
        at = text.letters.find(letters, at + 1)


def _read(text: str) -> _Text:
    units = list(_units(text))
    starts, ends, at = {}, {}, 0
    for number, unit in enumerate(units):
        starts[at] = number
        at += len(unit.letters)
        ends[at] = number
    return _Text("".join(unit.letters for unit in units), units, starts, ends)


def _units(text: str) -> Iterator[_Unit]:
    between, first = 0, True
    for letter in _normal(text):
        category = unicodedata.category(letter)
        if category[0] in "LN" and letter not in _FILLERS:
            yield _Unit(_taken_apart(letter), _is_glued(letter), first or between > 0, between > _WIDEST)
            between, first = 0, False
        elif category[0] in "PSZ" or letter in "\t\r\n":
            between += 1
        # Anything else cannot be seen, or is a mark on the letter before it.


def _normal(text: str) -> str:
    """As Unicode compares identifiers (NFKC, case-folded): Hangul in syllables, full width as half width."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=4096)
def _taken_apart(letter: str) -> str:
    """Of a syllable its consonants and vowel, as a keyboard has them; of a Latin letter what is left without marks."""
    name = unicodedata.name(letter, "")
    if not name.startswith(("HANGUL", "LATIN")):
        return letter
    parts = unicodedata.normalize("NFD", letter)
    return "".join(_JAMO.get(ord(part), part) for part in parts if unicodedata.category(part)[0] != "M")


@lru_cache(maxsize=4096)
def _is_glued(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_GLUED)
