"""Restoring a moment: the embedded database as it was then, and the files that its rows name."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bunri.platform.backup.archive import ArchiveReader, room_told
from bunri.platform.backup.cluster import BASE, Recovery
from bunri.platform.backup.database import scratch_folder
from bunri.platform.backup.errors import (
    BackupDamaged,
    BackupOfAnotherSecret,
    BackupWhileRunning,
    BackupWouldReplaceCluster,
)
from bunri.platform.backup.objects import Objects
from bunri.platform.backup.restoring import SECRET, unpack, write_objects, write_secret
from bunri.platform.backup.targets import Target
from bunri.platform.embedded.errors import DataDirectoryInUse
from bunri.platform.embedded.lock import DataLock

if TYPE_CHECKING:
    import pyrage

_PARTS: Final = (SECRET, re.compile(re.escape(BASE)))


@dataclass(frozen=True)
class Moment:
    """What came back."""

    reached: bool
    """False: the log ended before, and all of it was taken."""
    objects: int
    """That were missing."""
    before: Path
    """Where the cluster is kept that was there."""


def restore_moment(
    until: datetime,
    reader: ArchiveReader,
    target: Target,
    identities: "Sequence[pyrage.x25519.Identity]",
    data: Path,
    objects: Callable[[], Objects],
    secret: str | None,
    *,
    replace: bool,
) -> Moment:
    """Puts the cluster of ``data`` back to ``until``.

    ``objects`` opens the store once the secrets are there. ``secret`` is the fingerprint of the one that counts; None:
    the archive brings its own. Objects are not of that moment: those of the archive that are missing are put back, and
    none is removed.

    Where it fails, the cluster is as it was. Raises BackupWhileRunning, BackupWouldReplaceCluster unless ``replace``,
    BackupOfAnotherSecret, BackupDamaged, BackupKeyWrong, BackupNoRoom, ServerFailed. In the main thread.
    """
    work = data / "backup-work"
    with _Held(data) as lock, scratch_folder(work, "restoring-") as folder, room_told(work):
        if (data / "postgres").exists() and not replace:
            raise BackupWouldReplaceCluster(directory=str(data))
        manifest, files = unpack(reader, folder, _PARTS)
        if manifest.cluster is None or BASE not in files:
            raise BackupDamaged(name=reader.name, part=BASE)
        if secret is not None and manifest.secret != secret:
            raise BackupOfAnotherSecret(name=reader.name)
        recovery = Recovery(data, manifest.cluster)
        recovery.unpack(files[BASE])
        files.pop(BASE).unlink()
        recovery.add_log(target, identities)
        with recovery.swapped():
            lock.release()  # the server takes it
            reached = recovery.run(until)
        write_secret(files, data / "secrets", "postgres")  # the passwords of its roles are those of then
        if secret is None:
            write_secret(files, data / "secrets")
        store = objects()
        try:
            written = write_objects(reader, manifest, store, folder, without=set(store.keys()))
        finally:
            store.close()
    return Moment(reached, written, recovery.before)


class _Held:
    """The data directory, until it is released or the block ends."""

    def __init__(self, data: Path) -> None:
        self._lock = DataLock(data)

    def __enter__(self) -> DataLock:
        try:
            self._lock.acquire("bunri restore")
        except DataDirectoryInUse as error:
            raise BackupWhileRunning(what=f"{error.data['what']} (pid {error.data['pid']})") from error
        return self._lock

    def __exit__(self, *_: object) -> None:
        self._lock.release()
