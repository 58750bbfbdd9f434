"""A drill: the newest archive is restored into a PostgreSQL of its own, every row is counted, and a picture opened."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL

from bunri.kit.errors import BunriError
from bunri.platform.backup.archive import ArchiveReader, room_told
from bunri.platform.backup.database import scratch_folder
from bunri.platform.backup.errors import BackupDamaged, BackupPictureBroken
from bunri.platform.backup.manifest import DrillResult, Manifest
from bunri.platform.backup.restoring import check_known, load_checked, unpack
from bunri.platform.db.address import owner_address
from bunri.platform.embedded import EmbeddedServers

_LARGEST_PICTURE = 32 * 2**20


@dataclass(frozen=True)
class DrillPlan:
    """What a drill needs beside the archive."""

    revisions: Mapping[str, Sequence[str]]
    prepare: Callable[[URL], None]
    """Makes roles and extensions in a new database, as its owner."""
    open_picture: Callable[[bytes], None]
    """Decodes a picture. Raises BunriError."""
    work: Path
    kept_folders: tuple[str, ...]
    """Folders with pictures of ours; what people have sent and nobody has looked at may be anything."""


def drill(reader: ArchiveReader, plan: DrillPlan) -> DrillResult:
    """Restores beside everything that runs, and removes it again. Never raises for what is wrong with the archive: that
    is the result. Must run in the main thread, as it starts a server."""
    at, started = datetime.now(UTC), time.monotonic()
    try:
        manifest, picture = _restored(reader, plan)
    except BunriError as error:
        seconds = round(time.monotonic() - started, 3)
        return DrillResult(name=reader.name, at=at, ok=False, seconds=seconds, code=error.code)
    return DrillResult(
        name=reader.name,
        at=at,
        ok=True,
        seconds=round(time.monotonic() - started, 3),
        rows=manifest.rows,
        tables=sum(len(each.rows) for each in manifest.schemas.values()),
        picture=picture,
    )


def _restored(reader: ArchiveReader, plan: DrillPlan) -> tuple[Manifest, str | None]:
    with scratch_folder(plan.work, "drill-") as folder, room_told(plan.work):
        manifest, files = unpack(reader, folder)
        check_known(reader.name, manifest, plan.revisions)
        servers = EmbeddedServers(folder / "data", valkey=False, what="bunri backup drill")
        try:
            owner = owner_address(str(servers.start().database_url))
            plan.prepare(owner)
            load_checked(owner, manifest, files, list(plan.revisions))
        finally:
            servers.stop()
        return manifest, _open_one(reader, manifest, plan)


def _open_one(reader: ArchiveReader, manifest: Manifest, plan: DrillPlan) -> str | None:
    """Another one each time."""
    folders = tuple(f"objects/{folder}" for folder in plan.kept_folders)
    pictures = [
        name
        for name, part in manifest.parts.items()
        if name.startswith(folders) and (part.content_type or "").startswith("image/") and part.size <= _LARGEST_PICTURE
    ]
    if not pictures:
        return None
    chosen = secrets.choice(pictures)
    for name, _, source in reader.parts(manifest, lambda name: name == chosen):
        try:
            plan.open_picture(source.read(_LARGEST_PICTURE))
        except BunriError as error:
            raise BackupPictureBroken(name=reader.name, key=name) from error
        return name.removeprefix("objects/")
    raise BackupDamaged(name=reader.name, part=chosen)
