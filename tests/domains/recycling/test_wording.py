"""Rewordings: what is let through, and which check refuses the rest."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.recycling.public import Facts
from bunri.domains.recycling.ranking import decide
from bunri.domains.recycling.table import RuleTable
from bunri.domains.recycling.wording import find_change
from bunri.kit.languages import LANGUAGES, Language

WORDINGS = tomllib.loads(Path(__file__).with_name("wordings.toml").read_text("utf-8"))
HARM = {
    "ko": [
        "변기에",
        "하수구에",
        "태워요",
        "묻어요",
        "마셔요",
        "섞어요",
        "락스로",
        "전화해요",
        "여덟",
        "공일공",
        "팔아요",
        "강에",
    ],
    "en": ["toilet", "drain", "burn", "bury", "drink", "mix", "bleach", "call", "eight", "o one o", "sell", "river"],
}


@pytest.mark.parametrize("case", WORDINGS["adversarial"], ids=lambda case: f"{case['given']}|{case['written']}")
def test_what_says_something_else_is_refused(case: dict[str, str]) -> None:
    language: Language = "ko" if case["language"] == "ko" else "en"
    change = find_change(case["given"], case["written"], language)
    assert change is not None
    assert change.partition(":")[0] == case["refused"]


@pytest.mark.parametrize("case", WORDINGS["honest"], ids=lambda case: f"{case['given']}|{case['written']}")
def test_what_says_the_same_in_other_words_passes(case: dict[str, str]) -> None:
    language: Language = "ko" if case["language"] == "ko" else "en"
    assert find_change(case["given"], case["written"], language) is None


def test_the_table_is_large_enough_to_mean_something() -> None:
    for language in LANGUAGES:
        for kind, least in (("adversarial", 20), ("honest", 10)):
            assert sum(case["language"] == language for case in WORDINGS[kind]) >= least


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_rule_table_may_be_copied_and_takes_no_harm(table: RuleTable, language: Language) -> None:
    for item in table.items:
        decision = decide(table, Facts(label=item))
        for text in (*(step.text for step in decision.steps), *decision.why):
            sentence = text.of(language)
            assert find_change(sentence, sentence, language) is None, sentence
            for word in HARM[language]:
                if word not in sentence.lower():
                    harmful = f"{sentence[:-1]} {word}."
                    assert find_change(sentence, harmful, language) is not None, harmful


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_no_text_is_an_error(text: str, language: Language) -> None:
    find_change(text, text[::-1], language)


def test_the_thing_may_be_called_by_its_whole_name_only() -> None:
    assert find_change("Rinse it with water.", "Rinse the glass bottle with water.", "en", "Glass bottle") is None
    assert find_change("물로 헹궈요.", "유리병을 물로 헹궈요.", "ko", "유리병") is None
    assert find_change("Close the lid tightly.", "Close the lid tightly and drain.", "en", "Drain cleaner") is not None
    assert find_change("Rinse it.", "Do not rinse the glass bottle.", "en", "Glass bottle") is not None
