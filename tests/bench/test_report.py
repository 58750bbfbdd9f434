import pytest
from bench.report import amount, table
from bench.result import BenchmarkResult, at_most, below, missing, times
from rich.console import Console


def shown(*lines: BenchmarkResult) -> list[list[str]]:
    """The cells of the table's body, without the frame."""
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table({"poll": lines}))
    rows = [line.split("│")[1:-1] for line in captured.get().splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in row] for row in rows]


class TestTable:
    def test_a_line_stands_beside_its_peer(self) -> None:
        line = BenchmarkResult("ceiling", 52_000, "req/s", times(1.1), "Node", 45_000)
        assert shown(line) == [
            ["poll  ceiling", "52,000 req/s", "≥ × 1.1", "Node: 45,000 req/s", "1.16 ×", "yes"],
        ]

    def test_a_broken_budget_cannot_be_overlooked(self) -> None:
        assert shown(BenchmarkResult("p99", 31.2, "ms", below(20)))[0][-1] == "NO"

    def test_a_note_stands_below(self) -> None:
        rows = shown(BenchmarkResult("errors", 0, "", at_most(0), note="of 15,000 polls"))
        assert [row[0] for row in rows] == ["poll  errors", "of 15,000 polls"]

    def test_what_could_not_be_measured_says_why(self) -> None:
        rows = shown(missing("ceiling", "req/s", "wrk is not installed", times(1.1)))
        assert rows[0] == ["poll  ceiling", "–", "≥ × 1.1", "", "", "–"]
        assert rows[1][0] == "wrk is not installed"


class TestAmount:
    @pytest.mark.parametrize(
        ("value", "unit", "words"),
        [
            (None, "ms", "–"),
            (0, "", "0"),
            (0.1234, "ms", "0.123 ms"),
            (1.256, "ms", "1.26 ms"),
            (31.24, "ms", "31.2 ms"),
            (52_123.7, "req/s", "52,124 req/s"),
        ],
    )
    def test_it_has_no_more_digits_than_the_machine_can_tell(self, value: float | None, unit: str, words: str) -> None:
        assert amount(value, unit) == words
