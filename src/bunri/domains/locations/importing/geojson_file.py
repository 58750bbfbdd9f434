"""Reads a GeoJSON FeatureCollection (RFC 7946) feature by feature: the file may be larger than memory."""

import codecs
import io
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import IO, Any, Final

from bunri.domains.locations.errors import BinsFileBroken, BinsMappingInvalid
from bunri.domains.locations.importing.columns import Columns, recognise
from bunri.domains.locations.importing.rows import (
    FileRow,
    ImportDefaults,
    ProblemReason,
    RowProblem,
    RowResult,
    parse_row,
)
from bunri.domains.locations.importing.values import distinct

_CHUNK: Final = 256 * 1024
_MAX_VALUE: Final = 1024 * 1024


def read_rows(file: IO[bytes], mapping: Mapping[str, str], defaults: ImportDefaults) -> Iterator[RowResult]:
    """The result of each feature of ``file``; ``mapping`` is property → field.

    Raises BinsFileBroken where the text is not GeoJSON, BinsMappingInvalid for a property that no feature had.
    """
    unused = dict(mapping)

    @lru_cache(maxsize=64)
    def columns(properties: tuple[str, ...]) -> Columns:
        for name in properties:
            unused.pop(name, None)
        known = recognise(properties, {name: field for name, field in mapping.items() if name in properties})
        return {**known, "lat": ("lat",), "lng": ("lng",)}

    for line, feature in _features(file):
        record = _record(line, feature)
        if record is None:
            yield RowResult(problem=RowProblem(line, ProblemReason.NO_POINT))
        else:
            yield parse_row(record, columns(tuple(record.fields)), defaults)
    for name, field in unused.items():
        raise BinsMappingInvalid(column=name, field=field)


def _record(line: int, feature: Any) -> FileRow | None:
    """The properties of a Point feature as text, its coordinates among them as ``lat`` and ``lng``."""
    match feature:
        case {"geometry": {"type": "Point", "coordinates": [lng, lat, *_]}}:
            properties = feature.get("properties")
            known = properties if isinstance(properties, dict) else {}
            names = distinct(map(_as_text, known))
            fields = {name: _as_text(value) for name, value in zip(names, known.values(), strict=True)}
            return FileRow(line, fields | {"lat": _as_text(lat), "lng": _as_text(lng)})
    return None


def _as_text(value: object) -> str:
    """``value`` as text that can be encoded: JSON may contain half a surrogate pair."""
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def _features(file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    """Each member of the top object's ``features`` with the line it starts on; the other members are skipped."""
    window = _JsonStream(file)
    window.expect("{")
    while window.value() != "features":
        window.expect(":")
        window.value()
        window.expect(",")
    window.expect(":")
    window.expect("[")
    while window.peek() != "]":
        line = window.line
        yield line, window.value()
        if window.peek() != "]":
            window.expect(",")


class _JsonStream:
    """JSON text, read value by value with a buffer that holds little more than one value."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = codecs.getreader("utf-8-sig")(file)
        self._newlines = io.IncrementalNewlineDecoder(None, translate=True)  # so that lines are counted on any system
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._ended = False
        self.line = 1

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            rest = self._buffer.lstrip()
            self._drop(len(self._buffer) - len(rest))
            if rest or not self._more():
                return self._buffer[:1]

    def expect(self, character: str) -> None:
        if self.peek() != character:
            raise BinsFileBroken(line=self.line)
        self._drop(1)

    def value(self) -> Any:
        """The JSON value that starts here."""
        self.peek()
        while len(self._buffer) <= _MAX_VALUE:
            try:
                value, end = self._decoder.raw_decode(self._buffer)
            except (ValueError, RecursionError):
                end = len(self._buffer)
            else:
                if end < len(self._buffer) or self._ended:  # a number at the very end may go on in the next chunk
                    self._drop(end)
                    return value
            if not self._more():
                break
        raise BinsFileBroken(line=self.line)

    def _drop(self, count: int) -> None:
        self.line += self._buffer.count("\n", 0, count)
        self._buffer = self._buffer[count:]

    def _more(self) -> bool:
        try:
            chunk = self._text.read(_CHUNK)
            seen = self._newlines.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise BinsFileBroken(line=self.line) from None
        self._buffer += seen
        self._ended = not chunk
        return bool(chunk)
