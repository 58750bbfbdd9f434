import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domains.recycling.typed_words import typed

from bunri.domains.recycling.identifying import named_items
from bunri.domains.recycling.table import RuleTable
from bunri.domains.recycling.words import Vocabulary, find, forms, term, terms
from bunri.kit.keystrokes import slips_between


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
        hits = find(said, table.terms, table.vocabulary)
        assert max(hits, key=lambda slug: (hits[slug].sure, hits[slug].quality)) == item

    @pytest.mark.parametrize("said", ["over the hills", "asdfgh", "이거 뭐예요", "", "  ", "🥤"])
    def test_hears_nothing_in_other_words(self, table: RuleTable, said: str) -> None:
        assert find(said, table.terms, table.vocabulary) == {}

    def test_a_short_english_word_is_not_heard_inside_another(self) -> None:
        assert find("open carpets", [term("pen", "pen"), term("pet", "pet")], Vocabulary()) == {}

    def test_a_name_inside_a_longer_name_says_nothing(self, table: RuleTable) -> None:
        assert "battery" not in find("보조배터리", table.terms, table.vocabulary)

    @given(said=st.text(max_size=300))
    def test_never_fails_and_never_promises_more_than_certainty(self, table: RuleTable, said: str) -> None:
        assert all(0 < hit.quality <= 1 for hit in find(said, table.terms, table.vocabulary).values())


class TestSure:
    """Whether words name a thing, measured on lists of what people type: words.tsv, by which the vocabulary was chosen,
    and words-later.tsv, which was written afterwards. "-" is what no row knows."""

    @pytest.mark.parametrize(("name", "accepted", "refused"), [("words.tsv", 0, 0), ("words-later.tsv", 2, 6)])
    def test_what_the_table_knows_is_named_and_what_it_does_not_is_not(
        self, table: RuleTable, name: str, accepted: int, refused: int
    ) -> None:
        wrongly_accepted, wrongly_refused = [], []
        for asked in typed(name):
            named = named_items(table, asked.words)
            best = max(named, key=lambda slug: named[slug].quality, default=None)
            if best is None and asked.items:
                wrongly_refused.append(asked.words)
            elif best is not None and best not in asked.items:
                wrongly_accepted.append((asked.words, best))
        assert len(wrongly_accepted) <= accepted, wrongly_accepted
        assert len(wrongly_refused) <= refused, wrongly_refused

    def test_the_lists_are_long_and_even(self, table: RuleTable) -> None:
        for name, least in (("words.tsv", 200), ("words-later.tsv", 100)):
            words = typed(name)
            assert len(words) >= least
            assert 0.4 <= sum(not each.items for each in words) / len(words) <= 0.6
            assert {item for each in words for item in each.items} <= set(table.items)

    @pytest.mark.parametrize(
        ("said", "item", "sure"),
        [
            ("캠핑 의자", "chair-stool", True),
            ("의자 바퀴", "chair-stool", False),
            ("장난감 의자", "chair-stool", False),
            ("빈 병", "glass-bottle", True),
            ("링거 병", "glass-bottle", False),
            ("rusty frying pan", "frying-pan", True),
            ("frying pan handle", "frying-pan", False),
            ("toy umbrella", "umbrella-parasol", False),
        ],
    )
    def test_depends_on_the_words_beside_the_name(self, table: RuleTable, said: str, item: str, sure: bool) -> None:
        assert find(said, table.terms, table.vocabulary)[item].sure is sure

    def test_a_name_is_not_put_together_from_the_ends_of_two_words(self) -> None:
        spaced, across = (find(said, [term("dish", "밥그릇")], Vocabulary()) for said in ("밥 그릇", "즉석밥 그릇"))
        assert spaced["dish"].sure
        assert not across["dish"].sure

    @pytest.mark.parametrize(
        ("given", "name", "slips"),
        [
            ("botle", "bottle", 1),
            ("cardbord", "cardboard", 1),
            ("tihs", "this", 1),
            ("voxmqud", "vpxmqud", 1),
            ("qlgodrl", "qhgodrl", 2),
            ("a", "abcd", 3),
            ("", "", 0),
        ],
    )
    def test_slips_are_counted_by_keys(self, given: str, name: str, slips: int) -> None:
        assert slips_between(given, name, 2) == slips == slips_between(name, given, 2)
