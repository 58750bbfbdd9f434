"""Temperature and threshold do what they promise on answers whose truth is known."""

from pathlib import Path

import numpy as np
from training.samples import Sample

from bunri.platform.vision.material import MATERIALS
from training import calibrate, measure

RNG = np.random.default_rng(7)


def overconfident(count: int, factor: float) -> tuple[measure.Floats, list[Sample]]:
    """Logits whose truth was drawn from their own softmax, then made ``factor`` times too steep."""
    logits = RNG.normal(0, 3, (count, len(MATERIALS)))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truths = [int(RNG.choice(len(MATERIALS), p=row)) for row in shares]
    samples = [
        Sample(Path(), "drawn", "tune", tuple(float(at == truth) for at in range(len(MATERIALS))), (truth,))
        for truth in truths
    ]
    return (factor * logits).astype(np.float32), samples


class TestCalibrate:
    def test_overconfidence_is_divided_away_and_a_little_more(self) -> None:
        logits, samples = overconfident(6000, 3.0)
        made = calibrate.calibrate(logits, samples)
        assert 2.7 < made.temperature / calibrate.WARMER < 3.3
        probabilities = made.probabilities(logits)
        assert 0 < measure.is_right(probabilities, samples).mean() - probabilities.max(1).mean() < 0.1

    def test_sure_is_right_as_often_as_wanted_on_fresh_answers(self) -> None:
        made = calibrate.calibrate(*overconfident(8000, 2.0))
        logits, samples = overconfident(8000, 2.0)
        score = measure.score(made.probabilities(logits), samples, made)
        assert score.sure > 0.02
        assert score.sure_right > 0.95


class TestMeasure:
    def test_several_right_answers_all_count(self) -> None:
        paper, cardboard = MATERIALS.index("paper"), MATERIALS.index("cardboard")
        row = np.zeros((1, len(MATERIALS)), np.float32)
        row[0, cardboard] = 1
        either = Sample(Path(), "web", "test", (0.1,) * len(MATERIALS), (paper, cardboard))
        assert measure.is_right(row, [either]).all()
        assert measure.confusion(row, [either])[cardboard, cardboard] == 1
