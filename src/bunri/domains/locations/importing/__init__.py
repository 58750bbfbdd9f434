"""Reads open data about bins row by row, in bounded memory, with a reason for every row that is refused."""

from collections.abc import Iterator, Mapping
from typing import IO, Final

from bunri.domains.locations.errors import BinsFileTooLarge, BinsFileUnsupported
from bunri.domains.locations.importing import csv_file, geojson_file
from bunri.domains.locations.importing.rows import ImportDefaults, RowResult
from bunri.domains.locations.importing.values import clean

MAX_FILE_MB: Final = 1024
_HEAD_BYTES: Final = 64 * 1024


def read_rows(
    file: IO[bytes], defaults: ImportDefaults, mapping: Mapping[str, str] | None = None, encoding: str | None = None
) -> Iterator[RowResult]:
    """The result of each row of a seekable CSV or GeoJSON ``file``; it is GeoJSON when it starts with a brace.

    ``mapping`` maps columns to fields (see ``columns.FIELDS``) and wins over the headers; ``encoding`` of a CSV is
    detected when None. Raises BinsFileTooLarge and BinsFileUnsupported, and while reading the errors of both readers.
    """
    mapping = {clean(column): field for column, field in (mapping or {}).items()}
    size = file.seek(0, 2)
    file.seek(0)
    if size > MAX_FILE_MB * 1024 * 1024:
        raise BinsFileTooLarge(limit_mb=MAX_FILE_MB)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if b"\0" in head or head.startswith(b"PK\x03\x04"):
        raise BinsFileUnsupported
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return geojson_file.read_rows(file, mapping, defaults)
    return csv_file.read_rows(file, mapping, defaults, encoding)
