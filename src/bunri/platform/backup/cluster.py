"""Any moment of the embedded PostgreSQL: a copy of its files, and its log from there on (PostgreSQL manual, 25.3).

A copy (``pg_basebackup``) is a part of each archive. Finished files of the log are compressed, encrypted and laid
beside the archives, as ``wal/CLUSTER/FILE.gz.age``; one is finished after five minutes at the latest.
"""

import gzip
import os
import re
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from sqlalchemy.engine import URL

from bunri.platform.backup.archive import RESERVE, DraftFile, room_told
from bunri.platform.backup.database import ask, scratch_folder
from bunri.platform.backup.encryption import decrypting, encrypting
from bunri.platform.backup.errors import BackupDamaged, BackupIdentityMissing, BackupMomentOutOfReach
from bunri.platform.backup.manifest import ClusterManifest, Summary
from bunri.platform.backup.programs import program, reachable, stream
from bunri.platform.backup.targets import Target
from bunri.platform.embedded import EmbeddedServers, ServerFailed
from bunri.platform.embedded.account import server_account
from bunri.platform.embedded.postgres import KEPT_LOG

if TYPE_CHECKING:
    import pyrage

BASE: Final = "cluster/base.tar.gz"
_SEGMENT: Final = re.compile(r"[0-9A-F]{24}")
_HISTORY: Final = re.compile(r"[0-9A-F]{8}\.history")
_SHIPPED: Final = re.compile(r"wal/(?P<system>\d{1,20})/(?P<file>[0-9a-f]{24}|[0-9a-f]{8}\.history)\.gz(?P<age>\.age)?")
_START: Final = re.compile(rb"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")
_SYSTEM: Final = re.compile(r"Database system identifier:\s+(\d+)")
_SEGMENT_BYTES: Final = 2**24
_NOT_REACHED: Final = "recovery ended before configured recovery target was reached"
_RECOVERS_WITHIN_S: Final = 6 * 3600.0
_CHUNK: Final = 2**20


# ── taking ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def copy_files(owner: URL, to: Path, reserve: int = RESERVE) -> ClusterManifest:
    """Writes a copy of the running cluster's files into ``to``. Raises BackupProgramFailed, BackupNoRoom."""
    url, env = reachable(owner)
    draft = DraftFile(to, reserve)
    options = ["--format=tar", "--gzip", "--pgdata=-", "--wal-method=fetch", "--checkpoint=fast"]
    try:
        stream([program("pg_basebackup"), *options, f"--dbname={url}"], env, draft)  # type: ignore[arg-type]
    finally:
        draft.close()
    copied_at = ask(owner, "select now()")
    return ClusterManifest(system=system_of(owner), first_segment=_first_segment(to), copied_at=copied_at)


def system_of(owner: URL) -> str:
    return str(ask(owner, "select system_identifier from pg_control_system()"))


def _first_segment(base: Path) -> str:
    with tarfile.open(base) as tar:
        for member in tar:
            if member.name.removeprefix("./") == "backup_label":
                label = tar.extractfile(member)
                if label and (found := _START.search(label.read(4096))):
                    return found[1].decode()
    raise BackupDamaged(name=base.name, part="backup_label")


def ship(data: Path, target: Target, system: str, recipients: Sequence[str]) -> int:
    """Takes the finished files of the log from the data directory to the target; returns how many.

    Raises BackupNoRoom, BackupTargetUnusable; then what is left stays where it is.
    """
    folder, count = data / KEPT_LOG, 0
    if not folder.is_dir():
        return 0
    place = target.drafts or data / "backup-work"
    with scratch_folder(place, ".shipping-") as scratch, room_told(place):
        for file in sorted(folder.iterdir()):
            if _SEGMENT.fullmatch(file.name) or _HISTORY.fullmatch(file.name):
                _pack(file, scratch / "packed", recipients)
                name = f"wal/{system}/{file.name.lower()}.gz" + (".age" if recipients else "")
                target.put(name, scratch / "packed")
                count += 1
            elif file.name.startswith("."):
                continue  # the server is just writing it
            file.unlink()
    return count


def _pack(file: Path, to: Path, recipients: Sequence[str]) -> None:
    draft = DraftFile(to)
    out: AbstractContextManager[IO[bytes]] = (
        encrypting(draft, recipients) if recipients else nullcontext(draft)  # type: ignore[arg-type]
    )
    try:
        with out as sink, gzip.GzipFile(fileobj=sink, mode="wb", mtime=0) as packed, file.open("rb") as source:
            shutil.copyfileobj(source, packed, _CHUNK)
    finally:
        draft.close()


def prune_log(target: Target) -> int:
    """Removes what no archive needs any more; returns how many files."""
    oldest: dict[str, str] = {}
    for each in target.archives():
        if each.cluster:
            first = each.cluster.first_segment[8:].lower()
            oldest[each.cluster.system] = min(first, oldest.get(each.cluster.system, first))
    count = 0
    for name in target.files("wal/"):
        found = _SHIPPED.fullmatch(name)
        if found and not found["file"].endswith(".history") and found["file"][8:] < oldest.get(found["system"], ""):
            target.delete(name)
            count += 1
    return count


# ── restoring ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def archive_for(target: Target, until: datetime) -> Summary:
    """The newest archive from which the log leads to ``until``. Raises BackupMomentOutOfReach."""
    moments = [(each.cluster.copied_at, each) for each in target.archives() if each.cluster]
    for copied_at, each in moments:
        if copied_at <= until <= datetime.now(UTC):
            return each
    first = _told(min(moment for moment, _ in moments)) if moments else "–"
    raise BackupMomentOutOfReach(until=_told(until), first=first, last=_told(datetime.now(UTC)))


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


class Recovery:
    """The cluster of ``data`` as it was at a moment. Nobody may be using the directory (DataLock)."""

    def __init__(self, data: Path, cluster: ClusterManifest) -> None:
        self._data = data
        self._cluster = cluster
        self._new = data / "postgres.restored"
        self._place = data / "postgres"
        self.before = data / "postgres.before"
        """Where the cluster that was there is kept."""

    def unpack(self, base: Path) -> None:
        """Lays the copy beside the cluster that is there."""
        shutil.rmtree(self._new, ignore_errors=True)
        self._new.mkdir(mode=0o700)
        with tarfile.open(base) as tar:
            tar.extractall(self._new, filter="data")  # nothing outside, no links, no devices
        for name in ("pg_wal", "pg_wal/archive_status", "pg_wal/summaries"):
            (self._new / name).mkdir(mode=0o700, exist_ok=True)

    def add_log(self, target: Target, identities: "Sequence[pyrage.x25519.Identity]") -> None:
        """Adds the log from the target, and what never got there from this directory, if it is the same cluster's."""
        for name in target.files("wal/"):
            found = _SHIPPED.fullmatch(name)
            if found and found["system"] == self._cluster.system and self._needed(_original(found["file"])):
                if found["age"] and not identities:
                    raise BackupIdentityMissing(name=name)
                with target.open(name) as packed:
                    file = self._new / "pg_wal" / _original(found["file"])
                    _unpack_log(name, packed, identities if found["age"] else None, file)
        for folder in self._local_logs():
            for file in folder.iterdir():
                if self._needed(file.name) and not (self._new / "pg_wal" / file.name).exists():
                    shutil.copyfile(file, self._new / "pg_wal" / file.name)

    def _needed(self, file: str) -> bool:
        if _SEGMENT.fullmatch(file):
            return file[8:] >= self._cluster.first_segment[8:]
        return bool(_HISTORY.fullmatch(file))

    def _local_logs(self) -> Iterator[Path]:
        if self._place.is_dir():
            done = subprocess.run(  # noqa: S603
                [program("pg_controldata"), str(self._place)], capture_output=True, text=True, check=False
            )
            found = _SYSTEM.search(done.stdout)
            if found and found[1] == self._cluster.system:
                yield from (each for each in (self._data / KEPT_LOG, self._place / "pg_wal") if each.is_dir())

    @contextmanager
    def swapped(self) -> Iterator[None]:
        """The copy takes the place of the cluster, which is kept as ``before`` and comes back where the block fails."""
        self._own()
        shutil.rmtree(self.before, ignore_errors=True)
        there = self._place.exists()
        if there:
            self._place.rename(self.before)
        self._new.rename(self._place)
        try:
            yield
        except BaseException:
            shutil.rmtree(self._place, ignore_errors=True)
            if there:
                self.before.rename(self._place)
            raise

    def _own(self) -> None:
        account = server_account(self._place)
        if account:
            for path in (self._new, *self._new.rglob("*")):
                os.chown(path, account.uid, account.gid, follow_symlinks=False)

    def run(self, until: datetime) -> bool:
        """Starts the server, which follows its log to ``until``, and stops it again. False: the log ended before, so
        all of it was taken. Raises ServerFailed."""
        try:
            self._recover(until)
        except ServerFailed as error:
            if _NOT_REACHED not in str(error.data.get("log", "")):
                raise
            self._recover(None)
            return False
        return True

    def _recover(self, until: datetime | None) -> None:
        settings = self._place / "postgresql.auto.conf"
        before = settings.read_text("utf-8")
        # The log lies where the server looks last, so there is nothing to fetch it with.
        lines = ["restore_command = 'false'", "recovery_target_timeline = 'latest'"]
        lines.append("hot_standby = off")  # it says that it is ready when it has arrived, and not on its way
        if until:
            lines += [f"recovery_target_time = '{until.isoformat()}'", "recovery_target_action = 'promote'"]
        settings.write_text("\n".join([before, *lines, ""]))
        (self._place / "recovery.signal").touch()
        self._give(settings, self._place / "recovery.signal")
        servers = EmbeddedServers(
            self._data, valkey=False, start_within=_RECOVERS_WITHIN_S, what="bunri restore", keeps_log=True
        )
        try:
            servers.start()
        finally:
            servers.stop(within=60)
            settings.write_text(before)

    def _give(self, *files: Path) -> None:
        account = server_account(self._place)
        for file in files if account else ():
            assert account  # noqa: S101
            os.chown(file, account.uid, account.gid)


def _original(shipped: str) -> str:
    """The name that the server knows: of a target they are in small letters."""
    return shipped.upper().replace(".HISTORY", ".history")


def _unpack_log(name: str, packed: IO[bytes], identities: "Sequence[pyrage.x25519.Identity] | None", to: Path) -> None:
    plain: AbstractContextManager[IO[bytes]] = (
        nullcontext(packed) if identities is None else decrypting(packed, identities, name)
    )
    try:
        with plain as source, gzip.GzipFile(fileobj=source) as log, to.open("wb") as file:
            size = 0
            while data := log.read(_CHUNK):
                size += len(data)
                if size > _SEGMENT_BYTES:
                    raise BackupDamaged(name=name, part="gzip")
                file.write(data)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupDamaged(name=name, part="gzip") from error
