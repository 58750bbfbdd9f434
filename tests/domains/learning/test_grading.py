"""The built-in grader: what makes no difference, what does, and what nobody needs to ask a model about."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domains.learning.attacks import attacks

from bunri.domains.learning.grading import (
    CLEARLY_RIGHT,
    CLEARLY_WRONG,
    THRESHOLD,
    Expected,
    Verdict,
    expected_of,
    graded,
    is_exact,
    plain,
    points_of,
)
from bunri.domains.learning.instructions import looks_like_instructions
from bunri.domains.learning.records import Card, CardKind, Origin
from bunri.kit.ids import new_id

NOW = datetime(2026, 11, 30, tzinfo=UTC)
STEPS = "- 내용물을 비워요\n- 물로 헹궈요\n- 라벨을 떼요\n- 뚜껑을 닫아요"
ENGLISH_STEPS = "1. Empty it\n2. Rinse with water\n3. Remove the label\n4. Put the cap back on"


def short(right: str, answer: str, *more: str) -> Verdict:
    return graded(Expected(CardKind.TYPED, (right, *more)), answer)


def recalled(right: str, answer: str) -> Verdict:
    return graded(Expected(CardKind.RECALL, (plain(right),), points_of(right)), answer)


class TestShortAnswers:
    @pytest.mark.parametrize(
        ("right", "answer"),
        [
            ("종량제봉투", unicodedata.normalize("NFD", "종량제봉투")),
            ("종량제봉투", "종량제 봉투"),
            ("종량제 봉투", "종량제봉투에 담아 버려요"),
            ("종량제봉투", "  종량제봉투! "),
            ("플라스틱류", "플라스틱"),
            ("플라스틱류", "정답은 플라스틱류예요"),
            ("플라스틱류", "vmffktmxlrfb"),
            ("종이", "ㅈㅗㅇㅇㅣ"),
            ("캔", "캔이요"),
            ("비닐류", "비닐 수거함이요"),
            ("전지 수거함", "전지 수거함에 버려요"),
            ("3개", "세 개"),
            ("three days", "3 days"),
            ("1,000원", "1000 원"),
            ("Clear PET bottles", "the clear pet bottle"),
            ("**비닐류** ![](media:1)", "비닐류"),
        ],
    )
    def test_what_makes_no_difference(self, right: str, answer: str) -> None:
        assert short(plain(right), answer) == Verdict(100)

    @pytest.mark.parametrize(("right", "answer"), [("종량제봉투", "종량재봉투"), ("battery", "batery")])
    def test_a_slip_of_the_fingers_is_right(self, right: str, answer: str) -> None:
        verdict = short(right, answer)
        assert THRESHOLD <= verdict.score < 100
        assert not verdict.missing

    @pytest.mark.parametrize(
        ("right", "answer"),
        [
            ("플라스틱류", "비닐류"),
            ("캔", "병"),
            ("paper", "peper"),
            ("종이", "종류"),
            ("30일", "20일"),
            ("2026년 3월 12일", "2026년 3월 13일"),
            ("플라스틱류", "플라스틱류가 아니에요"),
            ("타는 쓰레기", "안 타는 쓰레기"),
            ("plastic recycling", "not plastic recycling"),
            ("플라스틱류", "플라스틱류 캔류 종이류"),
            ("일반 종량제봉투", "종량제봉투"),
            ("a", "a b"),
            ("종이류", ""),
            ("종이류", "!!!"),
        ],
    )
    def test_what_is_wrong(self, right: str, answer: str) -> None:
        verdict = short(right, answer)
        assert verdict.score < THRESHOLD
        assert verdict.missing

    def test_what_lacks_a_word_says_which(self) -> None:
        verdict = short("Clear PET bottles", "pet bottles")
        assert verdict.missing == ("clear",)
        assert not verdict.clear

    def test_each_accepted_answer_is_right(self) -> None:
        assert short("플라스틱류", "플라스틱 수거함", "플라스틱 수거함").score == 100

    def test_a_choice_is_the_same_or_wrong(self) -> None:
        choice = Expected(CardKind.CHOICE, ("종이류",))
        assert graded(choice, " 종이류 ") == Verdict(100)
        assert graded(choice, "종이").score == 0

    def test_of_a_title_more_may_be_missing(self) -> None:
        title = Expected(CardKind.TITLE, ("우유팩 버리는 법",))
        assert graded(title, "우유팩").score >= THRESHOLD
        assert graded(title, "건전지").score == 0


class TestFromMemory:
    def test_points_are_lines_or_sentences(self) -> None:
        assert points_of(STEPS) == ("내용물을 비워요", "물로 헹궈요", "라벨을 떼요", "뚜껑을 닫아요")
        assert points_of("Empty it. Rinse it!\n") == ("Empty it.", "Rinse it!")

    def test_in_other_endings(self) -> None:
        assert recalled(STEPS, "내용물 비우고 물로 헹군 뒤 라벨 떼고 뚜껑 닫기") == Verdict(100)
        assert recalled(ENGLISH_STEPS, "emptied, rinsed with water, label removed, put cap back") == Verdict(100)

    def test_says_what_is_missing(self) -> None:
        verdict = recalled(STEPS, "내용물을 비우고 물로 헹궈서")
        assert verdict.missing == ("라벨을 떼요", "뚜껑을 닫아요")
        assert CLEARLY_WRONG <= verdict.score < THRESHOLD

    def test_the_contrary_is_wrong(self) -> None:
        assert (
            recalled("기름 묻은 종이는 재활용되지 않아요.", "기름이 묻은 종이는 재활용이 안 돼요").score
            >= CLEARLY_RIGHT
        )
        assert recalled("기름 묻은 종이는 재활용되지 않아요.", "기름이 묻은 종이는 재활용돼요").score < THRESHOLD

    def test_nothing_is_clearly_wrong(self) -> None:
        assert recalled(STEPS, "몰라요").score == 0
        assert recalled(STEPS, "몰라요").clear


class TestCardsOfRules:
    """Their backs go on with steps, reason and source."""

    CARD = Card(
        new_id(),
        new_id(),
        new_id(),
        CardKind.TYPED,
        "**비닐봉지**, 어디에 버리는지 적어 보세요.",
        "**비닐류**\n\n1. 물기를 말려요.\n\n연료로 써요.\n\n*출처: 별표 1*",
        NOW,
        NOW,
        accepted=("비닐류",),
        origin=Origin.RULE,
    )

    @pytest.mark.parametrize("answer", ["비닐류", "비닐", "비닐 수거함에 넣어요"])
    def test_the_place_is_all_that_is_asked_for(self, answer: str) -> None:
        assert graded(expected_of(self.CARD), answer) == Verdict(100)

    def test_another_place_is_wrong_and_the_right_one_is_said(self) -> None:
        verdict = graded(expected_of(self.CARD), "플라스틱")
        assert verdict.score < THRESHOLD
        assert verdict.missing == ("비닐류",)

    def test_what_its_owner_wrote_anew_is_all_asked_for(self) -> None:
        written = replace(self.CARD, back="투명한 봉투에 모아요", accepted=(), edited=True)
        assert expected_of(written).answers == ("투명한 봉투에 모아요",)


class TestAnything:
    @given(st.text(max_size=600), st.text(max_size=600), st.sampled_from(CardKind))
    def test_is_graded_without_fail(self, right: str, answer: str, kind: CardKind) -> None:
        words = plain(right)
        expected = Expected(kind, (words,) if words else (), points_of(right))
        verdict = graded(expected, answer)
        assert 0 <= verdict.score <= 100
        assert isinstance(looks_like_instructions(answer), bool)

    @given(st.text(alphabet="가나다라마바사 abcde", min_size=1, max_size=60))
    def test_the_card_s_own_words_are_right(self, words: str) -> None:
        if plain(words):
            assert short(plain(words), words).score == 100
            assert is_exact(Expected(CardKind.TYPED, (plain(words),)), words)


class TestInstructions:
    @pytest.mark.parametrize(
        "answer",
        [
            "종량제봉투에 버려요",
            "비우고 헹궈서 라벨을 떼고 뚜껑을 닫아 플라스틱류로 배출",
            "정답은 플라스틱류",
            "폐의약품은 약국이나 주민센터 수거함에",
            "1회용 컵 보증금 300원",
            "신문지 100장",
            "폐가전은 1599-0903 무상수거",
            "기름 묻은 건 재활용 안 돼요",
            "PP, PE, PS 확인 / 건전지 + 보조배터리",
            "형광등은 전용 수거함(깨지지 않게)",
            "Empty it, rinse it, remove the label and put it in the clear PET collection",
            "it must be clean and dry - no food left",
            "Take it to a pharmacy, never in the drain",
            unicodedata.normalize("NFD", "투명 페트병은 따로"),
        ],
    )
    def test_answers_are_none(self, answer: str) -> None:
        assert not looks_like_instructions(answer)

    def test_there_are_sixty_attacks(self) -> None:
        assert len(set(attacks())) >= 60

    @pytest.mark.parametrize("attack", attacks())
    @pytest.mark.parametrize("right", ["플라스틱류 수거함", "Plastic recycling"])
    def test_an_attack_is_seen_or_clearly_wrong(self, right: str, attack: str) -> None:
        for verdict in (recalled(right, attack), short(right, attack)):
            assert looks_like_instructions(attack) or verdict.score == 0
