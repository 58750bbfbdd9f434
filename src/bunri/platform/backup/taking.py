"""Taking a backup: database, files and objects into one archive, which is there completely or not at all."""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from bunri import __version__
from bunri.platform.backup.archive import RESERVE, ArchiveWriter, DraftFile, room_told, written
from bunri.platform.backup.cluster import BASE, copy_files, prune_log
from bunri.platform.backup.database import Snapshot, scratch_folder
from bunri.platform.backup.errors import BackupNotEncrypted
from bunri.platform.backup.manifest import FORMAT, ClusterManifest, Manifest, SchemaManifest, Summary
from bunri.platform.backup.objects import Objects
from bunri.platform.backup.retention import kept
from bunri.platform.backup.settings import BackupSettings
from bunri.platform.backup.targets import NAME, Target

_SCRATCH: Final = ".taking-"


@dataclass(frozen=True)
class Source:
    """What is backed up."""

    login: URL
    """The database, as the login role."""
    schemas: Sequence[str]
    objects: Objects
    secret: str
    """The fingerprint of BUNRI_SECRET."""
    work: Path
    """For drafts, where the target has no place for them."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """By their names in the archive."""
    cluster: URL | None = None
    """The embedded PostgreSQL as its owner, where its files and its log are kept, too."""


def take(source: Source, target: Target, settings: BackupSettings, *, reserve: int = RESERVE) -> Summary:
    """Makes an archive and removes those that are not to stay any longer. ``reserve`` bytes stay free on the disk.

    Raises BackupNotEncrypted, BackupUnderWay, BackupNoRoom, BackupTargetUnusable, BackupProgramFailed,
    DatabaseUnavailable, StorageUnavailable; then the target is as it was.
    """
    if not settings.recipients and not settings.unencrypted:
        raise BackupNotEncrypted
    started = time.monotonic()
    place = target.drafts or source.work
    with room_told(place), Snapshot(source.login) as snapshot:
        _sweep(place)
        with scratch_folder(place, _SCRATCH) as folder:
            draft = DraftFile(folder / "archive", reserve)
            try:
                with written(draft, settings.recipients) as archive:
                    manifest = _Taking(source, snapshot, archive, folder, reserve).run()
            finally:
                draft.close()
            encrypted = bool(settings.recipients)
            name = _free_name(target, snapshot.taken_at, encrypted)
            target.put(name, folder / "archive")
    summary = Summary(
        format=FORMAT,
        bunri=__version__,
        name=name,
        created_at=manifest.created_at,
        size=draft.size,
        sha256=draft.sha256,
        encrypted=encrypted,
        seconds=round(time.monotonic() - started, 3),
        rows=manifest.rows,
        objects=manifest.objects,
        cluster=manifest.cluster,
    )
    target.write(f"{name}.json", summary.model_dump_json(indent=1).encode())
    prune(target, settings)
    return summary


class _Taking:
    """The parts of one archive, one after the other."""

    def __init__(self, source: Source, snapshot: Snapshot, archive: ArchiveWriter, folder: Path, reserve: int) -> None:
        self._source = source
        self._snapshot = snapshot
        self._archive = archive
        self._part = folder / "part"
        self._reserve = reserve

    def run(self) -> Manifest:
        """The database first: what its rows name is still there when objects are copied, unless it is deleted in
        between, and then nobody misses it."""
        schemas = {schema: self._dump(schema) for schema in self._source.schemas}
        self._snapshot.release()
        cluster = self._base()
        for name, path in self._source.files.items():
            self._archive.add_file(f"files/{name}", path)
        for key in self._source.objects.keys():  # noqa: SIM118  # a method, and no dict
            self._object(key)
        manifest = Manifest(
            format=FORMAT,
            bunri=__version__,
            created_at=self._snapshot.taken_at,
            postgres=self._snapshot.postgres,
            secret=self._source.secret,
            schemas=schemas,
            parts=self._archive.parts,
            cluster=cluster,
        )
        self._archive.close(manifest)
        return manifest

    def _dump(self, schema: str) -> SchemaManifest:
        draft = DraftFile(self._part, self._reserve)
        try:
            self._snapshot.dump(schema, draft)  # type: ignore[arg-type]
        finally:
            draft.close()
        self._archive.add_file(f"database/{schema}.dump", self._part)
        return self._snapshot.describe(schema)

    def _base(self) -> ClusterManifest | None:
        """After the dumps, so that the log leads from it to any moment after the snapshot."""
        if self._source.cluster is None:
            return None
        cluster = copy_files(self._source.cluster, self._part, self._reserve)
        self._archive.add_file(BASE, self._part)
        return cluster

    def _object(self, key: str) -> None:
        draft = DraftFile(self._part, self._reserve)
        try:
            content_type = self._source.objects.copy(key, draft)  # type: ignore[arg-type]
        finally:
            draft.close()
        if content_type is not None:
            with self._part.open("rb") as copied:
                self._archive.add(f"objects/{key}", copied, draft.size, content_type)


def prune(target: Target, settings: BackupSettings) -> list[str]:
    """Removes the archives that are not to stay, and what a killed backup has left; returns their names."""
    archives = {each.name: each.created_at for each in target.archives()}
    staying = kept(archives, daily=settings.daily, weekly=settings.weekly, monthly=settings.monthly)
    unfinished = {name for name in target.files() if NAME.fullmatch(name)} - archives.keys()
    removed = sorted({*archives, *unfinished} - staying)
    for name in removed:
        target.remove(name)
    prune_log(target)
    return removed


def _sweep(place: Path) -> None:
    """Drafts of a backup that was killed. Nobody else is at work: the snapshot is one at a time."""
    for left in place.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)


def _free_name(target: Target, moment: datetime, encrypted: bool) -> str:
    there = set(target.files())
    while True:
        name = f"bunri-{moment.astimezone(UTC):%Y%m%dt%H%M%Sz}.tar" + (".age" if encrypted else "")
        if name not in there:
            return name
        moment += timedelta(seconds=1)
