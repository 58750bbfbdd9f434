"""Words that nobody wants to read are found however they are written, and never within innocent ones."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.chat.words import Words, entries_of, words_of

LISTED = Words(["시발", "!시발점", "!시발역", "병신", "개새끼", "ㅅㅂ", "ass", "fuck", "cunt", "바보 똥개", "馬鹿"])


@pytest.mark.parametrize(
    "said",
    [
        "시발",
        "이 시발아",
        "시\u200b발",
        "시.발",
        "시 발",
        "시 - 발",
        "ㅅㅣㅂㅏㄹ",
        "시바ㄹ",
        "개새끼들",
        "개 새끼",
        "병.신",
        "ㅅㅂ",
        "아ㅅㅂ",
        "ㅅ ㅂ",
        "ASS",
        "you ass!",
        "ａｓｓ",
        "𝐚𝐬𝐬",
        "f u c k",
        "f.u.c.k",
        "f\u00adu\u200dck",
        "fück",
        "fuck을",
        "바보똥개",
        "이 馬鹿め",
        "시발점에서 시발",
    ],
)
def test_listed_words_are_found(said: str) -> None:
    assert LISTED.are_in(said)
    assert LISTED.are_in(unicodedata.normalize("NFD", said))


@pytest.mark.parametrize(
    "said",
    [
        "",
        "안녕하세요",
        "Scunthorpe",
        "class, glass, assess",
        "as s",
        "a s s u m e",
        "시발점",
        "시발역에서 봐요",
        "시바라",
        "다시 발견했어요",
        "빈 병 신문지",
        "유리병 신고",
        "병, 신발, 캔",
        "빈병,신문,캔",
        "옷봐",
        "못 봐요",
        "앗, 봐요",
        "ㅅ으로 시작, ㅂ으로 끝",
        "시" + " " * 9 + "발",
        "바보 같은 똥개",
        "bass fuckle",
    ],
)
def test_innocent_words_are_not(said: str) -> None:
    assert not LISTED.are_in(said)
    assert not LISTED.are_in(unicodedata.normalize("NFD", said))


def test_of_an_empty_list_nothing_is_found() -> None:
    assert not Words([]).are_in("시발")
    assert not Words(["", "!", "  ", "!시발", "\u3164"]).are_in("시발 \u3164")


def test_a_file_has_a_word_a_line() -> None:
    assert entries_of("# 욕\n시발\n\n  !시발점 \r\nass\n") == ("시발", "!시발점", "ass")
    assert words_of(("시발",)) is words_of(("시발",))


SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=6)
LATIN = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=3, max_size=8)
UNSEEN = st.text(st.sampled_from("\u200b\u200c\u200d\u2060\ufe0f\u00ad\u3164"), max_size=3)
BETWEEN = st.text(st.sampled_from(" .·-_*~\t"), min_size=1, max_size=3)


def spread(word: str, between: list[str]) -> str:
    return "".join(letter + gap for letter, gap in zip(word, [*between, ""], strict=False))


@given(word=SYLLABLES | LATIN, data=st.data())
def test_unseen_characters_hide_nothing(word: str, data: st.DataObject) -> None:
    gaps = data.draw(st.lists(UNSEEN, min_size=len(word) - 1, max_size=len(word) - 1))
    assert Words([word]).are_in(spread(word, gaps))


@given(word=SYLLABLES | LATIN, data=st.data())
def test_nor_do_blanks_and_dots_between_all_letters(word: str, data: st.DataObject) -> None:
    gaps = data.draw(st.lists(BETWEEN, min_size=len(word) - 1, max_size=len(word) - 1))
    assert Words([word]).are_in(f"자, {spread(word, gaps)} 요")


@given(word=SYLLABLES, before=SYLLABLES, after=SYLLABLES)
def test_hangul_is_found_within_other_words_and_an_exception_is_not(word: str, before: str, after: str) -> None:
    whole = f"{before}{word}{after}"
    assert Words([word]).are_in(whole)
    assert not Words([word, f"!{whole}"]).are_in(f"{whole}")


@given(word=LATIN, before=LATIN, after=LATIN)
def test_latin_is_not_found_within_other_words(word: str, before: str, after: str) -> None:
    words = Words([word])
    others = [part for part in (before, after) if part != word]
    assert not words.are_in(f"{before}{word}{after}")
    assert words.are_in(" ".join([*others, word.upper()]))


@given(word=SYLLABLES | LATIN, said=st.text(max_size=80))
def test_the_way_of_writing_makes_no_difference(word: str, said: str) -> None:
    words = Words([word])
    found = words.are_in(said)
    for form in ("NFC", "NFD"):
        assert words.are_in(unicodedata.normalize(form, said)) is found
    assert Words([unicodedata.normalize("NFD", word).upper()]).are_in(said) is found
    assert words.are_in(f"{said} {word}")


@given(entries=st.lists(st.text(max_size=10), max_size=5), said=st.text(max_size=60))
def test_no_list_and_no_text_breaks_it(entries: list[str], said: str) -> None:
    assert Words(entries).are_in(said) in (True, False)
