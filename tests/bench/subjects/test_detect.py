"""What the detector's stages are reported as."""

import pytest
from bench.subjects.detect import STAGES, Stopwatch, _results


class TestStopwatch:
    def test_keeps_results_and_leaves_the_first_turn_out(self) -> None:
        stopwatch = Stopwatch()
        assert [stopwatch.of("sum", sum, [number, 1]) for number in range(3)] == [1, 2, 3]
        stopwatch.seconds["sum"] = [9.0, 1.0, 3.0, 2.0]
        assert stopwatch.medians() == {"sum": 2.0}


class TestResults:
    SECONDS = dict.fromkeys(STAGES, 0.01) | {"ours": 0.04, "baseline": 0.036, "network in 8 bits": 0.005}

    def test_beside_the_baseline_loop_and_itself_in_8_bits(self) -> None:
        baseline, _, small = _results("net", self.SECONDS)
        assert baseline.measured == pytest.approx(25)
        assert baseline.ratio == pytest.approx(0.9)
        assert baseline.within is True
        assert "decode 10.0 + prepare 10.0" in baseline.note
        assert small.ratio == pytest.approx(2)

    def test_a_runtime_that_cannot_is_said(self) -> None:
        assert _results("net", self.SECONDS)[1].measured is None
        assert _results("net", {**self.SECONDS, "opencv": 0.08})[1].ratio == pytest.approx(2)
