"""``python -m bench [NAME…] [--quick] [--json FILE]``"""

import os
import signal
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
from rich.console import Console

from bench import report
from bench.paths import no_settings
from bench.result import BenchmarkResult, missing
from bench.subjects import SUBJECTS

WIDTH: Final = 160
"""Columns of the table when the output is no terminal."""


def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…", help=f"Of {', '.join(SUBJECTS)}.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller sizes: shows that it works, not how fast.")] = False,
    file: Annotated[Path | None, typer.Option("--json", help="Write the lines there too.")] = None,
) -> None:
    """Print each budget beside its peer or limit. Ends with 1 when something could not be measured."""
    unknown = [name for name in names or () if name not in SUBJECTS]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: there are {', '.join(SUBJECTS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # raises SystemExit, so that all child processes are ended
    lines: dict[str, list[BenchmarkResult]] = {}
    where = f"{report.machine()}, load before {os.getloadavg()[0]:.1f}{', --quick' if quick else ''}"
    file = file.absolute() if file else None
    try:
        with no_settings():
            failed = [name for name in names or SUBJECTS if not _measure(name, quick, lines)]
    finally:
        _show(lines, where)  # also when interrupted: the results so far
    if file:
        file.write_bytes(orjson.dumps(_document(lines, where), option=orjson.OPT_INDENT_2))
    raise typer.Exit(1 if failed else 0)


def _measure(name: str, quick: bool, lines: dict[str, list[BenchmarkResult]]) -> bool:
    """Adds a subject's results, as they come; False when it failed, after which the others still run."""
    said, found = Console(stderr=True), lines.setdefault(name, [])
    with said.status(f"{name} …"):
        try:
            for result in SUBJECTS[name](quick):
                found.append(result)
        except Exception as error:
            said.print(traceback.format_exc(), markup=False)
            found.append(missing(name, "", f"failed: {type(error).__name__}"))
            return False
    return True


def _show(lines: dict[str, list[BenchmarkResult]], where: str) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {where}", highlight=False)
    console.print(report.table(lines))


def _document(lines: dict[str, list[BenchmarkResult]], where: str) -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": where,
        "lines": [{"subject": name, **line.document()} for name, found in lines.items() for line in found],
    }


if __name__ == "__main__":
    typer.run(bench)
