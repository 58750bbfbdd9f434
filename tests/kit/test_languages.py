"""The catalogues and the choice of a language."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.kit.languages import LANGUAGES, catalogue, negotiate, text


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


class TestCatalogues:
    def test_both_languages_have_the_same_sentences(self) -> None:
        assert set(catalogue("ko")) == set(catalogue("en"))

    def test_both_languages_fill_in_the_same_places(self) -> None:
        korean, english = catalogue("ko"), catalogue("en")
        assert {key: _placeholders(korean[key]) for key in korean} == {
            key: _placeholders(english[key]) for key in english
        }

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_sentence_is_empty(self, language: str) -> None:
        assert [key for key, sentence in catalogue("ko" if language == "ko" else "en").items() if not sentence] == []

    def test_a_sentence_is_filled(self) -> None:
        assert text("errors.limited", "en", retry_after=7) == "Too many requests. Please try again in 7 s."

    def test_a_missing_sentence_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            text("errors.no_such_thing", "ko")


class TestNegotiate:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            (None, "ko"),
            ("", "ko"),
            ("en", "en"),
            ("en-GB,ko;q=0.8", "en"),
            ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
            ("fr,en;q=0.3", "en"),
            ("en;q=0.2, ko;q=0.7", "ko"),
            ("en;q=0", "ko"),
            ("ja", "ko"),
            ("en;q=what", "ko"),
        ],
    )
    def test_takes_the_best_of_ours(self, header: str | None, language: str) -> None:
        assert negotiate(header) == language

    @given(st.text(max_size=300))
    def test_takes_anything_a_client_may_send(self, header: str) -> None:
        assert negotiate(header) in LANGUAGES
