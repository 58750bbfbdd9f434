"""Restoring an archive: looked at to its end first, then the database in one transaction, then objects and secrets."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sqlalchemy.engine import URL

from bunri import __version__
from bunri.platform.backup.archive import ArchiveReader, room_told
from bunri.platform.backup.database import check_nobody_works, load, rows_of, scratch_folder
from bunri.platform.backup.errors import (
    BackupDamaged,
    BackupOfAnotherSecret,
    BackupRowsDiffer,
    BackupTooNew,
    BackupWouldReplace,
)
from bunri.platform.backup.manifest import Manifest, SchemaManifest
from bunri.platform.backup.objects import Objects
from bunri.platform.embedded.secrets import write_private

DUMP: Final = re.compile(r"database/([a-z_]{1,63})\.dump")
SECRET: Final = re.compile(r"files/secrets/([a-z0-9_-]{1,64})")
_OBJECT: Final = "objects/"
_COPY: Final = 2**20


@dataclass(frozen=True)
class Destination:
    """Where an archive is restored to."""

    owner: URL
    """The database, as its owner."""
    revisions: Mapping[str, Sequence[str]]
    """By schema: the migrations that this version knows."""
    prepare: Callable[[], None]
    """Makes roles and extensions."""
    objects: Objects
    secret: str | None
    """The fingerprint of the BUNRI_SECRET that counts here; None: the archive brings its own."""
    secrets: Path
    """The folder of secrets."""
    work: Path
    """For what is unpacked."""


@dataclass(frozen=True)
class Restored:
    """What came back."""

    rows: int
    tables: int
    objects: int
    removed: int
    """Objects that were there and are not in the archive."""


def restore(reader: ArchiveReader, to: Destination, *, replace: bool = False, other_secret: bool = False) -> Restored:
    """Puts the archive in the place of what is there. Where something fails before the database is changed, nothing has
    been changed; a restore that was killed is done again with ``replace``.

    Raises BackupWouldReplace unless ``replace``, BackupOfAnotherSecret unless ``other_secret``, BackupWhileRunning,
    BackupTooNew, BackupRowsDiffer, BackupNoRoom, what ArchiveReader.check raises, StorageFull, StorageUnavailable.
    """
    with scratch_folder(to.work, "restoring-") as folder, room_told(to.work):
        manifest, files = unpack(reader, folder)
        check_known(reader.name, manifest, to.revisions)
        _check_secret(reader.name, manifest, files, to.secret, allowed=other_secret)
        there = sum(sum(schema.rows.values()) for schema in rows_of(to.owner, list(to.revisions)).values())
        if there and not replace:
            raise BackupWouldReplace(rows=there)
        check_nobody_works(to.owner)
        to.prepare()
        load_checked(to.owner, manifest, files, list(to.revisions))
        written = write_objects(reader, manifest, to.objects, folder)
        removed = _remove_others(to.objects, manifest) if replace else 0
        if to.secret is None:
            write_secret(files, to.secrets)
    return Restored(manifest.rows, sum(len(each.rows) for each in manifest.schemas.values()), written, removed)


def unpack(
    reader: ArchiveReader, folder: Path, wanted: Sequence[re.Pattern[str]] = (DUMP, SECRET)
) -> tuple[Manifest, dict[str, Path]]:
    """Checks the archive and copies what is ``wanted`` of it into ``folder``; returns the copies by their names."""
    files: dict[str, Path] = {}

    def keep(name: str) -> IO[bytes] | None:
        if not any(pattern.fullmatch(name) for pattern in wanted):
            return None
        files[name] = folder / name.replace("/", "-")
        return files[name].open("wb")

    manifest = reader.check(keep)
    for schema in manifest.schemas if DUMP in wanted else ():
        if f"database/{schema}.dump" not in files:
            raise BackupDamaged(name=reader.name, part=f"database/{schema}.dump")
    return manifest, files


def check_known(name: str, manifest: Manifest, revisions: Mapping[str, Sequence[str]]) -> None:
    """Raises BackupTooNew for an archive with a schema or a migration that this version does not know."""
    for schema, described in manifest.schemas.items():
        if described.revision not in revisions.get(schema, ()):
            raise BackupTooNew(name=name, made_by=manifest.bunri, version=__version__)


def load_checked(owner: URL, manifest: Manifest, files: Mapping[str, Path], drop: Sequence[str]) -> None:
    """Loads the dumps and counts each table anew. Raises BackupRowsDiffer and what ``load`` raises."""
    load(owner, {schema: files[f"database/{schema}.dump"] for schema in manifest.schemas}, drop=drop)
    compare(manifest.schemas, rows_of(owner, list(manifest.schemas)))


def compare(expected: Mapping[str, SchemaManifest], found: Mapping[str, SchemaManifest]) -> None:
    """Raises BackupRowsDiffer for the first table that is missing, or has other rows than it had."""
    for schema, described in expected.items():
        rows = found[schema].rows if schema in found else {}
        for table, count in described.rows.items():
            if rows.get(table) != count:
                raise BackupRowsDiffer(table=f"{schema}.{table}", expected=count, found=rows.get(table, "–"))


def _check_secret(
    name: str, manifest: Manifest, files: Mapping[str, Path], secret: str | None, *, allowed: bool
) -> None:
    brings_its_own = secret is None and "files/secrets/root" in files
    if not (brings_its_own or allowed or manifest.secret == secret):
        raise BackupOfAnotherSecret(name=name)


def write_objects(
    reader: ArchiveReader, manifest: Manifest, objects: Objects, folder: Path, *, without: Container[str] = ()
) -> int:
    """All objects of the archive but those ``without`` (by key); returns how many."""
    count, copy = 0, folder / "object"

    def wanted(name: str) -> bool:
        return name.startswith(_OBJECT) and name.removeprefix(_OBJECT) not in without

    for name, part, source in reader.parts(manifest, wanted):
        with copy.open("wb") as file:
            while data := source.read(_COPY):
                file.write(data)
        objects.write(name.removeprefix(_OBJECT), copy, part.content_type or "application/octet-stream")
        count += 1
    return count


def _remove_others(objects: Objects, manifest: Manifest) -> int:
    """What was stored after the backup belongs to nobody any more, and may be of somebody."""
    others = [key for key in objects.keys() if f"{_OBJECT}{key}" not in manifest.parts]  # noqa: SIM118
    for key in others:
        objects.delete(key)
    return len(others)


def write_secret(files: Mapping[str, Path], secrets: Path, name: str = "root") -> None:
    """The root of all keys alone, unless another is named: the passwords of the embedded servers are theirs, and made
    where they are."""
    if brought := files.get(f"files/secrets/{name}"):
        secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = secrets / f".{name}.restored"
        write_private(draft, brought.read_text("utf-8"))
        draft.replace(secrets / name)
