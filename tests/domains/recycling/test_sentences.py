"""Sentences about every row of the rule table, for models that compare pictures with words."""

import pytest

from bunri.domains.recycling.sentences import MOST, NOT_WASTE, load_sentences, sentences_of
from bunri.domains.recycling.table import load_table

TABLE = {
    "item": [{"slug": "can", "name": {"en": "Can", "ko": "캔"}}, {"slug": "cup", "name": {"en": "Cup", "ko": "컵"}}]
}
WRITTEN = {
    "without": [],
    "rows": {"can": {"en": ["a crushed can"], "ko": ["빈 캔"]}},
    "rejects": {"en": ["a wall"], "ko": ["벽"]},
}


class TestOfThisRelease:
    def test_every_row_that_a_picture_can_show_has_some_in_both_languages(self) -> None:
        rows = load_sentences().rows
        without = {"unknown-item", "other-waste"}
        assert set(rows) == set(load_table().items) - without
        assert all(row[language] for row in rows.values() for language in ("ko", "en"))
        assert all(len(row[language]) <= MOST for slug, row in rows.items() if slug != NOT_WASTE for language in row)

    def test_no_sentence_is_of_two_rows(self) -> None:
        rows = load_sentences().rows
        for language in ("ko", "en"):
            said = [sentence for row in rows.values() for sentence in row[language]]
            assert sorted({each for each in said if said.count(each) > 1}) == []

    def test_what_pictures_of_nothing_show_means_no_waste(self) -> None:
        assert load_table().items[NOT_WASTE].category == "not_waste"
        assert "a photo of a person." in load_sentences().rows[NOT_WASTE]["en"]


class TestMaking:
    def test_own_words_come_before_names(self) -> None:
        rows = sentences_of(TABLE, WRITTEN).rows
        assert rows["can"] == {"ko": ("빈 캔 사진",), "en": ("a photo of a crushed can.",)}
        assert rows["cup"] == {"ko": ("컵 사진",), "en": ("a photo of cup.",)}

    def test_names_of_several_things_are_passed_over(self) -> None:
        iron = {
            "slug": "iron",
            "name": {"en": "Iron or kettle", "ko": "다리미·주전자"},
            "also": {"en": ["steam iron"], "ko": ["다리미"]},
        }
        rows = sentences_of({"item": [iron]}, {**WRITTEN, "rows": {}}).rows
        assert rows["iron"] == {"ko": ("다리미 사진",), "en": ("a photo of steam iron.",)}

    def test_the_version_changes_with_any_word(self) -> None:
        other = {**WRITTEN, "rejects": {"en": ["a floor"], "ko": ["벽"]}}
        assert sentences_of(TABLE, WRITTEN).version == sentences_of(TABLE, dict(WRITTEN)).version
        assert sentences_of(TABLE, WRITTEN).version != sentences_of(TABLE, other).version

    def test_words_about_a_row_that_is_gone_are_refused(self) -> None:
        with pytest.raises(KeyError):
            sentences_of(TABLE, {**WRITTEN, "rows": {"gone": {"en": ["x"], "ko": ["x"]}}})
