"""Features of a GeoJSON FeatureCollection (RFC 7946), one by one: the file may be larger than memory."""

import codecs
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import IO, Any, Final

from bunri.domains.locations.errors import BinsFileBroken, BinsMappingInvalid
from bunri.domains.locations.importing.columns import Columns, recognise
from bunri.domains.locations.importing.rows import Defaults, Problem, Reading, Reason, Record, read

_CHUNK: Final = 256 * 1024
_LONGEST_VALUE: Final = 1024 * 1024


def readings(file: IO[bytes], wanted: Mapping[str, str], defaults: Defaults) -> Iterator[Reading]:
    """What became of each feature of ``file``; ``wanted`` maps property → field.

    Raises BinsFileBroken where the text stops being GeoJSON, BinsMappingInvalid when no feature had a wanted property.
    """
    unseen = dict(wanted)

    @lru_cache(maxsize=64)
    def columns(properties: tuple[str, ...]) -> Columns:
        for name in properties:
            unseen.pop(name, None)
        known = recognise(properties, {name: field for name, field in wanted.items() if name in properties})
        return {**known, "lat": ("lat",), "lng": ("lng",)}

    for line, feature in _features(file):
        record = _record(line, feature)
        if record is None:
            yield Reading(problem=Problem(line, Reason.NO_POINT))
        else:
            yield read(record, columns(tuple(record.fields)), defaults)
    for name, field in unseen.items():
        raise BinsMappingInvalid(column=name, field=field)


def _record(line: int, feature: Any) -> Record | None:
    """The properties of a Point feature as text, its coordinates among them as ``lat`` and ``lng``."""
    match feature:
        case {"geometry": {"type": "Point", "coordinates": [lng, lat, *_]}}:
            properties = feature.get("properties")
            said = properties if isinstance(properties, dict) else {}
            fields = {name: _words(value) for name, value in said.items()}
            return Record(line, fields | {"lat": _words(lat), "lng": _words(lng)})
    return None


def _words(value: object) -> str:
    """``value`` as text that any encoding can hold: JSON may spell half a surrogate pair."""
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def _features(file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    """Each member of the top object's ``features`` with the line it starts on; the other members are skipped."""
    window = _Window(file)
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


class _Window:
    """JSON text seen through a sliding window that never holds much more than one value."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = codecs.getreader("utf-8-sig")(file)
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
        while len(self._buffer) <= _LONGEST_VALUE:
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
        except UnicodeDecodeError:
            raise BinsFileBroken(line=self.line) from None
        self._buffer += chunk
        self._ended = not chunk
        return bool(chunk)
