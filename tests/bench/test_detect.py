"""What the detector's stages are told as."""

import pytest
from bench.subjects.detect import STAGES, Watch, _told


class TestWatch:
    def test_keeps_results_and_leaves_the_first_turn_out(self) -> None:
        watch = Watch()
        assert [watch.of("sum", sum, [number, 1]) for number in range(3)] == [1, 2, 3]
        watch.seconds["sum"] = [9.0, 1.0, 3.0, 2.0]
        assert watch.medians() == {"sum": 2.0}


class TestTelling:
    SECONDS = dict.fromkeys(STAGES, 0.01) | {"ours": 0.04, "bare": 0.036, "network in 8 bits": 0.005}

    def test_beside_the_bare_loop_and_itself_in_8_bits(self) -> None:
        bare, _, small = _told("net", self.SECONDS)
        assert bare.measured == pytest.approx(25)
        assert bare.ratio == pytest.approx(0.9)
        assert bare.within is True
        assert "decode 10.0 + prepare 10.0" in bare.note
        assert small.ratio == pytest.approx(2)

    def test_a_runtime_that_cannot_is_said(self) -> None:
        assert _told("net", self.SECONDS)[1].measured is None
        assert _told("net", {**self.SECONDS, "opencv": 0.08})[1].ratio == pytest.approx(2)
