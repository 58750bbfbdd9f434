import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.recycling.table import RuleTable
from bunri.domains.recycling.words import find, forms, term, terms


class TestForms:
    @pytest.mark.parametrize(
        ("text", "keys"),
        [
            ("Pizza Boxes", [["pizza", "boxes"], ["pizza", "box"]]),
            ("ＰＰ용기", [["ppdydrl"], ["pp", "dydrl"]]),
            ("페트병", [["vpxmqud"]]),
            ("pizza box", [["pizza", "box"]]),
            ("★", [[]]),
        ],
    )
    def test_are_the_text_and_its_english_words_in_the_singular(self, text: str, keys: list[list[str]]) -> None:
        assert forms(text) == keys

    def test_give_a_word_to_one_item_only(self, table: RuleTable) -> None:
        assert {each.item for each in table.terms if each.keys == "tablets"} == {"medicine"}
        assert {each.item for each in table.terms if each.keys == "tablet"} == {"phone"}

    def test_of_a_name_that_means_another_thing_in_the_singular_are_one(self) -> None:
        assert [each.keys for each in terms("glasses", "Glasses")] == ["glasses"]
        assert [each.keys for each in terms("bones", "Bones")] == ["bones", "bone"]


class TestFind:
    @pytest.mark.parametrize(
        ("said", "item"),
        [
            ("페트병", "clear-pet-bottle"),
            ("패트병", "clear-pet-bottle"),
            ("vpxmqud", "clear-pet-bottle"),
            ("컵라면용기", "noodle-cup"),
            ("이거 컵라면 용기인데 어디에 버려요?", "noodle-cup"),
            ("스티로품 상자", "styrofoam-box"),
            ("바나나껍질이요", "fruit-peel"),
            ("보조밧데리", "power-bank"),
            ("plastic botle", "clear-pet-bottle"),
            ("two milk cartons", "milk-carton"),
            ("greasy pizza box", "pizza-box"),
            ("기름 묻은 피자박스", "pizza-box"),
            ("깨진 유리컵", "broken-glass"),
            ("drinking glasses", "drinking-glass"),
            ("kitchen knives", "knife-scissors"),
            ("ＬＥＤ조명", "led-bulb"),
        ],
    )
    def test_hears_what_people_mean(self, table: RuleTable, said: str, item: str) -> None:
        hits = find(said, table.terms)
        assert max(hits, key=lambda slug: hits[slug].quality) == item

    @pytest.mark.parametrize("said", ["over the hills", "asdfgh", "이거 뭐예요", "", "  ", "🥤"])
    def test_hears_nothing_in_other_words(self, table: RuleTable, said: str) -> None:
        assert find(said, table.terms) == {}

    def test_a_short_english_word_is_not_heard_inside_another(self) -> None:
        assert find("open carpets", [term("pen", "pen"), term("pet", "pet")]) == {}

    def test_a_name_inside_a_longer_name_says_nothing(self, table: RuleTable) -> None:
        assert "battery" not in find("보조배터리", table.terms)

    @given(said=st.text(max_size=300))
    def test_never_fails_and_never_promises_more_than_certainty(self, table: RuleTable, said: str) -> None:
        assert all(0 < hit.quality <= 1 for hit in find(said, table.terms).values())
