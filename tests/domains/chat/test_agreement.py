"""What votes are worth together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.chat.agreement import BEST, Voter, accuracy, standing

UNSURE = (0.4, 0.35, 0.2, 0.05)
NO_HAZARD = (False,) * 4

voters = st.lists(st.builds(Voter, st.integers(0, 3), st.integers(0, 500), st.integers(0, 500)), max_size=40)


def test_nobody_alone_decides() -> None:
    assert standing(UNSURE, [Voter(1, agreed=400)], NO_HAZARD).known is None


def test_two_who_agree_do() -> None:
    assert standing(UNSURE, [Voter(1), Voter(1)], NO_HAZARD).known == 1


def test_two_who_do_not_agree_do_not() -> None:
    assert standing(UNSURE, [Voter(0), Voter(1)], NO_HAZARD).known is None


def test_a_hazard_takes_one_more() -> None:
    hazard = (False, True, False, False)
    assert standing(UNSURE, [Voter(0), Voter(0)], hazard).known is None
    assert standing(UNSURE, [Voter(0), Voter(0), Voter(0)], hazard).known == 0


def test_who_was_often_right_counts_for_more() -> None:
    wise, new = Voter(0, agreed=60, differed=2), Voter(1)
    likely = standing((0.3, 0.3, 0.3, 0.1), [wise, new], NO_HAZARD).probabilities
    assert likely[0] > likely[1]


def test_who_was_never_right_says_nothing() -> None:
    before = standing(UNSURE, [], NO_HAZARD).probabilities
    assert standing(UNSURE, [Voter(2, differed=1000)], NO_HAZARD).probabilities == pytest.approx(before)


@given(voters)
def test_probabilities_stay_probabilities(cast: list[Voter]) -> None:
    found = standing(UNSURE, cast, NO_HAZARD)
    assert sum(found.probabilities) == pytest.approx(1)
    assert all(0 <= each <= 1 for each in found.probabilities)
    if found.known is not None:
        assert found.probabilities[found.known] == max(found.probabilities)
        assert sum(voter.choice == found.known for voter in cast) >= 2


@given(voters, st.randoms(use_true_random=False))
def test_the_order_of_votes_says_nothing(cast: list[Voter], lots: object) -> None:
    shuffled = list(cast)
    lots.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = (standing(UNSURE, each, NO_HAZARD).probabilities for each in (cast, shuffled))
    assert before == pytest.approx(after, abs=1e-9)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(2, 4))
def test_accuracy_is_between_guessing_and_the_best(agreed: int, differed: int, choices: int) -> None:
    assert 1 / choices <= accuracy(agreed, differed, choices) <= BEST
