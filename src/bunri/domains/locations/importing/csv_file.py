"""Reads CSV files as districts publish them: in UTF-8 or CP949, with commas, tabs or semicolons."""

import codecs
import csv
from collections.abc import Iterator, Mapping
from typing import IO, Final

from bunri.domains.locations.errors import BinsFileBroken
from bunri.domains.locations.importing.columns import recognise
from bunri.domains.locations.importing.rows import (
    FileRow,
    ImportDefaults,
    ProblemReason,
    RowProblem,
    RowResult,
    parse_row,
)

_MAX_LINE: Final = 64 * 1024
_CHUNK: Final = 1024 * 1024
_DELIMITERS: Final = ",\t;|"


def read_rows(
    file: IO[bytes], mapping: Mapping[str, str], defaults: ImportDefaults, encoding: str | None = None
) -> Iterator[RowResult]:
    """The result of each row of ``file``; ``mapping`` is column → field. The encoding is detected when None.

    Raises BinsColumnsMissing, BinsMappingInvalid for the header and BinsFileBroken for a line without end.
    """
    lines = _lines(file, encoding or detect(file))
    top = next(lines, "")
    delimiter = max(_DELIMITERS, key=lambda each: len(_split(top, each)))
    header = [name.strip() for name in _split(top, delimiter)]
    columns = recognise(header, mapping)
    for row in _rows(lines, delimiter, header):
        yield parse_row(row, columns, defaults) if isinstance(row, FileRow) else RowResult(problem=row)


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _rows(lines: Iterator[str], delimiter: str, header: list[str]) -> Iterator[FileRow | RowProblem]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = reader.line_num + 2  # the header was line 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a quote that never closes, stopped by the module's limit on a field
            yield RowProblem(line, ProblemReason.BROKEN)
            continue
        if any(values):
            yield FileRow(line, dict(zip(header, values, strict=False)))


def _lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Lines of bounded length. A byte that ``encoding`` does not know becomes U+FFFD, so that only its row is refused.

    Lines can be split before decoding: in CP949 and UTF-8 no other character contains the byte of a newline.
    """
    for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE), b""), 1):
        if len(line) == _MAX_LINE and not line.endswith(b"\n"):
            raise BinsFileBroken(line=number)
        yield line.decode(encoding, "replace")


def detect(file: IO[bytes]) -> str:
    """``utf-8-sig`` or ``cp949``, whichever reads the whole file with fewer errors; rewinds the file."""
    return min(("utf-8-sig", "cp949"), key=lambda encoding: _errors(file, encoding))


def _errors(file: IO[bytes], encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    chunks = iter(lambda: file.read(_CHUNK), b"")
    errors = sum(decoder.decode(chunk).count("\N{REPLACEMENT CHARACTER}") for chunk in chunks)
    file.seek(0)
    return errors
