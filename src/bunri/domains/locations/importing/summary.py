"""Counts what an import did."""

from dataclasses import dataclass, field
from typing import Final

from bunri.domains.locations.importing.rows import RowProblem, RowResult

MAX_PROBLEMS: Final = 1000
"""Problems that are kept to be shown; all are counted."""


@dataclass(slots=True)
class ImportSummary:
    """Counts of an import: rows ``read``, ``refused`` and ``corrected``; bins ``added``, ``merged`` and ``extra``.

    ``extra`` are the bins beyond the first of rows that name several kinds. Where data is pulled, bins that the same
    data set had before are ``updated`` or ``unchanged``, and rows of other regions are ``elsewhere``. No row is lost
    unsaid: read + extra = added + updated + unchanged + merged + elsewhere + refused.
    """

    read: int = 0
    extra: int = 0
    refused: int = 0
    elsewhere: int = 0
    corrected: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    def count(self, result: RowResult) -> None:
        """Counts one row."""
        self.read += 1
        self.extra += max(0, len(result.new_bins) - 1)
        if result.problem is None:
            return
        if result.new_bins:
            self.corrected += 1
        else:
            self.refused += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(result.problem)
