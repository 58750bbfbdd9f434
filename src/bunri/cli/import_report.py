"""Shows what an import or a pull of bins did: its counts on standard output, its bad rows on standard error."""

from collections.abc import Iterable
from typing import Final, Literal

from rich.console import Console
from rich.table import Table

from bunri.domains.locations.importing.rows import RowProblem
from bunri.domains.locations.importing.summary import ImportSummary
from bunri.kit.languages import Language, text

SHOWN_PROBLEMS: Final = 20

Place = Literal["line", "row"]
"""What is counted: the lines of a file, or the rows of a data set."""


def print_problems(summary: ImportSummary, lang: Language, place: Place = "line") -> None:
    console = Console(stderr=True)
    for problem in summary.problems[:SHOWN_PROBLEMS]:
        console.print(_sentence(problem, lang, place), markup=False, highlight=False, soft_wrap=True)
    if rest := summary.refused + summary.corrected - min(len(summary.problems), SHOWN_PROBLEMS):
        console.print(label("more", lang, count=rest))


def print_note(lang: Language, name: str, value: str) -> None:
    """What was decided about a file: ``name`` is that of a sentence in ``locations.notes``."""
    sentence = text(f"locations.notes.{name}", lang, value=value)
    Console(stderr=True).print(sentence, markup=False, highlight=False, soft_wrap=True)


def print_counts(counts: Iterable[tuple[str, int]], lang: Language, title: str | None = None) -> None:
    """A table of ``counts``; their names are those of ``locations.cli``."""
    if title:
        Console().print(title, markup=False, highlight=False, soft_wrap=True)
    table = Table(show_header=False)
    for name, count in counts:
        table.add_row(label(name, lang), f"{count:,}")
    Console().print(table)


def label(name: str, lang: Language, **data: object) -> str:
    return text(f"locations.cli.{name}", lang, **data)


def _sentence(problem: RowProblem, lang: Language, place: Place) -> str:
    where = label(place, lang, line=problem.line)
    return f"{where}: {text(f'locations.reasons.{problem.reason}', lang, value=problem.value)}"
