import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.kit.keystrokes import keystrokes, similarity, trigrams


class TestKeystrokes:
    @pytest.mark.parametrize(
        ("text", "keys"),
        [
            ("페트병", "vpxmqud"),
            ("값", "rkqt"),
            ("까치", "rkcl"),
            ("뷁", "qnpfr"),
            ("의자", "dmlwk"),
            ("ㅍㅔㅌ", "vpx"),
            ("ㄳ", "rt"),
            ("PET 병!", "petqud"),
            ("Café №5", "cafeno5"),
            ("ﾊﾞﾅﾅ", ""),
            ("★ ★", ""),
        ],
    )
    def test_are_those_of_the_two_set_keyboard(self, text: str, keys: str) -> None:
        assert keystrokes(text) == keys

    def test_fold_tense_consonants(self) -> None:
        assert keystrokes("뽁뽁이") == keystrokes("복복이")

    def test_do_not_care_for_spaces(self) -> None:
        assert keystrokes("컵 라면용 기") == keystrokes("컵라면 용기")

    def test_of_a_half_typed_word_begin_the_whole(self) -> None:
        whole = "스티로폼"
        for half in ("스티로ㅍ", "스티로포", "스틸", "스"):
            assert keystrokes(whole).startswith(keystrokes(half)), half

    @given(st.text())
    def test_are_always_plain_letters_and_digits(self, text: str) -> None:
        keys = keystrokes(text)
        assert all(key.isascii() and key.isalnum() and key == key.lower() for key in keys)

    @given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=50))
    def test_typed_with_the_keyboard_in_english_are_the_same_word(self, text: str) -> None:
        assert keystrokes(keystrokes(text)) == keystrokes(text)


class TestSimilarity:
    @given(st.text(), st.text())
    def test_is_a_share_and_goes_both_ways(self, left: str, right: str) -> None:
        one, other = trigrams(keystrokes(left)), trigrams(keystrokes(right))
        assert 0 <= similarity(one, other) == similarity(other, one) <= 1
        assert similarity(one, one) == 1
