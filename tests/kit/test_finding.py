"""Korean is found by two syllables, by initial consonants, while it is being typed, and however it is encoded."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.kit import finding

SAID = "건전지는 어디에 버려요? 수지 씨가 PET병도 물었어요"


def is_found(words: str, said: str = SAID) -> bool:
    """As the database and then ``matches`` find it."""
    sought = finding.sought(words)
    has = set(sought.grams) <= set(finding.grams_of(said)) and set(sought.initials) <= set(finding.initials_of(said))
    return bool(sought.grams or sought.initials) and has and finding.matches(said, words)


@pytest.mark.parametrize(
    "words",
    ["건전지", "전지", "수지", "지는", "어디", "ㄱㅈㅈ", "ㅅㅈ", "건전ㅈ", "pet", "PET병", "건전지 수지", "병", "pe"],
)
def test_what_is_there_is_found(words: str) -> None:
    """[32]"""
    assert is_found(words)
    assert is_found(unicodedata.normalize("NFD", words))
    assert is_found(words, unicodedata.normalize("NFD", SAID))


@pytest.mark.parametrize("words", ["건지", "전건", "ㄱㅅ", "수지는", "", "?", "ㅋ", "캔", "건전지 캔"])
def test_what_is_not_there_is_not(words: str) -> None:
    """[30]"""
    assert not is_found(words)


@given(said=st.text(max_size=60), start=st.integers(0, 60), length=st.integers(2, 20))
def test_every_piece_of_a_word_finds_its_message(said: str, start: int, length: int) -> None:
    runs = finding._RUN.findall(finding.normal(said))
    for run in runs:
        piece = run[start % len(run) :][:length]
        if len(piece) > 1 and not set(piece) & finding._LETTERS:
            assert is_found(piece, said)
