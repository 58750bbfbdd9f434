from copy import deepcopy
from typing import Any

import pytest

from bunri.domains.recycling.checks import check
from bunri.domains.recycling.files import shipped_document
from bunri.domains.recycling.rows import BadRules, Document
from bunri.domains.recycling.table import RuleTable, build, version_of


def _row(document: Document, kind: str, slug: str) -> dict[str, Any]:
    return next(row for row in document[kind] if row["slug"] == slug)


@pytest.fixture
def document() -> Document:
    return deepcopy(shipped_document())


def _problems(document: Document) -> str:
    with pytest.raises(BadRules) as caught:
        check(document)
    return "\n".join(caught.value.problems)


class TestMistakes:
    def test_a_division_names_things_of_its_material_that_go_elsewhere(self, document: Document) -> None:
        _row(document, "division", "textile")["items"] = {"shoes": 0.3, "aluminium-foil": 0.3}
        problems = _problems(document)
        assert "division textile: shoes goes where clothes goes" in problems
        assert "division textile: aluminium-foil is of metal" in problems
        assert "leave less than half for the usual thing" in problems

    def test_an_unknown_category_is_named(self, document: Document) -> None:
        _row(document, "item", "book-magazine")["category"] = "papier"
        assert "book-magazine: there is no category 'papier'" in _problems(document)

    def test_a_missing_language_is_named(self, document: Document) -> None:
        del _row(document, "item", "book-magazine")["name"]["en"]
        assert _problems(document).startswith("item book-magazine: name.en: ")

    def test_a_rule_without_source_or_date_is_refused(self, document: Document) -> None:
        del _row(document, "item", "book-magazine")["rule"]["date"]
        assert "item book-magazine: rule.date: " in _problems(document)

    def test_a_source_nobody_knows_is_named(self, document: Document) -> None:
        _row(document, "item", "book-magazine")["rule"]["source"] = "hearsay"
        assert "book-magazine: there is no source 'hearsay'" in _problems(document)

    def test_a_word_that_means_two_things_is_named(self, document: Document) -> None:
        _row(document, "item", "book-magazine")["also"]["ko"].append("신 문")
        assert "'신 문' already means newspaper" in _problems(document)

    def test_a_misspelt_field_is_named(self, document: Document) -> None:
        _row(document, "item", "book-magazine")["categroy"] = "paper"
        assert "item book-magazine: categroy: " in _problems(document)

    def test_a_shared_step_that_does_not_exist_is_named(self, document: Document) -> None:
        _row(document, "item", "book-magazine")["steps"] = ["iron_it"]
        assert "book-magazine: there is no shared step 'iron_it'" in _problems(document)

    def test_a_sign_nobody_draws_is_named(self, document: Document) -> None:
        _row(document, "step", "rinse")["sign"] = "juggle"
        _row(document, "item", "milk-carton")["steps"][2]["sign"] = "juggle"
        problems = _problems(document)
        assert "step rinse: sign: " in problems
        assert "item milk-carton: steps.2.sign: " in problems

    def test_a_step_needs_no_sign(self, document: Document) -> None:
        """Tables of earlier releases have none."""
        del _row(document, "step", "rinse")["sign"]
        check(document)

    def test_a_step_that_is_no_step_is_named(self, document: Document) -> None:
        _row(document, "item", "book-magazine")["steps"] = [["rinse"]]
        assert "item book-magazine: steps.0" in _problems(document)

    def test_a_condition_that_moves_a_thing_needs_steps(self, document: Document) -> None:
        del _row(document, "condition", "broken-glass")["steps"]
        assert "broken-glass: `category` and `steps` belong together" in _problems(document)

    def test_a_region_within_itself_is_refused(self, document: Document) -> None:
        _row(document, "region", "seoul")["within"] = "seoul-nowon"
        assert "seoul: it lies within itself" in _problems(document)

    def test_shares_that_are_not_together_one_are_refused(self, document: Document) -> None:
        _row(document, "class", "bottle")["items"]["glass-bottle"] = 0.9
        assert "class bottle: its shares" in _problems(document)

    def test_korean_text_in_the_english_field_is_refused(self, document: Document) -> None:
        _row(document, "item", "book-magazine")["name"]["en"] = "책"
        assert "book-magazine: the English name '책' is Korean" in _problems(document)

    def test_a_word_of_signs_only_is_refused(self, document: Document) -> None:
        _row(document, "item", "book-magazine")["also"]["ko"].append("★")
        assert "book-magazine: '★' has no letters" in _problems(document)

    def test_all_mistakes_are_told_at_once(self, document: Document) -> None:
        _row(document, "item", "book-magazine")["category"] = "papier"
        _row(document, "item", "pen")["forms"] = ["pointy"]
        assert len(_problems(document).splitlines()) == 2


class TestVersion:
    def test_is_the_same_for_the_same_content(self, table: RuleTable) -> None:
        assert build(shipped_document()).version == table.version
        assert len(table.version) == 16

    def test_changes_with_a_single_letter(self, document: Document, table: RuleTable) -> None:
        _row(document, "item", "book-magazine")["name"]["ko"] += "."
        assert version_of(document) != table.version

    def test_changes_with_the_order_of_conditions(self, document: Document, table: RuleTable) -> None:
        document["condition"].reverse()
        assert version_of(document) != table.version


class TestRegion:
    @pytest.mark.parametrize("named", ["seoul-nowon", "노원구", "서울 노원구", "서울특별시노원구", "Nowon-gu", "NOWON"])
    def test_is_found_by_any_of_its_names(self, table: RuleTable, named: str) -> None:
        region = table.region(named)
        assert region
        assert region.slug == "seoul-nowon"

    @pytest.mark.parametrize("named", [None, "", "  ", "Atlantis", "중구"])
    def test_is_nobody_else(self, table: RuleTable, named: str | None) -> None:
        """There is a Jung-gu in six cities."""
        assert table.region(named) is None

    def test_inherits_from_what_it_lies_within(self, table: RuleTable) -> None:
        assert [each.slug for each in table.region_chain(table.region("노원"))] == ["seoul-nowon", "seoul"]
