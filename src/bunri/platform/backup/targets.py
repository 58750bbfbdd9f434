"""Where archives lie: a folder, or a bucket of S3."""

import asyncio
import hashlib
import io
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from bunri.kit.errors import NO_ROOM
from bunri.platform.backup.errors import BackupDamaged, BackupMissing, BackupNoRoom, BackupTargetUnusable
from bunri.platform.backup.manifest import DrillResult, Summary
from bunri.platform.backup.objects import list_keys
from bunri.platform.storage import ObjectMissing, StorageFull, StorageUnavailable, open_storage

NAME: Final = re.compile(r"bunri-\d{8}t\d{6}z\.tar(\.age)?")
_DRILL: Final = "drill.json"
_DRAFTS: Final = ".draft-"
_PREFIX: Final = "backups/"
_NO_BUCKET: Final = "NoSuchBucket"
"""What S3 says of a bucket that is made with the first backup."""
_SMALL: Final = 2**16
_CHUNK: Final = 2**20


class Target(ABC):
    """Files by name. Every method raises BackupTargetUnusable, and what writes BackupNoRoom, too."""

    def __init__(self, label: str) -> None:
        self.label = label
        """For sentences: without user and password."""

    @property
    @abstractmethod
    def drafts(self) -> Path | None:
        """A folder whose files ``put`` only has to rename; None: any other one."""

    @abstractmethod
    def files(self, folder: str = "") -> list[str]:
        """The names of what lies in ``folder`` (``wal/``) or below it; ``""``: at the top, without what is below."""

    @abstractmethod
    def open(self, name: str) -> IO[bytes]:
        """To be read front to back. Raises BackupMissing."""

    @abstractmethod
    def put(self, name: str, draft: Path) -> None:
        """Takes ``draft`` over, completely or not at all, and removes it."""

    @abstractmethod
    def write(self, name: str, data: bytes) -> None:
        """A small file, completely or not at all."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """It need not exist."""

    @abstractmethod
    def close(self) -> None:
        """Ends what it has open."""

    # ── what lies there ───────────────────────────────────────────────────────────────────────────────────────────

    def archives(self) -> list[Summary]:
        """The complete ones, the newest first."""
        names = set(self.files())
        found = [
            self.summary(name)
            for name in sorted(names, reverse=True)
            if NAME.fullmatch(name) and f"{name}.json" in names
        ]
        return sorted(found, key=lambda each: each.created_at, reverse=True)

    def summary(self, name: str) -> Summary:
        """Raises BackupMissing, BackupDamaged."""
        try:
            with self.open(f"{name}.json") as file:
                return Summary.model_validate_json(file.read(_SMALL))
        except BackupMissing:
            raise BackupMissing(name=name, target=self.label) from None
        except ValidationError as error:
            raise BackupDamaged(name=name, part=f"{name}.json") from error

    def sha256(self, name: str) -> tuple[int, str]:
        """Bytes and SHA-256 of a file as it lies there."""
        digest, size = hashlib.sha256(), 0
        with self.open(name) as file:
            while data := file.read(_CHUNK):
                digest.update(data)
                size += len(data)
        return size, digest.hexdigest()

    def remove(self, name: str) -> None:
        """An archive. Its summary goes first, so that nobody finds half of it."""
        self.delete(f"{name}.json")
        self.delete(name)

    def drill(self) -> DrillResult | None:
        """The last one; None: there was none, or nobody can read what was noted."""
        with suppress(BackupMissing, ValidationError), self.open(_DRILL) as file:
            return DrillResult.model_validate_json(file.read(_SMALL))
        return None

    def note_drill(self, result: DrillResult) -> None:
        self.write(_DRILL, result.model_dump_json(indent=1).encode())


class FolderTarget(Target):
    """A folder of this machine, which may be a mounted disk of another."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._folder = folder

    @property
    def drafts(self) -> Path:
        with self._translated():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder

    def files(self, folder: str = "") -> list[str]:
        with self._translated():
            place = self._folder / folder
            if not place.is_dir():
                return []
            found = place.rglob("*") if folder else place.iterdir()
            return [
                each.relative_to(self._folder).as_posix()
                for each in found
                if each.is_file() and not each.name.startswith(_DRAFTS)
            ]

    def open(self, name: str) -> IO[bytes]:
        with self._translated():
            try:
                return (self._folder / name).open("rb")
            except FileNotFoundError:
                raise BackupMissing(name=name, target=self.label) from None

    def put(self, name: str, draft: Path) -> None:
        with self._translated():
            place = self._folder / name
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(draft)
            draft.replace(place)
            _sync(place.parent)

    def write(self, name: str, data: bytes) -> None:
        draft = self.drafts / f"{_DRAFTS}{os.getpid()}-{name.replace('/', '-')}"
        with self._translated():
            try:
                draft.write_bytes(data)
                draft.chmod(0o600)
                self.put(name, draft)
            finally:
                draft.unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        with self._translated():
            (self._folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open between two calls."""

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in NO_ROOM:
                raise BackupNoRoom(folder=self.label) from error
            raise BackupTargetUnusable(target=self.label, reason=error.strerror or str(error)) from error


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class S3Target(Target):
    """``backups/`` in a bucket, of any store that speaks S3."""

    def __init__(self, url: str, within_s: float | None = None) -> None:
        parts = urlsplit(url)
        super().__init__(f"s3://{parts.netloc.rpartition('@')[2]}{parts.path}")
        self._storage = open_storage(url, secret="", within_s=within_s)
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._prepared = False

    @property
    def drafts(self) -> None:
        return None

    def close(self) -> None:
        self._runner.close()

    def files(self, folder: str = "") -> list[str]:
        with self._translated():
            try:
                keys = list(list_keys(self._runner, self._storage, _PREFIX + folder))
            except StorageUnavailable as error:
                if error.data.get("reason") == _NO_BUCKET:
                    return []
                raise
        names = [key.removeprefix(_PREFIX) for key in keys]
        return names if folder else [name for name in names if "/" not in name]

    def open(self, name: str) -> IO[bytes]:
        with self._translated():
            stat = self._runner.run(self._storage.stat(_PREFIX + name))
        if stat is None:
            raise BackupMissing(name=name, target=self.label)
        return io.BufferedReader(_InParts(self, name), _CHUNK * 8)

    def part(self, name: str, start: int, length: int) -> bytes:
        with self._translated():
            try:
                return self._runner.run(self._storage.read_part(_PREFIX + name, start, length))
            except ObjectMissing:
                raise BackupMissing(name=name, target=self.label) from None

    def put(self, name: str, draft: Path) -> None:
        with self._translated():
            self._prepare()
            self._runner.run(self._storage.write_file(_PREFIX + name, draft, "application/octet-stream"))
        draft.unlink()

    def write(self, name: str, data: bytes) -> None:
        with self._translated():
            self._prepare()
            self._runner.run(self._storage.write(_PREFIX + name, data, "application/json"))

    def delete(self, name: str) -> None:
        with self._translated():
            self._runner.run(self._storage.delete(_PREFIX + name))

    def _prepare(self) -> None:
        """Makes the bucket where it is missing."""
        if not self._prepared:
            self._runner.run(self._storage.prepare({}))
            self._prepared = True

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except StorageFull as error:
            raise BackupNoRoom(folder=self.label) from error
        except StorageUnavailable as error:
            raise BackupTargetUnusable(target=self.label, reason=error.data.get("reason", "")) from error


class _InParts(io.RawIOBase):
    """An object as a file that is read front to back."""

    def __init__(self, target: S3Target, name: str) -> None:
        self._target = target
        self._name = name
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        data = self._target.part(self._name, self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def open_target(url: str, *, within_s: float | None = None) -> Target:
    """``/a/folder``, ``file:///a/folder``, or ``s3://…`` (storage.s3.S3Address; ``within_s`` as of open_storage).
    Raises ValueError."""
    scheme = urlsplit(url).scheme
    if scheme == "s3":
        return S3Target(url, within_s)
    if scheme == "file":
        return FolderTarget(Path(unquote(urlsplit(url).path)))
    if scheme:
        raise ValueError(f"backups go to a folder or to s3://…, not to {scheme}://")
    return FolderTarget(Path(url).expanduser().absolute())
