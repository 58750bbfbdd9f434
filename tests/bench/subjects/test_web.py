"""What the pages' figures are reported as."""

from typing import Any

import pytest
from bench.result import BenchmarkResult
from bench.subjects.web import BINS, SHORTEST, _bins, _coach, _photo


def visit(**changed: float) -> dict[str, Any]:
    """A first visit; times in ms, sizes in bytes."""
    usual = {"usable": 1000.0, "interactive": 1200.0, "work": 300.0, "longest": 0.0, "shift": 0.0, "largest": 900.0}
    return {**usual, "sent": 180_000, "all": 400_000, **changed}


def found() -> dict[str, Any]:
    return {"coach": [visit()], "gzip": 212_345, "as_fast_as_here": [visit()], "slow_4g": visit(interactive=2600.0)}


def named(lines: list[BenchmarkResult], end: str) -> BenchmarkResult:
    (line,) = [line for line in lines if line.what.endswith(end)]
    return line


class TestVisits:
    def test_the_middle_of_the_rounds_is_measured_in_seconds_and_their_spread_told(self) -> None:
        rounds = [visit(interactive=1400.0), visit(interactive=1700.0), visit(interactive=1100.0)]
        line = named(list(_coach({**found(), "coach": rounds})), "/: interactive")
        assert line.measured == pytest.approx(1.4)
        assert line.within is True
        assert "1.10 s to 1.70 s in 3" in line.note

    def test_a_browser_that_reports_no_task_leaves_its_shortest(self) -> None:
        assert named(list(_coach(found())), "longest task").measured == SHORTEST

    def test_bytes_are_those_of_gzip(self) -> None:
        line = named(list(_coach(found())), "gzip")
        assert line.measured == pytest.approx(212.345)
        assert "Brotli 180 kB" in line.note

    def test_processor_time_is_that_of_the_slower_phone(self) -> None:
        assert named(list(_coach(found())), "processor time of the main thread").measured == pytest.approx(1.2)

    def test_the_map_is_held_to_the_same_budgets(self) -> None:
        lines = list(_bins([visit(shift=0.06)]))
        assert named(lines, "layout shift").within is False
        assert f"{BINS:,} bins" in named(lines, "interactive").note


def test_a_photo_on_its_way() -> None:
    standing, shrunk, answered = _photo([{"longest": 230.0, "shrunk": 700.0, "answered": 1900.0}])
    assert standing.within is False
    assert (shrunk.measured, answered.measured) == (0.7, 1.9)
