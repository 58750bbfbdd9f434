import pytest

from bunri.domains.recycling.plurals import singular


class TestSingular:
    @pytest.mark.parametrize(
        ("plural", "word"),
        [
            *(("boxes", "box"), ("glasses", "glass"), ("brushes", "brush"), ("watches", "watch"), ("quizzes", "quizz")),
            *(("bottles", "bottle"), ("vases", "vase"), ("cases", "case"), ("lenses", "lens"), ("gases", "gas")),
            *(("batteries", "battery"), ("toys", "toy"), ("cookies", "cookie"), ("ties", "tie"), ("beanies", "beanie")),
            *(("knives", "knife"), ("leaves", "leaf"), ("bookshelves", "bookshelf"), ("scarves", "scarf")),
            *(("gloves", "glove"), ("stoves", "stove"), ("olives", "olive"), ("sleeves", "sleeve")),
            *(("potatoes", "potato"), ("shoes", "shoe"), ("photos", "photo"), ("bamboos", "bamboo")),
            *(("teeth", "tooth"), ("mice", "mouse"), ("children", "child"), ("feet", "foot"), ("skis", "ski")),
            *(("bureaus", "bureau"), ("cans", "can"), ("pens", "pen"), ("leds", "led"), ("tvs", "tv")),
        ],
    )
    def test_is_found_for_regular_and_irregular_plurals(self, plural: str, word: str) -> None:
        assert singular(plural) == word

    @pytest.mark.parametrize(
        "word", ["glass", "bus", "gas", "lens", "cactus", "tennis", "clothes", "box", "ps", "abs", "led", "", "vpxmqud"]
    )
    def test_leaves_other_words_alone(self, word: str) -> None:
        assert singular(word) == word
