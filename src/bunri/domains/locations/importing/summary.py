"""What an import did."""

from dataclasses import dataclass, field
from typing import Final

from bunri.domains.locations.importing.rows import Problem, Reading

MOST_PROBLEMS: Final = 1000
"""Kept to be told; all are counted."""


@dataclass(slots=True)
class Summary:
    """Counts of an import: rows ``read``, ``refused`` and ``corrected``; bins ``added`` and ``merged``."""

    read: int = 0
    refused: int = 0
    corrected: int = 0
    added: int = 0
    merged: int = 0
    problems: list[Problem] = field(default_factory=list)

    def count(self, reading: Reading) -> None:
        """Take a row into account."""
        self.read += 1
        if reading.problem is None:
            return
        if reading.drafts:
            self.corrected += 1
        else:
            self.refused += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(reading.problem)
