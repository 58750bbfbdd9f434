"""Reads CSV files as districts publish them: in UTF-8, CP949 or UTF-16, with commas, tabs or semicolons, of any
system."""

import codecs
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Final

from bunri.domains.locations.errors import BinsFileBroken
from bunri.domains.locations.importing.columns import Columns
from bunri.domains.locations.importing.coordinates import coordinate
from bunri.domains.locations.importing.headings import MOST_TITLE_ROWS, Headings, find_headings
from bunri.domains.locations.importing.parsing import Tell, parse_rows
from bunri.domains.locations.importing.records import Lines, Record, next_record
from bunri.domains.locations.importing.rows import FileRow, ImportDefaults, ProblemReason, RowProblem, RowResult
from bunri.domains.locations.importing.values import clean, number, present

_MAX_LINE: Final = 64 * 1024
_CHUNK: Final = 1024 * 1024
_DELIMITERS: Final = ",\t;|"
UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Letters that would keep a quote from standing first in its value; ``values.clean`` takes off the rarer ones."""


def read_rows(
    file: IO[bytes], mapping: Mapping[str, str], defaults: ImportDefaults, encoding: str | None, tell: Tell
) -> Iterator[RowResult]:
    """The result of each row of ``file``; ``mapping`` is column → field. The encoding is detected when None.

    Raises BinsColumnsMissing, BinsMappingInvalid for the header, BinsFileBroken for a line without end, and as
    ``parse_rows``.
    """
    lines = Lines(_lines(file, encoding or detect(file)))
    delimiter, headings = _headings(lines, mapping)
    rows = _rows(lines, delimiter, headings.names, _row_test(headings.names, headings.columns))
    return parse_rows(rows, lambda _: headings.columns, defaults, tell)


def _headings(lines: Lines, mapping: Mapping[str, str]) -> tuple[str, Headings]:
    """The delimiter of the headings, and the headings; takes them and what is above them from ``lines``."""
    delimiter = _DELIMITERS[0]

    def records() -> Iterator[list[str]]:
        nonlocal delimiter
        while lines.ahead(0) is not None and lines.taken <= MOST_TITLE_ROWS:
            delimiter, record = _heading_record(lines)
            lines.take(record.lines)
            yield [name.strip('"') for name in record.values]

    headings = find_headings(records(), mapping)
    return delimiter, headings


def _heading_record(lines: Lines) -> tuple[str, Record]:
    """The delimiter, which is the one that parts most headings, and the record."""
    found = {each: next_record(lines, each, _has_numbers, most_rows=0) for each in _DELIMITERS}
    delimiter = max(found, key=lambda each: len(found[each].values))
    return delimiter, found[delimiter]


def _has_numbers(values: Sequence[str]) -> bool:
    """Whether these are values rather than headings."""
    return sum(number(clean(value)) is not None for value in values) >= 2


def _row_test(header: Sequence[str], columns: Columns) -> Callable[[list[str]], bool]:
    """Tells whether values are a row: numbers where the coordinates belong, or as many values as headings without."""
    lat, lng = header.index(columns["lat"][0]), header.index(columns["lng"][0])

    def is_row(values: list[str]) -> bool:
        if len(values) <= max(lat, lng):
            return False
        coordinates = [each for each in (present(clean(values[lat])), present(clean(values[lng]))) if each]
        if not coordinates:
            return len(values) == len(header)
        return all(coordinate(each) is not None for each in coordinates)

    return is_row


def _rows(
    lines: Lines, delimiter: str, header: list[str], is_row: Callable[[list[str]], bool]
) -> Iterator[FileRow | RowProblem]:
    unpaired = False
    while lines.ahead(0) is not None:
        line = lines.taken + 1
        record = next_record(lines, delimiter, is_row)
        lines.take(record.lines)
        if record.broken or (unpaired and record.quotes % 2):
            # After a quote without its partner the next odd one is that partner: its row is as doubtful as the first.
            unpaired = record.broken
            yield RowProblem(line, ProblemReason.BROKEN)
        elif _filled(record):
            yield FileRow(line, dict(zip(header, record.values, strict=False)))


def _filled(record: Record) -> bool:
    return any(map(clean, record.values))


def _lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Lines of bounded length, which end in LF, CR LF or, as old Macs wrote them, CR, each made LF.

    A byte that ``encoding`` does not know becomes U+FFFD, so that only its row is refused.
    """
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("replace"), translate=True)
    count, rest = 0, ""
    for chunk in chain(iter(lambda: file.read(_MAX_LINE), b""), [b""]):
        seen = _INVISIBLE.sub("", decoder.decode(chunk, final=not chunk))
        *lines, rest = (rest + seen).split("\n")
        for line in lines:
            count += 1
            _bound(line, count)
            yield line + "\n"
        _bound(rest, count + 1)
    if rest:
        yield rest


def _bound(text: str, line: int) -> None:
    if len(text) >= _MAX_LINE:
        raise BinsFileBroken(line=line)


def detect(file: IO[bytes]) -> str:
    """UTF-16 by its mark, else ``utf-8-sig`` or ``cp949``, whichever reads the whole file with fewer errors; rewinds
    the file."""
    mark = file.read(2)
    file.seek(0)
    if mark in UTF_16_MARKS:
        return "utf-16"
    return min(("utf-8-sig", "cp949"), key=lambda encoding: _errors(file, encoding))


def _errors(file: IO[bytes], encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    chunks = iter(lambda: file.read(_CHUNK), b"")
    errors = sum(decoder.decode(chunk).count("\N{REPLACEMENT CHARACTER}") for chunk in chunks)
    file.seek(0)
    return errors
