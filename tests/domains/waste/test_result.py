"""The contract's result: one item for each thing, asked about only where it matters."""

from datetime import date

import pytest

from bunri.domains.recycling.public import Advice, Disposal, RuleRef
from bunri.domains.waste.fusion import Candidate, SeenItem
from bunri.domains.waste.result import assemble, model_versions_of
from bunri.domains.waste.schemas import Item
from bunri.kit.materials import Material

BOOK = Candidate(item="book", name="Book", material=Material.PAPER, form="book", probability=0.5)
BOX = Candidate(item="paper-box", name="Paper box", material=Material.PAPER, form="box", probability=0.4)


def advice(*places: str) -> Advice:
    rule = RuleRef(id="book", version="1", source="guide", date=date(2026, 11, 20), region=None)
    disposal = Disposal(category="paper", category_name="Paper", steps=("Tie it up.",), why="It is paper.", rule=rule)
    return Advice(item="book", name="Book", disposal=disposal, guess_categories=places)


def item_of(*places: str, sure: float = 0.75) -> Item:
    seen = SeenItem(label="book", candidates=(BOOK, BOX))
    result = assemble([seen], [advice(*places)], [], [], models={}, cached=None, sure=sure, language="en")
    assert result.confidence == result.items[0].confidence
    return result.items[0]


PLASTIC = Candidate(item=None, name="Plastic", material=Material.PLASTIC, form=None, probability=0.9)


@pytest.mark.parametrize(
    ("seen", "label"),
    [
        (SeenItem(label="book", candidates=(BOOK, BOX)), "book"),
        (SeenItem(label="scissors", candidates=(PLASTIC, BOX)), "Book"),
        (SeenItem(label="scissors", candidates=(BOOK,), answered=True), "Book"),
        (SeenItem(label="Plastic", candidates=(PLASTIC,)), "Plastic"),
        (SeenItem(label="unknown", candidates=(PLASTIC,)), "unknown"),
        (SeenItem(label="qqzz", candidates=()), "qqzz"),
    ],
    ids=["meant", "contradicted by the material", "answered", "a class without a rule", "not detected", "not known"],
)
def test_the_label_is_not_what_the_item_is_not(seen: SeenItem, label: str) -> None:
    """``advice`` calls the item a book."""
    result = assemble([seen], [advice("paper", "carton")], [], [], models={}, cached=None, sure=0.75, language="en")
    assert result.items[0].label == label


def test_what_the_person_said_is_marked() -> None:
    def said(seen: SeenItem) -> bool:
        result = assemble([seen], [advice("paper")], [], [], models={}, cached=None, sure=0.75, language="en")
        return result.items[0].said

    assert said(SeenItem(label="book", candidates=(BOOK,), answered=True))
    assert not said(SeenItem(label="book", candidates=(BOOK,)))
    assert not said(SeenItem(label="book", candidates=(), answered=True))  # twice "none of these"


def test_its_confidence_is_that_of_the_disposal() -> None:
    same, different = item_of("paper", "paper"), item_of("paper", "carton")
    assert (same.confidence, different.confidence) == (0.9, 0.5)
    assert same.question is None
    assert different.question is not None


def test_advice_that_knows_no_places_asks_rather_than_guesses() -> None:
    assert item_of().question is not None


@pytest.mark.parametrize(("places", "says"), [(("paper", "paper"), "put it into"), (("paper", "carton"), "not sure")])
def test_the_feedback_is_the_answer_or_says_that_there_is_a_question(places: tuple[str, ...], says: str) -> None:
    seen = SeenItem(label="book", candidates=(BOOK, BOX))
    models = {"detector": "a@1"}
    result = assemble([seen], [advice(*places)], [], [], models=models, cached=None, sure=0.75, language="en")
    assert says in result.feedback


def test_models_are_named_in_an_order_of_their_own() -> None:
    assert model_versions_of({"detector": "b@2", "classifier": "a@1"}) == "classifier=a@1,detector=b@2"
