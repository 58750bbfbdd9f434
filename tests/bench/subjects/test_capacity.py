"""A small load on the running product: everything that people do works, is counted, and is told of."""

import pytest
from bench.capacity.mix import RATES
from bench.capacity.parts import API, POSTGRES, WASTE_WORKER
from bench.paths import no_settings
from bench.result import BenchmarkResult
from bench.subjects.capacity import NAMES, measure


def named(lines: list[BenchmarkResult], begin: str) -> BenchmarkResult:
    (line,) = [line for line in lines if line.what.startswith(begin)]
    return line


@pytest.mark.timeout(400)
def test_a_small_load_is_carried_and_told_of() -> None:
    with no_settings():
        lines = list(measure(quick=True))
    assert not [line for line in lines if "FAILED" in line.note]
    assert not [line for line in lines if "never heard" in line.what]
    assert named(lines, "the seed's peak").measured == pytest.approx(RATES["new photo"] + RATES["photo again"])
    for name in NAMES.values():
        assert named(lines, f"processor time of {name}").measured, name
    assert WASTE_WORKER in named(lines, "processor time of a new photo").note
    assert API in named(lines, "1 × peak: cores").note
    memory = named(lines, "1 × peak: memory").note
    assert all(part in memory for part in (API, WASTE_WORKER, POSTGRES))
    assert named(lines, "1 × peak: mean wait").peer == "M/G/c"
    ten, hundred = (named(lines, f"{factor} × the seed").measured for factor in (10, 100))
    assert ten
    assert hundred
    assert ten < hundred
