"""The archive: a tar of parts, encrypted as a whole. Its beginning says who wrote it, and its end what it has.

    preface.json                 format and version
    database/SCHEMA.dump         pg_dump's custom format, all of one snapshot
    cluster/base.tar.gz          pg_basebackup's, where the log is kept, too
    files/…                      of the data directory: the secrets
    objects/KEY                  of the object store, as they are
    manifest.json                size and SHA-256 of each part, rows of each table

It is read front to back, so that nothing has to fit on a disk twice. Nothing of it is acted upon before it has been
read to its end once (``check``): age proves each piece, and the manifest that no part is missing.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from pydantic import ValidationError

from bunri import __version__
from bunri.kit.errors import NO_ROOM
from bunri.platform.backup.encryption import decrypting, encrypting, is_encrypted
from bunri.platform.backup.errors import (
    BackupDamaged,
    BackupIdentityMissing,
    BackupNoRoom,
    BackupTooNew,
)
from bunri.platform.backup.manifest import FORMAT, Manifest, Part, Preface
from bunri.platform.disk import free_bytes

if TYPE_CHECKING:
    import pyrage

PREFACE: Final = "preface.json"
MANIFEST: Final = "manifest.json"
RESERVE: Final = 64 * 2**20
"""Bytes that a backup leaves free: a database without room stops."""
_LARGEST_PREFACE: Final = 2**12
_LARGEST_MANIFEST: Final = 2**28
"""Bytes; an object takes some 150."""
_LONGEST_NAME: Final = 512
_CHUNK: Final = 2**20

Open = Callable[[], AbstractContextManager[IO[bytes]]]
"""Opens the archive as it lies there, at its beginning."""


class DraftFile:
    """A file being written, with its size and SHA-256. It leaves ``reserve`` bytes of the disk free."""

    def __init__(self, path: Path, reserve: int = RESERVE) -> None:
        self._path = path
        self._reserve = reserve
        self._digest = hashlib.sha256()
        self._unchecked = _CHUNK * 4
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb")
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        """Raises OSError, and BackupNoRoom."""
        self._unchecked += len(data)
        if self._unchecked >= _CHUNK * 4:
            self._unchecked = 0
            if free_bytes(self._path.parent) < self._reserve:
                raise BackupNoRoom(folder=str(self._path.parent))
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


@contextmanager
def room_told(folder: Path) -> Iterator[None]:
    """A full disk becomes BackupNoRoom."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise BackupNoRoom(folder=str(folder)) from error
        raise


class ArchiveWriter:
    """Adds parts one after the other, and remembers what they were."""

    def __init__(self, out: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # closed by close
        self.parts: dict[str, Part] = {}
        preface = Preface(format=FORMAT, bunri=__version__)
        self._write(PREFACE, preface.model_dump_json().encode())

    def add(self, name: str, source: IO[bytes], size: int, content_type: str | None = None) -> None:
        """``size`` bytes of ``source``. Raises OSError where it has fewer."""
        hashed = _Hashing(source)
        self._tar.addfile(_header(name, size), hashed)
        self.parts[name] = Part(size=size, sha256=hashed.sha256, content_type=content_type)

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as source:
            self.add(name, source, path.stat().st_size)

    def close(self, manifest: Manifest) -> None:
        self._write(MANIFEST, manifest.model_dump_json().encode())
        self._tar.close()

    def _write(self, name: str, data: bytes) -> None:
        self._tar.addfile(_header(name, len(data)), io.BytesIO(data))


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size = size
    header.mode = 0o600
    return header


class _Hashing(io.RawIOBase):
    """Reads from a file and keeps the SHA-256 of what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._digest.update(data)
        return data


@contextmanager
def written(draft: DraftFile, recipients: Sequence[str]) -> Iterator[ArchiveWriter]:
    """An archive in ``draft``, encrypted for ``recipients``; for none of them readable by anybody."""
    out: AbstractContextManager[IO[bytes]] = (
        encrypting(draft, recipients) if recipients else nullcontext(draft)  # type: ignore[arg-type]
    )
    with out as file:
        sink = _Sink(file)
        try:
            yield ArchiveWriter(sink)  # type: ignore[arg-type]
        except BaseException:
            sink.abandoned = True
            raise


class _Sink:
    """Where a tar is written to. One that is given up writes its last block when it is forgotten, to nobody."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.abandoned = False

    def write(self, data: bytes) -> int:
        return len(data) if self.abandoned else self._file.write(data)


class ArchiveReader:
    """An archive called ``name``, opened anew for each pass by ``open_``."""

    def __init__(self, name: str, open_: Open, identities: "Sequence[pyrage.x25519.Identity]") -> None:
        self.name = name
        self._open = open_
        self._identities = identities

    def check(self, keep: Callable[[str], IO[bytes] | None] = lambda _: None) -> Manifest:
        """Reads everything once and compares it with the manifest. ``keep`` opens a file for a part that is to be
        copied.

        Raises BackupKeyWrong, BackupIdentityMissing, BackupDamaged, BackupTooNew.
        """
        found: dict[str, tuple[int, str]] = {}
        manifest: Manifest | None = None
        with closing(self._members()) as members:
            for name, source in members:
                if manifest is not None or name in found:
                    raise BackupDamaged(name=self.name, part=name)
                if name == MANIFEST:
                    manifest = self._parsed(source)
                else:
                    found[name] = _copied(source, keep(name))
        if manifest is None:
            raise BackupDamaged(name=self.name, part=MANIFEST)
        for name in sorted({*found, *manifest.parts}):
            part = manifest.parts.get(name)
            if part is None or found.get(name) != (part.size, part.sha256):
                raise BackupDamaged(name=self.name, part=name)
        return manifest

    def parts(self, manifest: Manifest, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Part, IO[bytes]]]:
        """The parts that are ``wanted``, in their order, each to be read before the next one. Call ``check`` before.
        What was read to its end and is not what ``check`` saw raises BackupDamaged."""
        with closing(self._members()) as members:
            for name, source in members:
                part = manifest.parts.get(name)
                if part is None or not wanted(name):
                    continue
                hashed = _Hashing(source)
                yield name, part, hashed  # type: ignore[misc]
                if hashed.sha256 != part.sha256:
                    raise BackupDamaged(name=self.name, part=name)

    def _members(self) -> Generator[tuple[str, IO[bytes]], None, None]:
        """All parts but the preface, which is looked at first."""
        with self._open() as file, self._plain(file) as plain:
            try:
                with tarfile.open(fileobj=plain, mode="r|") as tar:
                    first = True
                    for member in tar:
                        source = tar.extractfile(member) if member.isreg() else None
                        if source is None or len(member.name) > _LONGEST_NAME:
                            raise BackupDamaged(name=self.name, part=member.name[:_LONGEST_NAME])
                        if first:
                            self._check_preface(member.name, source)
                            first = False
                        else:
                            yield member.name, _Member(source, self.name)  # type: ignore[misc]
                # The end of the tar is not the end of what was encrypted: only that proves it whole.
                while plain.read(_CHUNK):
                    pass
            except tarfile.TarError as error:
                raise BackupDamaged(name=self.name, part="tar") from error

    @contextmanager
    def _plain(self, file: IO[bytes]) -> Iterator[IO[bytes]]:
        beginning = file.read(32)
        whole = _Prefixed(beginning, file)
        if not is_encrypted(beginning):
            yield whole  # type: ignore[misc]
        elif not self._identities:
            raise BackupIdentityMissing(name=self.name)
        else:
            with decrypting(whole, self._identities, self.name) as plain:  # type: ignore[arg-type]
                yield plain

    def _check_preface(self, name: str, source: IO[bytes]) -> None:
        try:
            if name != PREFACE:
                raise ValueError(name)
            preface = Preface.model_validate_json(source.read(_LARGEST_PREFACE))
        except ValueError as error:  # pydantic's is one
            raise BackupDamaged(name=self.name, part=PREFACE) from error
        if preface.format > FORMAT:
            raise BackupTooNew(name=self.name, made_by=preface.bunri, version=__version__)

    def _parsed(self, source: IO[bytes]) -> Manifest:
        raw = source.read(_LARGEST_MANIFEST + 1)
        try:
            if len(raw) > _LARGEST_MANIFEST:
                raise BackupDamaged(name=self.name, part=MANIFEST)
            return Manifest.model_validate_json(raw)
        except ValidationError as error:
            raise BackupDamaged(name=self.name, part=MANIFEST) from error


class _Member(io.RawIOBase):
    """A part as it is read, of an archive that may end in the middle of it."""

    def __init__(self, source: IO[bytes], name: str) -> None:
        self._source = source
        self._name = name

    def read(self, size: int = -1) -> bytes:
        try:
            return self._source.read(size)
        except tarfile.TarError as error:
            raise BackupDamaged(name=self._name, part="tar") from error


class _Prefixed(io.RawIOBase):
    """A file of which the beginning has been read already."""

    def __init__(self, beginning: bytes, rest: IO[bytes]) -> None:
        self._beginning = beginning
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if not self._beginning:
            return self._rest.read(size)
        if size < 0:
            data, self._beginning = self._beginning, b""
            return data + self._rest.read()
        data, self._beginning = self._beginning[:size], self._beginning[size:]
        return data


def _copied(source: IO[bytes], to: IO[bytes] | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        while data := source.read(_CHUNK):
            digest.update(data)
            size += len(data)
            if to:
                to.write(data)
    finally:
        if to:
            to.close()
    return size, digest.hexdigest()
