import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations.importing.values import clean, distinct, number, present


class TestClean:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("  a \t b\n", "a b"),
            ("128.1\u200b", "128.1"),
            ("\ufeff\u200e128.1\u00ad", "128.1"),
            ("128.1\u00a0", "128.1"),
            ("\u3164시청\u3000앞\u3164", "시청 앞"),
            ("건\u200b전지\x07함\x85", "건전지 함"),
            (unicodedata.normalize("NFD", "위도"), "위도"),
        ],
    )
    def test_leaves_what_is_seen(self, written: str, read: str) -> None:
        assert clean(written) == read

    @given(st.text())
    def test_is_done_after_one_time(self, written: str) -> None:
        assert clean(clean(written)) == clean(written)


class TestPresent:
    @pytest.mark.parametrize(
        "value",
        [
            *("", "-", "--", "—", ".", "...", "…", "?", "/", "*", "ㅡ", "－", "( - )"),
            *("없음", "해당없음", "해당 없음", "(없음)", "주소 없음", "해당사항 없음", "미상", "미정", "알 수 없음"),
            *("N/A", "n.a.", "NA", "#N/A", "null", "(NULL)", "<null>", "None", "nan", "Unknown", "ＮＵＬＬ"),
        ],
    )
    def test_is_nothing_where_the_word_says_so(self, value: str) -> None:
        assert present(value) == ""

    @pytest.mark.parametrize(
        "value", ["없음길 1", "미상동", "무지개마트", "Nana", "No. 1", "가-나", "1", "?!", "-1.5", "\ufffd"]
    )
    def test_is_the_value_otherwise(self, value: str) -> None:
        assert present(value) == value


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "read"),
        [
            ("35.8", 35.8),
            ("+35", 35),
            (".5", 0.5),
            ("35.", 35),
            ("1.281E+02", 128.1),
            ("１２８．１", 128.1),
            ("−3", -3),
        ],
    )
    def test_is_read_in_any_digits(self, value: str, read: float) -> None:
        assert number(value) == read

    @pytest.mark.parametrize("value", ["", "3_7", "inf", "nan", "0x10", "35,8", "북위 37", "3 7"])
    def test_is_none_for_anything_else(self, value: str) -> None:
        assert number(value) is None


class TestDistinct:
    def test_numbers_twins(self) -> None:
        assert distinct(["a", "b", " a", "a\u200b", "a (2)"]) == ["a", "b", "a (2)", "a (3)", "a (2) (2)"]
