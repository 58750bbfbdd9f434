"""Prints benchmark results as a table."""

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from bench.result import BenchmarkResult

_WITHIN: Final = {True: Text("yes", "green"), False: Text("NO", "bold red"), None: Text("–", "dim")}


def table(lines: Mapping[str, Sequence[BenchmarkResult]]) -> Table:
    """A table with the columns what, measured, budget, peer or limit, ratio, within?; a section for each subject."""
    made = Table("what")
    for heading in ("measured", "budget"):
        made.add_column(heading, justify="right", no_wrap=True)
    made.add_column("peer or limit")
    made.add_column("ratio", justify="right", no_wrap=True)
    made.add_column("within?")
    for subject, found in lines.items():
        for line in found:
            made.add_row(*_cells(subject, line))
        made.add_section()
    return made


def _cells(subject: str, line: BenchmarkResult) -> tuple[str | Text, ...]:
    what = Text.assemble((f"{subject}  ", "cyan"), line.what, (f"\n{line.note}" if line.note else "", "dim"))
    return (
        what,
        amount(line.measured, line.unit),
        f"{line.budget.bound} {line.budget.value:g}" if line.budget else "",
        f"{line.peer}: {amount(line.beside, line.unit)}" if line.peer else "",
        f"{line.ratio:.2f} ×" if line.ratio else "",
        _WITHIN[line.within],
    )


def amount(value: float | None, unit: str) -> str:
    """``value`` with at most three digits: more are noise."""
    if value is None:
        return "–"
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} {unit}".rstrip()


def machine() -> str:
    """A description of this machine: processor, cores, memory, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def _processor() -> str:
    try:
        described = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in described.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
