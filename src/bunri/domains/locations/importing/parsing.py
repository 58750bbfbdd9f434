"""Turns the rows of a file into results, after a look at the first ones: of which system are its coordinates?"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Final

from bunri.domains.locations.importing.columns import Columns
from bunri.domains.locations.importing.projections import find_system
from bunri.domains.locations.importing.rows import FileRow, ImportDefaults, RowProblem, RowResult, parse_row, values_of

SAMPLE_ROWS: Final = 500

Tell = Callable[[str, str], None]
"""Is told what was decided about the file: the name of a sentence in ``locations.notes``, and its ``value``."""


def parse_rows(
    rows: Iterable[FileRow | RowProblem], columns: Callable[[FileRow], Columns], defaults: ImportDefaults, tell: Tell
) -> Iterator[RowResult]:
    """The result of each row; ``columns`` are those of a row. Raises as ``find_system``."""
    coming = iter(rows)
    first = list(islice(coming, SAMPLE_ROWS))
    known = ((values_of(row), columns(row)) for row in first if isinstance(row, FileRow))
    system = find_system(known, defaults.area, defaults.crs)
    if system:
        tell("swapped_system" if system.swapped else "system", system.code)
    for row in chain(first, coming):
        if isinstance(row, FileRow):
            yield parse_row(row, columns(row), defaults, system)
        else:
            yield RowResult(problem=row)
