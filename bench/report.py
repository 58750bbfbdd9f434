"""The table that people read, and the same as JSON."""

import os
import platform
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from bench.line import Line

_WITHIN: Final = {True: Text("yes", "green"), False: Text("NO", "bold red"), None: Text("–", "dim")}


def table(lines: Sequence[Line], title: str) -> Table:
    """what | measured | budget | peer or limit | ratio | within?"""
    made = Table("what", title=title, title_justify="left")
    for heading in ("measured", "budget"):
        made.add_column(heading, justify="right", no_wrap=True)
    made.add_column("peer or limit")
    made.add_column("ratio", justify="right", no_wrap=True)
    made.add_column("within?")
    for line in lines:
        made.add_row(
            Text.assemble(line.what, (f"\n{line.note}", "dim")) if line.note else line.what,
            amount(line.measured, line.unit),
            f"{line.budget.bound} {line.budget.value:g}" if line.budget else "",
            f"{line.peer}: {amount(line.beside, line.unit)}" if line.peer else "",
            f"{line.ratio:.2f} ×" if line.ratio else "",
            _WITHIN[line.within],
        )
    return made


def amount(value: float | None, unit: str) -> str:
    """Three digits are all that a noisy machine can tell."""
    if value is None:
        return "–"
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} {unit}".rstrip()


def machine() -> str:
    """What it ran on: processor, cores, memory, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def document(lines: Sequence[Line], when: datetime, *, quick: bool) -> dict[str, Any]:
    return {
        "date": when.isoformat(),
        "machine": machine(),
        "quick": quick,
        "lines": [line.document() for line in lines],
    }


def _processor() -> str:
    try:
        described = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in described.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
