"""Reads Excel workbooks (.xlsx, .xlsm) row by row: the values that Excel kept of formulas, one sheet."""

import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any, Final

import openpyxl

from bunri.domains.locations.errors import (
    BinsColumnsMissing,
    BinsFileBroken,
    BinsFileTooLarge,
    BinsFileUnsupported,
    BinsMappingInvalid,
    BinsSheetMissing,
)
from bunri.domains.locations.importing.headings import MOST_TITLE_ROWS, Headings, find_headings
from bunri.domains.locations.importing.parsing import Tell, parse_rows
from bunri.domains.locations.importing.rows import FileRow, ImportDefaults, RowResult
from bunri.domains.locations.importing.values import clean

MAX_UNPACKED_MB: Final = 1024
_SMALL: Final = 16 * 1024 * 1024
MOST_TIMES_SMALLER: Final = 100
"""What a workbook of more than _SMALL unpacked bytes may be packed to: rows of text come to a tenth or a twentieth."""
MOST_ROWS: Final = 1_048_576
"""Excel's own bound. A row may say any number, and openpyxl fills the gap before it with empty rows."""
MOST_COLUMNS: Final = 500
_AT_ONCE: Final = 64
"""Rows that are read at once: warnings are turned off and on for each time."""


def read_rows(
    file: IO[bytes], mapping: Mapping[str, str], defaults: ImportDefaults, sheet: str | None, tell: Tell
) -> Iterator[RowResult]:
    """The result of each row of ``sheet``; None: of the first one with columns for coordinates.

    Raises BinsFileTooLarge, BinsFileUnsupported, BinsSheetMissing, BinsFileBroken, and as ``csv_file.read_rows``.
    """
    _check(file)
    with _opened(file) as book:
        name, headings = _choose(book, mapping, sheet, tell)
        yield from parse_rows(_rows(book[name], headings), lambda _: headings.columns, defaults, tell)


def _check(file: IO[bytes]) -> None:
    """The sizes that an archive says are the most that can be read from it, so they are looked at before anything is
    unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise BinsFileBroken(line=1) from None
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise BinsFileUnsupported
    unpacked, packed = sum(part.file_size for part in parts), file.seek(0, 2)
    if unpacked > MAX_UNPACKED_MB << 20 or unpacked > max(_SMALL, packed * MOST_TIMES_SMALLER):
        raise BinsFileTooLarge(limit_mb=MAX_UNPACKED_MB)
    file.seek(0)


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Any]:
    with _told_of_broken(1):
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        yield book
    finally:
        book.close()


@contextmanager
def _told_of_broken(line: int) -> Iterator[None]:
    """openpyxl warns of what it leaves out, and has no errors of its own for what it cannot read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as failure:
        raise BinsFileBroken(line=line) from failure


def _choose(book: Any, mapping: Mapping[str, str], wanted: str | None, tell: Tell) -> tuple[str, Headings]:
    """The sheet that is read and its headings; of several it says which, and which others could be read."""
    names = [each.title for each in book.worksheets]
    if wanted is not None and wanted not in names:
        raise BinsSheetMissing(sheet=wanted, found=", ".join(names)[:300])
    found: dict[str, Headings] = {}
    failures: list[BinsColumnsMissing | BinsMappingInvalid] = []
    for name in names if wanted is None else [wanted]:
        try:
            found[name] = find_headings(islice(map(list, _cells(book[name])), MOST_TITLE_ROWS + 1), mapping)
        except (BinsColumnsMissing, BinsMappingInvalid) as failure:
            failures.append(failure)
    if not found:
        raise failures[0] if failures else BinsColumnsMissing(found="")
    chosen, *others = found
    if len(names) > 1:
        tell("sheet", chosen)
    if others:
        tell("other_sheets", ", ".join(others))
    return chosen, found[chosen]


def _rows(sheet: Any, headings: Headings) -> Iterator[FileRow]:
    for line, cells in enumerate(_cells(sheet), 1):
        if line > headings.rows and any(map(clean, cells)):
            yield FileRow(line, dict(zip(headings.names, cells, strict=False)))


def _cells(sheet: Any) -> Iterator[Sequence[str]]:
    """The rows of ``sheet`` as text. What it says of its size is not believed."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True)
    for line in range(1, MOST_ROWS + 1, _AT_ONCE):
        with _told_of_broken(line):
            some = list(islice(rows, _AT_ONCE))
        yield from ([_as_text(cell) for cell in row[:MOST_COLUMNS]] for row in some)
        if len(some) < _AT_ONCE:
            return
    raise BinsFileBroken(line=MOST_ROWS)


def _as_text(cell: object) -> str:
    """As people see it: numbers without a needless fraction, days without a midnight."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
