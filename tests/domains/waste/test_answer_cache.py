"""Answers to the same photo under the same conditions."""

from dataclasses import replace

import pytest
from tests.domains.waste.conftest import job_in

from bunri.domains.waste import answer_cache
from bunri.domains.waste.answer_cache import answer_cache_key
from bunri.domains.waste.states import State

JOB = replace(job_in(State.SEEING), note="컵", tags=("wet", "food_left"), region="seoul-jung")


def test_the_order_of_tags_makes_no_difference() -> None:
    other = replace(JOB, tags=("food_left", "wet"))
    assert answer_cache_key(JOB, "detector=a@1", "r1") == answer_cache_key(other, "detector=a@1", "r1")


@pytest.mark.parametrize(
    ("change", "models", "rules"),
    [
        ({"language": "ko"}, "detector=a@1", "r1"),
        ({"region": None}, "detector=a@1", "r1"),
        ({"note": None}, "detector=a@1", "r1"),
        ({"tags": ()}, "detector=a@1", "r1"),
        ({}, "detector=a@2", "r1"),
        ({}, "detector=a@1", "r2"),
    ],
)
def test_another_condition_is_another_key(change: dict[str, object], models: str, rules: str) -> None:
    other = replace(JOB, **change)  # type: ignore[arg-type]  # the fields of each case
    assert answer_cache_key(other, models, rules) != answer_cache_key(JOB, "detector=a@1", "r1")


def test_another_version_of_bunri_asks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = answer_cache_key(JOB, "detector=a@1", "r1")
    monkeypatch.setattr(answer_cache, "__version__", "0.0.0")
    assert answer_cache_key(JOB, "detector=a@1", "r1") != before
