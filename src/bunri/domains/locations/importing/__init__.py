"""Open data about bins, read row by row: bounded in memory, honest about what it refuses."""

from collections.abc import Iterator, Mapping
from typing import IO, Final

from bunri.domains.locations.errors import BinsFileTooLarge, BinsFileUnsupported
from bunri.domains.locations.importing import csv_file, geojson_file
from bunri.domains.locations.importing.rows import Defaults, Reading

LARGEST_MB: Final = 1024
_FIRST: Final = 64 * 1024


def readings(
    file: IO[bytes], defaults: Defaults, wanted: Mapping[str, str] | None = None, encoding: str | None = None
) -> Iterator[Reading]:
    """What became of each row of a seekable CSV or GeoJSON ``file``; it is GeoJSON when it starts with a brace.

    ``wanted`` maps columns to fields (see ``columns.FIELDS``) before the headers are asked; ``encoding`` of a CSV is
    detected when None. Raises BinsFileTooLarge and BinsFileUnsupported, and on the way the errors of both readers.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if size > LARGEST_MB * 1024 * 1024:
        raise BinsFileTooLarge(limit_mb=LARGEST_MB)
    head = file.read(_FIRST)
    file.seek(0)
    if b"\0" in head or head.startswith(b"PK\x03\x04"):
        raise BinsFileUnsupported
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return geojson_file.readings(file, wanted or {}, defaults)
    return csv_file.readings(file, wanted or {}, defaults, encoding)
