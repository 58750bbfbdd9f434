"""Questions of a weekly test, made from cards."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bunri.domains.learning.questions import FEWEST, MOST, Worded, made, sources, surely_wrong, worded
from bunri.domains.learning.records import Card, CardKind, QuestionKind
from bunri.kit.ids import new_id

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PLACES = ["플라스틱류", "비닐류", "종이팩", "유리병류", "캔류", "일반 종량제봉투", "전지 수거함", "의류수거함"]


def card(front: str, back: str, kind: CardKind = CardKind.FLIP, **more: Any) -> Card:
    id_ = new_id()
    values = {"note_id": id_, "material": "plastic", **more}
    return Card(id=id_, deck_id=id_, kind=kind, front=front, back=back, created_at=NOW, updated_at=NOW, **values)


def cards(count: int) -> list[Card]:
    return [card(f"{number}번 물건은 어디에?", PLACES[number % len(PLACES)]) for number in range(count)]


class TestSources:
    def test_are_cards_with_short_answers_each_note_once(self) -> None:
        kept = card("뚜껑은?", "플라스틱류")
        turned = card("플라스틱류", "뚜껑은?", note_id=kept.note_id)
        found = sources(
            [kept, turned, card("긴 글", "가" * 200), card("그림만", "![](media:1)"), card("뚜껑은?", "캔류")]
        )
        assert [each.card for each in found] == [kept]

    def test_of_a_title_is_asked_with_the_text(self) -> None:
        [source] = sources([card("우유팩", "씻어서 펴 말려요", CardKind.TITLE)])
        assert (source.question, source.answer) == ("씻어서 펴 말려요", "우유팩")


class TestMade:
    @pytest.mark.parametrize(("count", "expected"), [(4, FEWEST), (7, FEWEST), (8, 8), (10, MOST), (150, MOST)])
    def test_seven_to_ten(self, count: int, expected: int) -> None:
        questions = made(new_id(), sources(cards(count)), "seed")
        assert [each.position for each in questions] == list(range(1, expected + 1))
        assert {each.kind for each in questions} == set(QuestionKind)
        assert len({(each.card_id, each.kind) for each in questions}) == expected

    @pytest.mark.parametrize("few", [cards(3), [card(f"{number}번은?", "캔류") for number in range(20)], []])
    def test_none_of_too_few(self, few: list[Card]) -> None:
        assert made(new_id(), sources(few), "seed") == []

    def test_the_same_seed_makes_the_same_test(self) -> None:
        test_id, found = new_id(), sources(cards(40))
        assert made(test_id, found, "a") == made(test_id, found, "a")
        assert made(test_id, found, "a") != made(test_id, found, "b")

    def test_what_is_least_known_is_asked(self) -> None:
        found = sources(cards(100))
        asked = {each.card_id for each in made(new_id(), found, "seed")}
        assert {each.card.id for each in found[:6]} <= asked

    @pytest.mark.parametrize("seed", [str(number) for number in range(20)])
    def test_one_answer_is_right(self, seed: str) -> None:
        found = {each.card.id: each for each in sources(cards(30))}
        for question in made(new_id(), list(found.values()), seed):
            assert question.card_id
            right = found[question.card_id].answer
            if question.kind == QuestionKind.CHOICE:
                assert question.answer == right
                assert 3 <= len(question.choices) == len(set(question.choices)) <= 4
                assert question.choices.count(right) == 1
            elif question.kind == QuestionKind.TRUE_FALSE:
                assert (question.statement == right) == (question.answer == "true")
            else:
                assert question.answer == right

    def test_a_choice_keeps_its_own_choices(self) -> None:
        own = card("알루미늄은?", "캔류", CardKind.CHOICE, choices=("캔류", "고철류", "비닐류"))
        found = sources([own, *cards(6)])
        questions = [each for seed in range(10) for each in made(new_id(), found, str(seed))]
        mine = [each for each in questions if each.card_id == own.id and each.kind == QuestionKind.CHOICE]
        assert mine
        assert all(set(each.choices) == set(own.choices) for each in mine)

    def test_what_could_be_right_is_no_wrong_answer(self) -> None:
        [source] = sources([card("뚜껑은?", "플라스틱류", accepted=("플라스틱 수거함",))])
        assert surely_wrong(source, ["플라스틱", "플라스틱 수거함", "비닐", "비닐류", "!"]) == ["비닐"]


class TestWorded:
    def test_in_other_words(self) -> None:
        question, source = _choice()
        said = Worded("뚜껑은 어디에 넣을까요?", ("비닐", "캔", "종이"))
        found = worded(question, source, said, "seed")
        assert found is not None
        assert found.question == said.question
        assert set(found.choices) == {"플라스틱류", *said.wrong}
        assert found.answer == "플라스틱류"

    @pytest.mark.parametrize(
        "said",
        [
            Worded("플라스틱류는 어디에?", ("비닐", "캔", "종이")),
            Worded("뚜껑은?", ("플라스틱", "플라스틱류에", "캔")),
            Worded("뚜껑은?", ()),
            Worded("", ("비닐", "캔", "종이")),
            Worded("뚜" * 300, ("비닐", "캔", "종이")),
            Worded("뚜껑은 어디에?", ("비닐" * 100, "캔", "캔")),
        ],
    )
    def test_not_where_it_gives_the_answer_away_or_leaves_a_doubt(self, said: Worded) -> None:
        question, source = _choice()
        assert worded(question, source, said, "seed") is None


def _choice() -> Any:
    found = sources([card("뚜껑은?", "플라스틱류"), *cards(20)[1:]])
    question = next(each for each in made(new_id(), found, "seed") if each.kind == QuestionKind.CHOICE)
    return replace(question, question="뚜껑은?", answer="플라스틱류", card_id=found[0].card.id), found[0]
