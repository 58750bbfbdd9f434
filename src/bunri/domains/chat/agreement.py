"""What neighbours know together: votes on what a thing is, weighed by how often each voter was right before. Pure.

Each vote is evidence about one hidden fact, as in Dawid and Skene's model of observers (1979) with one number a
voter: who is right with probability ``p`` names each of the other choices with ``(1 − p) / (k − 1)``. What the coach
saw is the prior. A vote of somebody who has often been right counts for more, and one against a likely choice makes it
doubtful again.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

SURE: Final = 0.9
"""From here on the room's answer counts as known."""
SURE_OF_HAZARD: Final = 0.97
"""Where a hazard is among the choices, since a wrong answer may set a lorry on fire."""
LEAST_VOTERS: Final = 2
LEAST_VOTERS_ON_HAZARD: Final = 3
PRIOR_RIGHT, PRIOR_WRONG = 3.0, 1.0
"""As if each voter had been right three times and wrong once: what is known of somebody new."""
BEST: Final = 0.95
"""Nobody is trusted more than that."""
FLOOR: Final = 0.05
"""The coach takes no choice for less likely: it is asked about because it does not know."""


class Voter(NamedTuple):
    """Somebody who took ``choice``, and how often the person agreed with what a thing turned out to be."""

    choice: int
    agreed: int = 0
    differed: int = 0


class Standing(NamedTuple):
    """How likely each choice is; the one that counts as known, or None."""

    probabilities: tuple[float, ...]
    known: int | None


def accuracy(agreed: int, differed: int, choices: int) -> float:
    """How likely a voter is right among ``choices``: never less than by guessing, so that nobody's vote speaks against
    what they say."""
    estimate = (agreed + PRIOR_RIGHT) / (agreed + differed + PRIOR_RIGHT + PRIOR_WRONG)
    return min(BEST, max(estimate, 1 / choices))


def standing(priors: Sequence[float], voters: Sequence[Voter], hazards: Sequence[bool]) -> Standing:
    """Where the vote stands. ``priors``: how likely the coach takes each of two or more choices, in any scale;
    ``hazards``: which of them are."""
    count = len(priors)
    likely = [max(prior, FLOOR) for prior in priors]
    for voter in voters:
        right = accuracy(voter.agreed, voter.differed, count)
        wrong = (1 - right) / (count - 1)
        likely = [each * (right if number == voter.choice else wrong) for number, each in enumerate(likely)]
        total = sum(likely)  # at each step: many votes would underflow
        likely = [each / total for each in likely]
    total = sum(likely)
    probabilities = tuple(each / total for each in likely)
    best = max(range(count), key=probabilities.__getitem__)
    sure, least = (SURE_OF_HAZARD, LEAST_VOTERS_ON_HAZARD) if any(hazards) else (SURE, LEAST_VOTERS)
    named = sum(voter.choice == best for voter in voters)
    return Standing(probabilities, best if probabilities[best] >= sure and named >= least else None)
