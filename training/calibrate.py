"""Fits the calibration: from logits and similarities to probabilities, and the threshold from which answers are sure.

It is fitted on held-out groups with other backgrounds and light, and on negatives with backgrounds that training did
not see.
"""

from dataclasses import dataclass
from math import exp, lgamma, log

import numpy as np
from numpy.typing import NDArray

from bunri.platform.vision.material import MATERIALS
from bunri.platform.vision.material.calibration import Calibration
from training.measure import Floats, is_right
from training.samples import Sample, targets

TARGET_PRECISION = 0.985
"""Share of right answers among the sure ones on the held-out views, by a lower confidence bound. The promise is 0.95;
photos of real phones differ more from the training data than the held-out views do."""

RISK = 0.05
"""The probability that the true share is below the bound (Clopper and Pearson 1934)."""

NEGATIVE_WEIGHT = 0.1
"""Weight of all negatives relative to the views of things: then each class and "none of them" weigh about the same."""

TEMPERATURE_MARGIN = 1.25
"""Factor of the fitted temperature: a model calibrated on known sources is overconfident on unknown ones."""

STEPS = 1500
_RATE = 0.05
_BIAS_COST = 0.05


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence for each class: n × classes logits and n × (classes + 1) similarities to the feature bank."""

    logits: Floats
    similarity: Floats

    def parts(self) -> NDArray[np.float64]:
        """n × 3 × (classes + 1), the terms of the weighted sum: network, feature bank of the classes, and of
        the negatives."""
        found = np.zeros((len(self.logits), 3, self.similarity.shape[1]))
        found[:, 0, :-1] = self.logits
        found[:, 1, :-1] = self.similarity[:, :-1]
        found[:, 2, -1] = self.similarity[:, -1]
        return found


def calibrate(things: Evidence, samples: list[Sample], negatives: Evidence) -> Calibration:
    wanted = np.zeros((len(samples) + len(negatives.logits), len(MATERIALS) + 1))
    wanted[: len(samples), :-1] = targets(samples)
    wanted[len(samples) :, -1] = 1
    weights, bias = _fitted(np.concatenate([things.parts(), negatives.parts()]), wanted)
    network, similarity, background = np.round(np.maximum(weights, 1e-3) / TEMPERATURE_MARGIN, 4).tolist()
    unsure = Calibration(
        materials=MATERIALS,
        network_weight=network,
        similarity_weight=similarity,
        background_weight=background,
        bias=tuple(np.round(bias / TEMPERATURE_MARGIN, 4).tolist()),
        accept_threshold=1,
        most_choices=3,
    )
    threshold = _threshold(
        unsure.probabilities(things.logits, things.similarity),
        samples,
        unsure.probabilities(negatives.logits, negatives.similarity),
    )
    return unsure.model_copy(update={"accept_threshold": threshold})


def _fitted(parts: NDArray[np.float64], wanted: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights of the parts and biases, by gradient descent (Adam) on the log loss with balanced classes and a penalty
    on biases."""
    share = 1 / np.maximum(wanted.sum(0), 1)[wanted.argmax(1)]
    share /= share.sum()
    spread = np.maximum(parts.std((0, 2)), 1e-6)
    parts = parts / spread[:, None]
    found = np.concatenate([np.ones(parts.shape[1]), np.zeros(wanted.shape[1])])
    drift, power = np.zeros_like(found), np.zeros_like(found)
    for step in range(1, STEPS + 1):
        weights, bias = found[: len(spread)], found[len(spread) :]
        score = np.einsum("npc,p->nc", parts, weights) + bias
        powers = np.exp(score - score.max(1, keepdims=True))
        error = share[:, None] * (powers / powers.sum(1, keepdims=True) - wanted)
        slope = np.concatenate([np.einsum("nc,npc->p", error, parts), error.sum(0) + _BIAS_COST * bias])
        drift, power = 0.9 * drift + 0.1 * slope, 0.99 * power + 0.01 * slope**2
        steady = np.sqrt(power / (1 - 0.99**step)) + 1e-9
        found = found - _RATE * (1 - step / (STEPS + 1)) * drift / (1 - 0.9**step) / steady
    bias = found[len(spread) :]
    return found[: len(spread)] / spread, bias - bias.mean()


def _threshold(probabilities: Floats, samples: list[Sample], negatives: Floats) -> float:
    """The least confidence above which TARGET_PRECISION of the answers other than "other" are right by the lower bound.

    Any answer to a negative is wrong.
    """
    other = MATERIALS.index("other")
    both = np.concatenate([probabilities, negatives])
    right = np.concatenate([is_right(probabilities, samples), np.zeros(len(negatives), bool)])
    weight = np.ones(len(both))
    weight[len(samples) :] = NEGATIVE_WEIGHT * len(samples) / max(len(negatives), 1)
    stated = both.argmax(1) != other
    confidence, right, weight = both.max(1)[stated], right[stated], weight[stated]
    order = np.argsort(-confidence)
    count, wrong = np.cumsum(weight[order]), np.cumsum((~right * weight)[order])
    hopeful = np.flatnonzero(wrong <= (1 - TARGET_PRECISION) * count)
    held = [at for at in hopeful if is_proven(float(wrong[at]), float(count[at]))]
    return round(float(confidence[order][held[-1]]) + 5e-4, 3) if held else 0.999


def is_proven(wrong: float, count: float) -> bool:
    """Whether the lower bound is above TARGET_PRECISION: if the true share were that, so few wrong answers among
    ``count`` would have a probability of less than RISK. Weighted counts are rounded to the worse."""
    most, answers = int(np.ceil(wrong - 1e-9)), int(count)
    if most >= answers:
        return False
    ways = [lgamma(answers + 1) - lgamma(k + 1) - lgamma(answers - k + 1) for k in range(most + 1)]
    log_right, log_wrong = log(TARGET_PRECISION), log(1 - TARGET_PRECISION)
    return sum(exp(way + k * log_wrong + (answers - k) * log_right) for k, way in enumerate(ways)) < RISK
