"""The ZIP file of an Anki package: looked at before anything in it is unpacked, and never unpacked by its own names."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import orjson
import zstandard

from bunri.domains.learning.anki.limits import ReadingLimits
from bunri.domains.learning.anki.wire import fields, number_of, text_of
from bunri.domains.learning.errors import CollectionBroken, NotAPackage, PackageTooLarge, PackageTooNew, UnsafePackage

NEWEST: Final = 3
"""Of the versions that ``meta`` can name: 1 ``anki2``, 2 ``anki21``, 3 ``anki21b``."""
_COLLECTIONS: Final = ((3, "collection.anki21b"), (2, "collection.anki21"), (1, "collection.anki2"))
"""The best first: a newer package has an old collection beside its own that only asks to update Anki."""
_PART: Final = 2**18
_WINDOW: Final = 2**25
"""Bytes that a zstd frame may ask for: Anki's take 2 to 8 MiB."""
_END: Final = struct.Struct("<4s4H2LH")
_ENDS_WITHIN: Final = 2**16 + 22
_ENCRYPTED: Final = 0x1


class Package:
    """``version`` says which of the three forms it has. Raises NotAPackage, UnsafePackage, PackageTooLarge,
    PackageTooNew."""

    def __init__(self, path: Path, limits: ReadingLimits) -> None:
        self._limits = limits
        _check_directory(path, limits)
        try:
            self._zip = ZipFile(path)
        except (BadZipFile, NotImplementedError, ValueError, OverflowError, UnicodeError) as error:
            raise NotAPackage from error
        try:
            self._parts = _checked(self._zip.infolist(), path.stat().st_size, limits)
            self.version, self._collection = self._chosen()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def _chosen(self) -> tuple[int, str]:
        version = 0
        if meta := self._parts.get("meta"):
            version = number_of(b"".join(self._read(meta, 64)), 1)
            if version > NEWEST:
                raise PackageTooNew
        for form, name in _COLLECTIONS:
            if name in self._parts and form >= min(version, NEWEST):
                return form, name
        raise CollectionBroken if version else NotAPackage

    def unpack_collection(self, into: Path) -> None:
        """Raises PackageTooLarge, CollectionBroken."""
        with into.open("xb") as file:
            for piece in self._content(self._parts[self._collection], self._limits.collection):
                file.write(piece)

    def media(self) -> Mapping[str, str]:
        """The parts of the ZIP file by the names that cards have for them. Raises CollectionBroken, PackageTooLarge."""
        part = self._parts.get("media")
        if part is None:
            return {}
        listed = b"".join(self._content(part, self._limits.media_map))
        named = _named_by_messages(listed) if self.version == NEWEST else _named_by_json(listed)
        return {name: part for part, name in named if part in self._parts}

    def unpack_picture(self, part: str, into: Path) -> int:
        """How many bytes it has. Raises PackageTooLarge, CollectionBroken; ``into`` is not there then."""
        size = 0
        try:
            with into.open("xb") as file:
                for piece in self._content(self._parts[part], self._limits.picture):
                    size += file.write(piece)
        except BaseException:
            into.unlink(missing_ok=True)
            raise
        return size

    def _content(self, part: ZipInfo, most: int) -> Iterator[bytes]:
        """Pieces of a part, of a new package without zstd."""
        if self.version == NEWEST:
            return _bounded(_without_zstd(self._read(part, part.compress_size + part.file_size)), most)
        return self._read(part, most)

    def _read(self, part: ZipInfo, most: int) -> Iterator[bytes]:
        try:
            with self._zip.open(part) as file:
                yield from _bounded(_pieces(file), most)
        except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, ValueError) as error:
            raise CollectionBroken from error


def _check_directory(path: Path, limits: ReadingLimits) -> None:
    """The list of parts stands at the end, and is read as a whole: a small file may have a very long one."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(max(0, size - _ENDS_WITHIN))
        end = file.read(_ENDS_WITHIN)
    at = end.rfind(b"PK\5\6")
    if not start.startswith(b"PK") or at < 0 or at + _END.size > len(end):
        raise NotAPackage
    _, _, _, _, entries, length, _, _ = _END.unpack_from(end, at)
    if entries > limits.entries or length > limits.directory:  # ZIP64 says so, too: 65,535 parts, or 4 GiB
        raise PackageTooLarge


def _checked(parts: list[ZipInfo], size: int, limits: ReadingLimits) -> dict[str, ZipInfo]:
    """By their names; none lies within another, as in bombs, and none has a path."""
    if len(parts) > limits.entries:
        raise PackageTooLarge
    found: dict[str, ZipInfo] = {}
    for part in parts:
        name = part.filename
        if name in found or not name or any(letter in name for letter in "/\\:\0") or name.startswith("."):
            raise UnsafePackage
        if part.flag_bits & _ENCRYPTED or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise UnsafePackage
        found[name] = part
    ends = 0
    for part in sorted(parts, key=lambda each: each.header_offset):
        if part.header_offset < ends:
            raise UnsafePackage
        ends = part.header_offset + part.compress_size
    if ends > size:
        raise NotAPackage
    return found


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PART):
        yield piece


def _bounded(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    left = most
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise PackageTooLarge
        yield piece


def _without_zstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """One frame, piece by piece: a decoder that is fed small pieces gives at most some MiB at a time."""
    decoder = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
    try:
        for piece in pieces:
            for start in range(0, len(piece), 1024):
                if decoded := decoder.decompress(piece[start : start + 1024]):
                    yield decoded
            if decoder.eof:
                return
    except zstandard.ZstdError as error:
        raise CollectionBroken from error
    if not decoder.eof:
        raise CollectionBroken


def _named_by_json(listed: bytes) -> list[tuple[str, str]]:
    try:
        found = orjson.loads(listed)
    except orjson.JSONDecodeError as error:
        raise CollectionBroken from error
    if not isinstance(found, dict):
        raise CollectionBroken
    return [(part, name) for part, name in found.items() if isinstance(name, str)]


def _named_by_messages(listed: bytes) -> list[tuple[str, str]]:
    """``MediaEntries``: the first entry is the part ``0``; an entry may name another one (field 255)."""
    found, place = [], 0
    for number, entry in fields(listed):
        if number == 1 and isinstance(entry, bytes):
            elsewhere = [value for number, value in fields(entry) if number == 255]
            found.append((str(elsewhere[-1] if elsewhere else place), text_of(entry, 1)))
            place += 1
    return found
