"""What is found by a search: pieces of two letters, so that Korean words of two syllables are found, and initial
consonants (``ㅈㅎㅇ`` finds 재활용). Pure functions, the same for what is stored and what is looked for.

PostgreSQL's trigrams need three letters, and most Korean words have two syllables.
"""

import re
import unicodedata
from typing import Final, NamedTuple

LONGEST: Final = 4000
"""Characters of a text that are looked at."""

_SYLLABLES: Final = range(0xAC00, 0xD7A4)
_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_LETTERS: Final = frozenset(chr(code) for code in range(0x3131, 0x3164))
"""Consonants and vowels standing alone, as keyboards give them (Hangul Compatibility Jamo)."""
_RUN: Final = re.compile(r"[^\W_]+")


class Sought(NamedTuple):
    """What a message must have to be looked at: all of ``grams``, all of ``initials``."""

    grams: tuple[str, ...]
    initials: tuple[str, ...]


def composed(text: str) -> str:
    """In NFC: macOS sends letters of Hangul one by one (NFD)."""
    return unicodedata.normalize("NFC", text)


def normal(text: str) -> str:
    """In NFC, without case."""
    return composed(text[:LONGEST]).casefold()


def grams_of(text: str) -> list[str]:
    """Every piece of two letters of a word, and every single syllable: 캔 is a word, too."""
    found: dict[str, None] = {}
    for run in _RUN.findall(normal(text)):
        found.update(dict.fromkeys(_pairs(run)))
        found.update(dict.fromkeys(letter for letter in run if ord(letter) in _SYLLABLES or len(run) == 1))
    return list(found)


def initials_of(text: str) -> list[str]:
    """Every piece of two initial consonants of neighbouring syllables."""
    found: dict[str, None] = {}
    for run in _RUN.findall(normal(text)):
        found.update(dict.fromkeys(_pairs("".join(map(_initial, run)))))
    return list(found)


def sought(words: str) -> Sought:
    """For each word: its pieces, or those of its initial consonants where it is written in them. A consonant that
    begins the next syllable (``건ㅈ``) is left out."""
    grams: dict[str, None] = {}
    initials: dict[str, None] = {}
    for run in _RUN.findall(normal(words)):
        whole = run.rstrip("".join(_LETTERS)) if run[0] not in _LETTERS else run
        if all(letter in _INITIALS for letter in whole) and len(whole) > 1:
            initials.update(dict.fromkeys(_pairs(whole)))
        elif len(whole) > 1:
            grams.update(dict.fromkeys(_pairs(whole)))
        elif whole and whole not in _LETTERS:
            grams[whole] = None
    return Sought(tuple(grams), tuple(initials))


def matches(text: str, words: str) -> bool:
    """Whether each of ``words`` is in ``text``, as it stands or by its initial consonants: pieces that are all there
    need not stand side by side."""
    kept = normal(text)
    spelt = "".join(map(_initial, kept))
    for run in _RUN.findall(normal(words)):
        whole = run.rstrip("".join(_LETTERS)) if run[0] not in _LETTERS else run
        by_initials = all(letter in _INITIALS for letter in whole)
        if whole not in (spelt if by_initials else kept):
            return False
    return True


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _initial(letter: str) -> str:
    code = ord(letter)
    return _INITIALS[(code - 0xAC00) // 588] if code in _SYLLABLES else letter
