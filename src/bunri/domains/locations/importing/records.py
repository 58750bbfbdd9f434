"""Splits the lines of a CSV file into records, so that a stray quote costs its own line and no other row."""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

MAX_LINES: Final = 100
"""Lines of one record. Notes of a few lines are real; more are the rows after a quote that never closes."""


class Lines:
    """Lines of a file that can be looked at before they are taken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._coming = lines
        self._ahead: deque[str] = deque()
        self.taken = 0

    def ahead(self, index: int) -> str | None:
        """The line that is ``index`` lines ahead, or None after the end."""
        self._ahead.extend(islice(self._coming, max(0, index + 1 - len(self._ahead))))
        return self._ahead[index] if index < len(self._ahead) else None

    def take(self, count: int) -> None:
        for _ in range(count):
            self._ahead.popleft()
        self.taken += count


@dataclass(frozen=True, slots=True)
class Record:
    """The values of a record, the number of its lines and of its quotes.

    ``broken`` has a quote without its partner: then it is one line, split at every delimiter.
    """

    values: list[str]
    lines: int = 1
    quotes: int = 0
    broken: bool = False


def next_record(lines: Lines, delimiter: str, is_row: Callable[[list[str]], bool], most_rows: int = 1) -> Record:
    """The record that begins at the next line, which must exist; nothing is taken from ``lines``.

    A quote may enclose line breaks. But when more than ``most_rows`` of the lines are rows on their own (``is_row``),
    when one that it encloses as a whole is one, or when it does not close at all, it is a stray one, and each of the
    lines is to be read by itself.
    """
    first = lines.ahead(0) or ""
    if '"' not in first:
        return Record(first.rstrip("\n").split(delimiter))
    used: list[str] = []
    closed = True

    def feed() -> Iterator[str]:
        """The lines for as long as the parser asks for more, which it does within quotes only."""
        nonlocal closed
        rows: list[bool] = []
        while len(used) < MAX_LINES and (line := lines.ahead(len(used))) is not None:
            used.append(line)
            if len(used) > 1:
                rows += [_alone(each, delimiter, is_row) for each in (used if len(used) == 2 else (line,))]
                enclosed = (row for row, each in zip(rows[1:-1], used[1:-1], strict=True) if '"' not in each)
                if sum(rows) > most_rows or any(enclosed):
                    break
            yield line
        closed = False

    try:
        values = next(csv.reader(feed(), delimiter=delimiter), [])
    except csv.Error:  # a value beyond the module's limit
        closed = False
    if not closed:
        return Record(first.rstrip("\n").split(delimiter), broken=True)
    return Record(values, len(used), sum(line.count('"') for line in used))


def _alone(line: str, delimiter: str, is_row: Callable[[list[str]], bool]) -> bool:
    """Whether ``line`` is a row when it is read by itself, with its quotes or without."""
    return is_row(next(csv.reader([line], delimiter=delimiter), [])) or is_row(line.replace('"', "").split(delimiter))
