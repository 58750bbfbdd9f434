"""What other domains store and send of recycling's answers."""

from bunri.domains.recycling.public import Advice, Disposal, RuleRef


def _advice() -> Advice:
    rule = RuleRef.model_validate({"id": "book", "version": "1", "source": "guide", "date": "2026-11-20"})
    disposal = Disposal(category="paper", category_name="Paper", steps=("Tie.",), why="It is paper.", rule=rule)
    return Advice(item="book", name="Book", disposal=disposal, guess_categories=("paper", "carton"))


class TestAdvice:
    def test_comes_back_from_its_own_json(self) -> None:
        assert Advice.model_validate_json(_advice().model_dump_json()) == _advice()

    def test_of_the_version_that_called_the_guess_categories_places_is_still_read(self) -> None:
        stored = _advice().model_dump(mode="json")
        stored["places"] = stored.pop("guess_categories")
        assert Advice.model_validate(stored) == _advice()
