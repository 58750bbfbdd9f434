"""Reads open data about bins row by row, in bounded memory, with a reason for every row that is refused."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import IO, Final

from bunri.domains.locations.errors import BinsFileOldExcel, BinsFileTooLarge, BinsFileUnsupported
from bunri.domains.locations.importing import csv_file, geojson_file, overpass_file, pbf_file
from bunri.domains.locations.importing.parsing import Tell
from bunri.domains.locations.importing.rows import ImportDefaults, RowResult
from bunri.domains.locations.importing.values import clean

MAX_FILE_MB: Final = 1024
_HEAD_BYTES: Final = 64 * 1024
_ELEMENTS: Final = re.compile(rb'"(features|elements)"\s*:')


class Format(StrEnum):
    """What a file is, whatever it is called."""

    TABLE = "table"
    EXCEL = "excel"
    GEOJSON = "geojson"
    OVERPASS = "overpass"
    PBF = "pbf"


def read_rows(
    file: IO[bytes],
    defaults: ImportDefaults,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    tell: Tell = lambda _name, _value: None,
) -> Iterator[RowResult]:
    """The result of each row of a seekable ``file`` in one of the formats.

    ``mapping`` maps columns to fields (see ``columns.FIELDS``) and wins over the headers; ``encoding`` of a table is
    detected when None, and so is the ``sheet`` of a workbook. ``tell`` hears what was decided. Raises as ``format_of``,
    and while reading the errors of the readers.
    """
    mapping = {clean(column): field for column, field in (mapping or {}).items()}
    match format_of(file):
        case Format.EXCEL:
            from bunri.domains.locations.importing import excel_file

            return excel_file.read_rows(file, mapping, defaults, sheet, tell)
        case Format.PBF:
            return pbf_file.read_rows(file, defaults.area)
        case Format.OVERPASS:
            return overpass_file.read_rows(file, defaults.area)
        case Format.GEOJSON:
            return geojson_file.read_rows(file, mapping, defaults, tell)
    return csv_file.read_rows(file, mapping, defaults, encoding, tell)


def format_of(file: IO[bytes]) -> Format:
    """By what is in it; rewinds ``file``. Raises BinsFileTooLarge, BinsFileOldExcel and BinsFileUnsupported."""
    head = _head(file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise BinsFileOldExcel
    if head.startswith(b"PK\x03\x04"):
        return Format.EXCEL
    if head[4:15] == b"\n\tOSMHeader":
        return Format.PBF
    if head.startswith(csv_file.UTF_16_MARKS):
        return Format.TABLE
    if b"\0" in head:
        raise BinsFileUnsupported
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        array = _ELEMENTS.search(head)
        return Format.OVERPASS if array and array[1] == b"elements" else Format.GEOJSON
    return Format.TABLE


def is_openstreetmap(file: IO[bytes]) -> bool:
    """Whether it is data of OpenStreetMap, which has to be named where it is shown; rewinds ``file``. GeoJSON that
    comes from there says so at its beginning. Raises as ``format_of``."""
    found = format_of(file)
    named = found is Format.GEOJSON and b"openstreetmap.org" in _head(file).lower()
    return named or found in (Format.PBF, Format.OVERPASS)


def _head(file: IO[bytes]) -> bytes:
    size = file.seek(0, 2)
    file.seek(0)
    if size > MAX_FILE_MB * 1024 * 1024:
        raise BinsFileTooLarge(limit_mb=MAX_FILE_MB)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    return head
