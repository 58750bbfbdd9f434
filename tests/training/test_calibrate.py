"""Temperature and threshold do what they promise on answers whose truth is known."""

from pathlib import Path

import numpy as np
import pytest
from training.calibrate import Evidence
from training.samples import Sample

from bunri.platform.vision.material import MATERIALS
from training import calibrate, measure

RNG = np.random.default_rng(7)


def overconfident(count: int, factor: float) -> tuple[Evidence, list[Sample], Evidence]:
    """Logits whose truth was drawn from their own softmax, then made ``factor`` times too steep; the
    feature bank knows only negatives."""
    logits = RNG.normal(0, 3, (count, len(MATERIALS)))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truths = [int(RNG.choice(len(MATERIALS), p=row)) for row in shares]
    samples = [
        Sample(Path(), "drawn", "tune", tuple(float(at == truth) for at in range(len(MATERIALS))), (truth,))
        for truth in truths
    ]
    similarity = np.zeros((count, len(MATERIALS) + 1), np.float32)
    things = Evidence((factor * logits).astype(np.float32), similarity)
    like_negatives = similarity[: count // 4].copy()
    like_negatives[:, -1] = 1
    return things, samples, Evidence(things.logits[: count // 4], like_negatives)


class TestCalibrate:
    def test_overconfidence_is_divided_away_and_a_little_more(self) -> None:
        things, samples, negatives = overconfident(6000, 3.0)
        made = calibrate.calibrate(things, samples, negatives)
        assert 2.7 < 1 / made.network_weight / calibrate.TEMPERATURE_MARGIN < 3.3
        probabilities = made.probabilities(things.logits, things.similarity)
        assert 0 < measure.is_right(probabilities, samples).mean() - probabilities.max(1).mean() < 0.1

    def test_sure_is_right_as_often_as_wanted_on_fresh_answers(self) -> None:
        made = calibrate.calibrate(*overconfident(8000, 2.0))
        things, samples, _ = overconfident(8000, 2.0)
        score = measure.score(made.probabilities(things.logits, things.similarity), samples, made)
        assert score.sure > 0.02
        assert score.sure_right > 0.95

    def test_it_is_not_sure_of_what_it_remembers_as_nothing(self) -> None:
        made = calibrate.calibrate(*overconfident(8000, 2.0))
        _, _, negatives = overconfident(8000, 2.0)
        assert not measure.is_sure(made.probabilities(negatives.logits, negatives.similarity), made).any()


class TestIsProven:
    @pytest.mark.parametrize(("wrong", "least"), [(0, 199), (1, 315)])
    def test_enough_answers_vouch_for_the_share(self, wrong: int, least: int) -> None:
        # 0.985 ** n < 0.05 from 199 on; with one wrong 0.985 ** n + n * 0.015 * 0.985 ** (n - 1) < 0.05 from 315 on
        assert not calibrate.is_proven(wrong, least - 1)
        assert calibrate.is_proven(wrong, least)

    def test_no_answers_vouch_for_nothing(self) -> None:
        assert not calibrate.is_proven(0, 0)

    def test_weighed_counts_are_rounded_to_the_worse(self) -> None:
        assert not calibrate.is_proven(0.1, 300)
        assert not calibrate.is_proven(0, 198.9)
